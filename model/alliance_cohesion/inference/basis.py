"""What a posterior rests on, as hashes: if the rules or the priors change, it is stale."""

import hashlib
import io
import tokenize
from collections.abc import Iterable
from pathlib import Path

from ..util import shipped

RULES = ("core/rules.py", "core/step.py")
_LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.ENCODING}


def file_hash(paths: Iterable[Path]) -> str:
    """SHA-256 of the files' contents in order, with line ends made equal."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def code_hash(paths: Iterable[Path]) -> str:
    """SHA-256 of Python code without comments and docstrings: rewording is no change."""
    digest = hashlib.sha256()
    for path in paths:
        fresh = True  # at the start of a statement, where a bare string is a docstring
        source = io.BytesIO(path.read_bytes()).readline
        for token in tokenize.tokenize(source):
            if token.type in _LAYOUT or (fresh and token.type == tokenize.STRING):
                continue
            digest.update(token.string.strip().encode() + b"\n")
            fresh = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    return digest.hexdigest()


def basis() -> dict[str, str]:
    """Hashes of the code of the rules and of the priors."""
    package = Path(__file__).resolve().parents[1]
    return {
        "rules_sha256": code_hash(package / name for name in RULES),
        "priors_sha256": file_hash([shipped.folder("calibration") / "priors.toml"]),
    }
