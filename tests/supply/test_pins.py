"""What is installed is pinned, by version and by hash, and is the same in every list."""

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .pins import ROOT, pins

LISTS = ("requirements/run.txt", "requirements/dev.txt")


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def versions(file: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for pin in pins(file):
        found.setdefault(pin.name, set()).add(pin.version)
    return found


def test_every_pin_has_hashes_and_no_list_says_where_to_get_it():
    for file in LISTS:
        assert all(pin.hashes for pin in pins(file)), file
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not re.search(r"://|--index|--find-links|--extra", text), file


def test_every_requirement_of_the_project_is_pinned_within_its_range():
    told = project()
    extras = [line for lines in told["project"]["optional-dependencies"].values() for line in lines]
    build = [*told["dependency-groups"]["build"], *told["build-system"]["requires"]]
    wanted = {
        "requirements/run.txt": [*told["project"]["dependencies"], *build],
        "requirements/dev.txt": [*told["project"]["dependencies"], *build, *extras],
    }
    for file, lines in wanted.items():
        pinned = versions(file)
        for requirement in map(Requirement, lines):
            found = pinned.get(canonicalize_name(requirement.name))
            assert found, f"{requirement} is not in {file}: make pins"
            assert all(requirement.specifier.contains(version) for version in found), requirement


def test_running_and_developing_use_the_same_versions():
    develop = versions("requirements/dev.txt")
    for name, found in versions("requirements/run.txt").items():
        assert found <= develop[name], name


def test_the_constraints_are_the_pins_without_their_hashes():
    assert [pin[:2] for pin in pins("constraints.txt")] == [
        pin[:2] for pin in pins("requirements/dev.txt")
    ]


def test_the_page_of_licences_lists_what_running_needs():
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| (\S+) \| (\S+) \| .+ \|", page, re.MULTILINE))
    listed.pop("package")
    linux = {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"}
    wanted = {
        pin.name: pin.version
        for pin in pins("requirements/run.txt")
        if pin.marker is None or pin.marker.evaluate(linux)
    }
    assert listed == wanted
    assert "UNKNOWN" not in page
