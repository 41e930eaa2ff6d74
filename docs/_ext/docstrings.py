"""What autodoc should make of this project's docstrings.

Functions follow Google's style (Args, Returns, Raises), which napoleon reads. Below a field stands
a plain sentence; napoleon would take whatever is before its first colon for a type. A dataclass
lists its fields with their meaning, so its signature would only say them twice.
"""

from dataclasses import is_dataclass
from typing import Any

from sphinx.application import Sphinx

_FIELDS = ("attribute", "data", "property")
_said: dict[str, list[str]] = {}


def keep(_app: Sphinx, what: str, name: str, _obj: Any, _options: Any, lines: list[str]) -> None:
    """Before napoleon: remember what stands below a field."""
    if what in _FIELDS:
        _said[name] = list(lines)


def restore(_app: Sphinx, what: str, name: str, _obj: Any, _options: Any, lines: list[str]) -> None:
    """After napoleon: put it back."""
    if what in _FIELDS:
        lines[:] = _said.pop(name)


def fields_only(
    _app: Sphinx, what: str, _name: str, obj: Any, *_: Any
) -> tuple[str, None] | None:  # fmt: skip
    """No signature for classes that are nothing but named fields."""
    bare = what == "class" and (is_dataclass(obj) or hasattr(obj, "_fields"))
    return ("", None) if bare else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx."""
    app.setup_extension("sphinx.ext.napoleon")
    app.connect("autodoc-process-docstring", keep, priority=100)
    app.connect("autodoc-process-docstring", restore, priority=900)
    app.connect("autodoc-process-signature", fields_only)
    return {"parallel_read_safe": True}
