"""What the release checklist tells people to do can be done."""

import json
import re
import tomllib

from alliance_cohesion import __version__

from .pins import ROOT


def text(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def test_the_version_is_the_same_wherever_it_is_written():
    assert tomllib.loads(text("pyproject.toml"))["project"]["version"] == __version__
    assert f"version: {__version__}" in text("CITATION.cff")
    assert json.loads(text("codemeta.json"))["version"] == __version__
    assert __version__ in text("CHANGELOG.md")


def test_the_checklists_name_targets_of_make_that_exist():
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    for file in ("docs/release.md", "docs/trust.md", "CONTRIBUTING.md"):
        code = "\n".join(re.findall(r"`([^`]+)`", text(file)))
        for words in re.findall(r"^make ((?:[a-z]+ ?)+)", code, re.MULTILINE):
            assert set(words.split()) <= targets, f"{file}: make {words}"
