"""Compiled code that notices when a rule it was built from has changed.

Numba keeps compiled functions on the disk and compiles one anew when the file that it stands in
changes. A loop of `tick.py` holds the rules of `rules.py` and the codes of `world.py` inside it,
and would run on with the old ones. Here the code that is kept is stamped by every file of the
package that its own file imports, directly or not. Code outside the package is kept as Numba
keeps it. `world.py` imports this room, and every room that compiles what it imports knows
`world.py`.

Kept code only saves time: where it cannot be read (damaged, another user's) it is compiled anew,
and where it cannot be written (a full disk) the work goes on and one line says so.
"""

import ast
import hashlib
import logging
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


_load, _keep = caching.FunctionCache.load_overload, caching.FunctionCache.save_overload


def _load_or_compile(kept: Any, signature: Any, target: Any) -> Any:
    try:
        return _load(kept, signature, target)
    except Exception:  # whatever reading a damaged file comes to
        if not _ours(kept):
            raise
        return None


def _keep_or_say(kept: Any, signature: Any, made: Any) -> None:
    if not _ours(kept):
        _keep(kept, signature, made)
        return
    try:
        try:
            _keep(kept, signature, made)
        except OSError:
            raise
        except Exception:  # its list of what is kept is damaged: begin another
            kept.flush()
            _keep(kept, signature, made)
    except OSError as error:
        _say(kept.cache_path, error.strerror or str(error))


def _ours(kept: Any) -> bool:
    return kept._py_func.__module__.startswith(f"{__package__}.")


@cache
def _say(folder: str, reason: str) -> None:
    logging.getLogger(__name__).warning(
        "%s: compiled rules cannot be kept there (%s), so the next command compiles them again; "
        "set NUMBA_CACHE_DIR to a folder with room that you can write",
        folder, reason,
    )  # fmt: skip


caching.FunctionCache.load_overload = _load_or_compile  # type: ignore[method-assign]
caching.FunctionCache.save_overload = _keep_or_say  # type: ignore[method-assign]


def _save(kept: Any, key: Any, made: Any) -> None:
    """Keep code under a name that its sources and its key give it, then the list that leads to it.

    Numba numbers the files and writes the list first. A process that dies in between, a full
    disk, or two kinds of processor that write at once would leave a list that leads to other
    code: that of older rules, for one.
    """
    listed = kept._load_index()
    if not listed:
        for path in Path(kept._cache_path).glob(kept._index_name.removesuffix("nbi") + "*.nbc"):
            path.unlink(missing_ok=True)  # of older sources
    address = hashlib.sha256(repr((kept._source_stamp, key)).encode()).digest()
    name = kept._data_name(int.from_bytes(address[:8]))
    kept._save_data(name, made)
    kept._save_index(kept._load_index() | {key: name})


caching.IndexDataCacheFile.save = _save  # type: ignore[method-assign]
