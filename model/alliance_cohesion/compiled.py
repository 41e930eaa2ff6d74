"""Compiled code that notices when a rule it was built from has changed.

Numba keeps compiled functions on the disk and compiles one anew when the file that it stands in
changes. A loop of `tick.py` holds the rules of `rules.py` and the codes of `world.py` inside it,
and would run on with the old ones. Here the code that is kept is stamped by every file of the
package that its own file imports, directly or not. Code outside the package is kept as Numba
keeps it. `world.py` imports this room, and every room that compiles what it imports knows
`world.py`.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from numba.core import caching

_PACKAGE = Path(__file__).resolve().parent


def _file(module: Path) -> Path | None:
    return next(
        (p for p in (module.with_suffix(".py"), module / "__init__.py") if p.is_file()), None
    )


@cache
def imports(module: Path) -> frozenset[Path]:
    """Files of the package that a module of it imports from by name, wherever in it."""
    found: set[Path] = set()
    for node in ast.walk(ast.parse(module.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = module.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            found |= {_file(base / alias.name) or _file(base) or module for alias in node.names}
    return frozenset(found - {module})


@cache
def sources(module: Path) -> tuple[Path, ...]:
    """The module and all that it imports of the package, directly or not, in order of name."""
    found, fresh = {module}, {module}
    while fresh:
        fresh = set().union(*(imports(path) for path in fresh)) - found
        found |= fresh
    return tuple(sorted(found))


@cache
def stamp(module: Path) -> bytes:
    """SHA-256 of the contents of all `sources` of a module.

    For a module that imports none it is Numba's own stamp: `rules.py` may be compiled before this
    room is known, and must not be compiled again because of that.
    """
    digest = hashlib.sha256()
    for path in sources(module):
        digest.update(path.read_bytes())
    return digest.digest()


class _Stamped:
    """A place for compiled code, stamped by all the sources of its module."""

    _py_file: str

    def get_source_stamp(self) -> bytes:
        return stamp(Path(self._py_file).resolve())

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> Any:
        if not Path(py_file).resolve().is_relative_to(_PACKAGE):
            return None
        return super().from_function(py_func, py_file)  # type: ignore[misc]


class _UserProvided(_Stamped, caching.UserProvidedCacheLocator):
    pass


class _InTree(_Stamped, caching.InTreeCacheLocator):
    pass


class _UserWide(_Stamped, caching.UserWideCacheLocator):
    pass


caching.CacheImpl._locator_classes = [
    _UserProvided, _InTree, _UserWide, *caching.CacheImpl._locator_classes,
]  # fmt: skip
