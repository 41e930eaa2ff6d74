"""Reports of every job, and what is wrong with a page."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from typer.testing import CliRunner

from alliance_cohesion.cli import app
from alliance_cohesion.scenario import write_new
from alliance_cohesion.util import shipped

JOBS = ("run", "compare", "explain", "counterfactual", "sweep", "calibration")
_VOID = {"meta", "img", "br", "link", "input", "hr"}
_FETCH = {"src", "srcset", "data", "poster", "background", "action", "formaction", "ping"}


def make(folder: Path) -> dict[str, Path]:
    """A results folder of every job; that of the calibration is the shipped one."""
    write_new(folder / "starter")
    starter = str(folder / "starter")
    calls = {
        "run": ("run", starter, "--histories", "40"),
        "compare": ("compare", starter, "--histories", "40"),
        "explain": ("explain", starter, "Velia", "2004-11"),
        "counterfactual": ("counterfactual", "counterfactuals/armenia-answered-2022",
                           "--histories", "80"),
        "sweep": ("sweep", starter, "--vary", "b_D=0:4", "--vary", "b_S=0:4", "--design",
                  "saltelli", "--points", "4", "--histories", "10"),
    }  # fmt: skip
    for job, words in calls.items():
        done = CliRunner().invoke(app, [*words, "--out", str(folder / job)])
        assert done.exit_code == 0, done.output
    made = {job: folder / job for job in calls}
    return {**made, "calibration": shipped.folder("calibration")}


@dataclass
class Page(HTMLParser):
    """A page that has been read: its text, and what it is made of."""

    source: str
    tags: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    ids: Counter[str] = field(default_factory=Counter)
    targets: set[str] = field(default_factory=set)
    text: str = ""
    answer: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    heading: int = 0
    language: str = ""
    in_answer: bool = False
    heads: int = 0

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.source)
        self.close()
        if self.open:
            self.faults.append(f"left open: {self.open}")
        self.faults += [f"id {name} {n} times" for name, n in self.ids.items() if n > 1]
        self.faults += [f"#{name} leads nowhere" for name in self.targets - set(self.ids)]
        for once in ("title", "h1", "main"):
            if self.tags[once] != 1:
                self.faults.append(f"{self.tags[once]} x {once}")
        if not self.language:
            self.faults.append("no lang")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        given = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self.open.append(tag)
        if "id" in given:
            self.ids[given["id"]] += 1
        self.language = given.get("lang", self.language)
        self._check_addresses(tag, given)
        if tag == "img" and not given.get("alt", "").strip():
            self.faults.append("a picture without words")
        if tag[0] == "h" and tag[1:].isdigit():
            if int(tag[1]) > self.heading + 1:
                self.faults.append(f"h{self.heading} is followed by {tag}")
            self.heading = int(tag[1])
        if tag == "table":
            self.heads = 0
        self.heads += tag == "th"
        self.in_answer |= tag == "ul" and given.get("class") == "answer"
        if tag == "li" and self.in_answer:
            self.answer.append("")

    def _check_addresses(self, tag: str, given: dict[str, str]) -> None:
        for name in _FETCH & set(given):
            if not given[name].startswith("data:image/png;base64,"):
                self.faults.append(f"{tag} {name}={given[name][:40]}")
        if tag in ("script", "link", "iframe", "object", "embed", "base", "form"):
            self.faults.append(tag)
        if any(name.startswith("on") for name in given):
            self.faults.append(f"{tag} runs something")
        if "url(" in given.get("style", ""):
            self.faults.append("an address in a style")
        if "href" in given:
            if not given["href"].startswith("#"):
                self.faults.append(f"leads away: {given['href'][:40]}")
            self.targets.add(given["href"][1:])

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")
        if tag == "table" and not self.heads:
            self.faults.append("a table without heads")
        if tag == "ul":
            self.in_answer = False

    def handle_data(self, data: str) -> None:
        data = data.replace("\N{NO-BREAK SPACE}", " ")
        if self.open and self.open[-1] == "style":
            if "url(" in data or "@import" in data:
                self.faults.append("an address in the style sheet")
            return
        self.text += data
        if self.in_answer and "li" in self.open:
            self.answer[-1] += data
