"""What the pages promise to hold is there, and the built pages load nothing from elsewhere."""

import re
import subprocess
import sys

import pytest
from typer.main import get_command

from alliance_cohesion.cli import app
from alliance_cohesion.scenario.schema import ScenarioFile

from .pages import DOCS

# Grimm et al. (2020), table 1.
ODD = ("Purpose and patterns", "Entities, state variables and scales",
       "Process overview and scheduling", "Design concepts", "Initialization", "Input data",
       "Submodels")  # fmt: skip
DESIGN_CONCEPTS = (
    "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction",
    "Sensing", "Interaction", "Stochasticity", "Collectives", "Observation",
)  # fmt: skip
LOADS = re.compile(
    r"<(?:script|img|iframe|source|audio|video)\b[^>]*\bsrc=[\"'](?!data:)([^\"']+)"
    r"|<link\b(?![^>]*rel=[\"'](?:canonical|author|license|next|prev|index|search))[^>]*"
    r"\bhref=[\"']([^\"']+)"
)
CSS_LOADS = re.compile(r"(?:url\(|@import\s+)[\"']?((?:https?:)?//[^\"')\s]+)")


def test_the_model_page_fills_every_element_of_the_odd_protocol():
    text = (DOCS / "model.md").read_text(encoding="utf-8")
    for number, element in enumerate(ODD, 1):
        found = re.search(rf"^## {number}\. {element}\n(.*?)(?=^## )", text, re.M | re.S)
        assert found, element
        assert len(found[1].split()) >= 40, element
    for concept in DESIGN_CONCEPTS:
        found = re.search(rf"^\*\*{concept}\.\*\* (.+)$", text, re.M)
        assert found, concept
        assert len(found[1].split()) >= 8, concept


def test_the_model_page_shows_every_rule_with_its_code():
    text = (DOCS / "model.md").read_text(encoding="utf-8")
    for rule in range(1, 12):
        section = re.search(rf"^### R{rule} .*?(?=^### |\Z)", text, re.M | re.S)
        assert section, rule
        assert "$$" in section[0], rule
        assert "{literalinclude}" in section[0], rule


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The documentation, built as `make docs` does, with every warning an error."""
    out = tmp_path_factory.mktemp("html")
    words = ["-W", "--keep-going", "-n", "-q", "-b", "html", str(DOCS), str(out)]
    done = subprocess.run([sys.executable, "-m", "sphinx", *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.mark.slow
def test_built_pages_load_nothing_from_another_address(built):
    pages = [*built.rglob("*.html")]
    assert len(pages) > 15
    for page in pages:
        for found in LOADS.findall(page.read_text(encoding="utf-8")):
            assert not re.match(r"(https?:)?//", "".join(found)), f"{page.name}: {found}"
    for sheet in built.rglob("*.css"):
        assert not CSS_LOADS.search(sheet.read_text(encoding="utf-8")), sheet.name


@pytest.mark.slow
def test_built_pages_hold_every_command_and_every_key(built):
    helps = (built / "cli.html").read_text(encoding="utf-8")
    for command in get_command(app).commands:
        assert f"Usage: cohesion {command}" in helps
    keys = (built / "scenario-format.html").read_text(encoding="utf-8")
    schema = ScenarioFile.model_json_schema(by_alias=True)
    for node in (schema, *schema["$defs"].values()):
        for key in node["properties"]:
            assert f">{key}<" in keys or f"[{key}]" in keys, key


@pytest.mark.slow
def test_the_notebook_was_run_and_drew_its_picture(built):
    page = (built / "notebooks" / "first-look.html").read_text(encoding="utf-8")
    assert "hesitant" in page
    assert re.search(r"<img[^>]*alt=\"Share of histories in which Armenia", page)


def test_the_checks_above_see_what_they_look_for():
    assert LOADS.search('<script src="https://elsewhere/a.js">')
    assert LOADS.search('<link rel="stylesheet" href="//elsewhere/a.css">')
    assert CSS_LOADS.search("@import url(https://elsewhere/font.css)")
