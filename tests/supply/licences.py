"""Print `docs/licences.md`: the licences of whatever an installed program brings along.

make licences
"""

import json
import re
import subprocess
import sys

from .pins import pins

COPYLEFT = re.compile(r"\b(A?GPL|LGPL|MPL|EPL|CDDL|EUPL|OSL)|Mozilla|General Public", re.IGNORECASE)
HEAD = """# Licences

What `make run` installs on Linux, with the licence that each package states. The program itself \
is under Apache 2.0. `make licences` writes this page.

Copyleft: {copyleft}

| package | version | licence |
|---|---|---|
"""


def table() -> str:
    """The whole page."""
    every = pins("requirements/run.txt")
    wanted = {pin.name: pin for pin in every if pin.marker is None or pin.marker.evaluate()}
    told = subprocess.run(
        [sys.executable, "-m", "piplicenses", "--format=json", "--with-system", "--from=mixed",
         "--with-license-file", "--no-license-path"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    rows, copyleft = [], []
    for found in json.loads(told.stdout):
        name = re.sub(r"[-_.]+", "-", found["Name"]).lower()
        pin = wanted.pop(name, None)
        if pin is None:
            continue
        if found["Version"] != pin.version:
            raise ValueError(f"{name} {found['Version']} is installed, {pin.version} is pinned")
        licence = " ".join(found["License"].split())[:100]
        if licence == "UNKNOWN":  # its metadata say nothing: the first line of its own file
            text = found["LicenseText"].strip()
            licence = f"{text.splitlines()[0]} (its file)" if text != "UNKNOWN" else licence
        flag = bool(COPYLEFT.search(licence))
        copyleft += [f"{name} ({licence})"] if flag else []
        rows.append(f"| {name} | {pin.version} | {licence} |\n")
    if wanted:
        raise ValueError(f"not installed: {', '.join(wanted)}")
    return HEAD.format(copyleft=", ".join(copyleft) or "none.") + "".join(sorted(rows))


if __name__ == "__main__":
    sys.stdout.write(table())
