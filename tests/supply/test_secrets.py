"""Nothing in the tree that is a key, a registry's address or a path of somebody's machine."""

import re

import pytest

from ..planted.scratch import ROOT, tracked

NEVER = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    "a token of a forge": r"\b(gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{18,})",
    "a token of a registry": r"\b(pypi-[A-Za-z0-9_-]{30,}|npm_[A-Za-z0-9]{30,})",
    "a key of a cloud": r"\b(AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[\w-]{35}\b|\bsk-[A-Za-z0-9-]{24,}",
    "a password in an address": r"://[^\s/:@\"'{]+:[^\s/@\"'{]+@",
    "a password": r"(?i)\b(password|passwd|secret|api_?key|access_?token)\s*[=:]\s*[\"'][^\"']{6,}",
    "a registry": r"(?i)\b(pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org)",
    "a home folder": r"(?<![\w.])/(home|Users|root)/[A-Za-z0-9._-]+",
}
PATTERNS = {what: re.compile(pattern) for what, pattern in NEVER.items()}
SAMPLES = {
    "a private key": "-----BEGIN OPENSSH " + "PRIVATE KEY-----",
    "a token of a forge": "ghp" + "_" + "a1" * 18,
    "a token of a registry": "pypi" + "-" + "Ab1" * 12,
    "a key of a cloud": "AKIA" + "ABCDEFGH12345678",
    "a password in an address": "https:" + "//me:hunter22@example.org",
    "a password": "pass" + 'word = "hunter22"',
    "a registry": "https:" + "//pypi" + ".org/simple",
    "a home folder": "/ho" + "me/somebody",
}


def offences(text: str) -> list[str]:
    return [what for what, pattern in PATTERNS.items() if pattern.search(text)]


def test_no_file_holds_a_secret_a_registry_or_a_home_folder():
    found = {}
    for name in tracked():
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a compressed table
        if wrong := offences(text):
            found[name] = wrong
    own = f"{__package__.replace('.', '/')}/test_secrets.py"
    found.pop(own, None)
    assert not found


@pytest.mark.parametrize("what", NEVER)
def test_the_check_sees_what_it_looks_for(what):
    assert what in offences(SAMPLES[what])
