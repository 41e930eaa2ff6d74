"""The house rules, read from the source: who may import whom, and what no rule may name."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from alliance_cohesion.core.parameters import PARAMETERS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "model" / "alliance_cohesion"
MODULES = sorted(PACKAGE.rglob("*.py"))

FLOORS = (
    {"util"},
    {"core"},
    {"scenario"},
    {"inference"},
    {"result"},
    {"simulation"},
    {"analysis"},
    {"report"},
    {"dashboard"},
    {"cli", "__main__"},
)
"""From the ground up."""
DOORS = {"__init__.py", "result.py"}
"""The front doors: they open every room, but only when asked (see the next test)."""
NOT_YET = {
    "scenario/reacting.py": {"inference"},
}
"""Arrows that still point upwards, to be turned."""

COUNTRIES = re.compile(
    r"\b(ARM|AZE|BLR|GEO|KAZ|KGZ|TJK|UZB|RUS|UKR|MDA|TUR|USA)\b"
    r"|(?i:\b(csto|tashkent|nato|warsaw|armenia|azerbaijan|belarus|georgia|kazakhstan|kyrgyzstan"
    r"|tajikistan|uzbekistan|russia|ukraine|moldova|turkey|karabakh)(n|i|ns|is)?\b)"
)
YEARS = range(1992, 2027)
A_DATE = "1999-04-20"  # how error messages show the form of a date


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def name(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


def room(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def floor(room: str) -> int:
    return next(k for k, rooms in enumerate(FLOORS) if room in rooms)


def imported_rooms(module: Path) -> set[str]:
    """Rooms that a module imports anywhere in it, its own left out."""
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = list(module.relative_to(PACKAGE).parts[: -node.level])
            paths = [node.module] if node.module else [alias.name for alias in node.names]
            found |= {".".join([*above, path]).split(".")[0] for path in paths}
        elif isinstance(node, ast.ImportFrom) and node.module:
            first, _, rest = node.module.partition(".")
            if first == "alliance_cohesion":
                found |= {rest.split(".")[0]} if rest else {alias.name for alias in node.names}
    return {r for r in found if r.removeprefix("_").isidentifier()} - {room(module), "__version__"}


def explanations(module: Path) -> set[int]:
    """Ids of the strings that only explain: docstrings and the help texts of options."""
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(id(node.value))
        elif isinstance(node, ast.keyword) and node.arg in ("help", "description"):
            found |= {id(part) for part in ast.walk(node.value)}
    return found


def words(module: Path) -> Iterator[tuple[int, object]]:
    """Names and constants of a module with their lines; explanations left out."""
    explained = explanations(module)
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Constant) and id(node) not in explained:
            yield node.lineno, node.value
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name


def names_a_year(word: object) -> bool:
    if isinstance(word, int):
        return word in YEARS and word != 2000  # 2000 is how many histories are usual
    if not isinstance(word, str):
        return False
    without = word.replace(A_DATE, "").replace(A_DATE[:7], "").replace(A_DATE[:4], "")
    return any(int(year) in YEARS for year in re.findall(r"(?<![\w.])\d{4}(?!\w)", without))


def offences(find: Callable[[Path], object], modules: list[Path] = MODULES) -> dict[str, object]:
    """What `find` finds wrong, by module."""
    found = {name(module): find(module) for module in modules}
    return {module: wrong for module, wrong in found.items() if wrong}


def test_a_room_never_imports_a_room_above_it():
    def above(module):
        higher = {r for r in imported_rooms(module) if floor(r) > floor(room(module))}
        return higher - NOT_YET.get(name(module), set())

    assert not offences(above, [module for module in MODULES if name(module) not in DOORS])


def test_a_front_door_imports_nothing_from_above_until_it_is_asked():
    at_once = [node for node in tree(PACKAGE / "result.py").body
               if isinstance(node, ast.ImportFrom)]  # fmt: skip
    assert at_once
    for node in at_once:
        assert (node.module or "").split(".")[0] not in ("simulation", "analysis", "report"), node


def test_no_module_names_a_country_or_an_alliance():
    def named(module):
        said = {w for _, w in words(module) if isinstance(w, str) and COUNTRIES.search(w)}
        # The name of a shipped scenario may be what a command starts from.
        return said - {"csto"} if room(module) == "cli" else said

    assert not offences(named)


def test_no_module_names_a_year_of_the_record():
    assert not offences(lambda module: [w for w in words(module) if names_a_year(w[1])])


def test_whatever_is_public_says_what_it_is():
    def silent(module):
        nodes = [tree(module), *public(tree(module))]
        return [getattr(node, "name", "module") for node in nodes if not ast.get_docstring(node)]

    assert not offences(silent)


def public(node: ast.Module | ast.ClassDef) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    for inner in node.body:
        if isinstance(inner, ast.FunctionDef | ast.ClassDef) and not inner.name.startswith("_"):
            yield inner
            if isinstance(inner, ast.ClassDef):
                yield from public(inner)


def test_every_parameter_has_a_prior_with_its_reason_and_source():
    beliefs = tomllib.loads((ROOT / "calibration" / "priors.toml").read_text(encoding="utf-8"))
    for parameter in PARAMETERS:
        assert beliefs[parameter.name]["reason"].strip(), parameter.name
        assert beliefs[parameter.name]["source"].strip(), parameter.name


def test_the_checks_above_see_what_they_look_for():
    assert COUNTRIES.search("from Armenia")
    assert COUNTRIES.search("CSTO")
    assert not COUNTRIES.search("an ARMY of geographers")
    assert names_a_year(1999)
    assert names_a_year("since 2012")
    assert not names_a_year("such as 1999-04-20")
    assert imported_rooms(PACKAGE / "report" / "run.py") >= {"result", "scenario"}
    assert imported_rooms(PACKAGE / "report" / "timeline.py") == {"core", "scenario"}
