"""What a posterior rests on, as hashes: if the rules or the priors change, it is stale."""

import hashlib
import tokenize
from collections.abc import Iterable
from pathlib import Path

from ..util import shipped

RULES = ("core/rules.py", "core/step.py")
_LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.ENCODING}
_STATEMENT_ENDS = {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}


def file_hash(paths: Iterable[Path]) -> str:
    """SHA-256 of the files' contents in order, with line ends made equal."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def code_hash(paths: Iterable[Path]) -> str:
    """SHA-256 of what Python code does: comments, docstrings, imports and layout do not count."""
    digest = hashlib.sha256()
    for path in paths:
        statement: list[str] = []
        with path.open("rb") as file:
            for token in tokenize.tokenize(file.readline):
                if token.type in _LAYOUT or (not statement and token.type == tokenize.STRING):
                    continue
                if token.type not in _STATEMENT_ENDS:
                    statement.append(token.string)
                else:
                    bare = not statement and token.type == tokenize.NEWLINE  # after a docstring
                    if not bare and statement[:1] not in (["import"], ["from"]):
                        end = tokenize.tok_name[token.type]
                        digest.update("\0".join([*statement, end]).encode() + b"\n")
                    statement = []
    return digest.hexdigest()


def basis() -> dict[str, str]:
    """Hashes of the code of the rules and of the priors."""
    package = Path(__file__).resolve().parents[1]
    return {
        "rules_sha256": code_hash(package / name for name in RULES),
        "priors_sha256": file_hash([shipped.folder("calibration") / "priors.toml"]),
    }
