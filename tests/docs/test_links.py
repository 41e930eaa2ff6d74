"""Links between the pages, and from them to files of the repository, lead somewhere."""

import re
from pathlib import Path

import pytest

from .pages import ROOT, name, pages, prose

OTHERS = (
    "CONTRIBUTING.md",
    "calibration/README.md",
    "scenarios/csto/README.md",
    "results/README.md",
)
PAGES = [*pages(), *(ROOT / other for other in OTHERS)]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.M)
_PATH = re.compile(
    r"`((?:docs|scenarios|calibration|examples|tests|benchmarks|model|results)/[\w./-]+)`"
)


def slug(heading: str) -> str:
    """The anchor of a heading, as on GitHub and in MyST."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def anchors(page: Path) -> set[str]:
    """Anchors that a page has."""
    text = page.read_text(encoding="utf-8")
    return {slug(heading) for heading in _HEADING.findall(text)}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_files_and_headings_that_are_there(page):
    for target in _LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{name(page)}: {target}"
        assert file.is_relative_to(ROOT), f"{name(page)}: {target}"
        if anchor:
            assert anchor in anchors(file), f"{name(page)}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_that_a_page_names_are_there(page):
    results = tuple(f"results/{n}" for n in ("run", "csto", "no-corridor", "my-alliance", "NAME"))
    for path in _PATH.findall(prose(page)):
        made = path.startswith(results) or path.startswith("docs/_build") or "tasks" in path
        assert made or (ROOT / path).exists(), f"{name(page)}: {path}"


def test_every_page_can_be_reached_from_the_first():
    shown, waiting = set(), [ROOT / "docs" / "index.md", *SECTIONS]
    while waiting:
        page = waiting.pop()
        if page in shown:
            continue
        shown.add(page)
        links = (target.partition("#")[0] for target in _LINK.findall(prose(page)))
        waiting += [p for link in links if (p := (page.parent / link).resolve()) in set(pages())]
    assert set(pages()) - shown == {ROOT / "README.md"}


SECTIONS = [
    ROOT / "docs" / f"{section}.md" for section in ("how-to", "explanation", "results", "reference")
]
"""Reached by the bar at the top."""
