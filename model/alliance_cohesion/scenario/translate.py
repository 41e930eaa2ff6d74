"""Say what pydantic found wrong in the words of the file."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from .actions import Change
from .problems import MOST_PROBLEMS, Problem, WrongError, as_text, quoted
from .schema import ScenarioFile
from .spelling import suggestion

_NOTHING = "nothing there"
_ALLOWED = {
    "tuple_type": "a list in [ ]",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "string_type": "a text in quotes",
    "string_too_short": "some text",
    "too_short": "a list that is not empty",
    "too_long": "a list of at most {max_length}",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "letters, digits, spaces, dots and hyphens, a letter or digit first",
}
_ACTIONS: tuple[str, ...] = tuple(
    get_args(model.model_fields["action"].annotation)[0] for model in get_args(get_args(Change)[0])
)


def problems_of(
    error: ValidationError,
    file: str,
    place: str = "",
    model: type[BaseModel] = ScenarioFile,
) -> list[Problem]:
    """The problems behind a validation error, in its order, up to as many as are looked for.

    Args:
        error: What pydantic raised.
        file: The file's name, as shown.
        place: Where in the file the validated table stands; key paths follow it.
        model: The model that was validated.
    """
    details = error.errors()[:MOST_PROBLEMS]
    return [_problem(one, file, place, model) for one in details]


def key_path(location: Sequence[int | str]) -> str:
    """A place in a TOML file: `alliance.patron`, `change 2.where.id` (counted from 1)."""
    path = ""
    for k, part in enumerate(location):
        if isinstance(part, int):
            path += f" {part + 1}"
        elif part != "[key]" and not _is_tag(location, k):
            path += f".{part}" if path else part
    return path


def _problem(details: ErrorDetails, file: str, place: str, model: type[BaseModel]) -> Problem:
    location, value, context = details["loc"], details["input"], details.get("ctx", {})
    where = " ".join(part for part in (place, key_path(location)) if part)
    match details["type"]:
        case "extra_forbidden":
            keys = _keys(model, location[:-1])
            hint = suggestion(str(location[-1]), keys)
            return Problem(file, where, "unknown key", ", ".join(keys), hint)
        case "missing":
            return Problem(file, where, _NOTHING, "a value")
        case "union_tag_invalid" | "union_tag_not_found":
            action = value.get("action", "") if isinstance(value, dict) else ""
            return _not_a_word(file, f"{where}.action", action, _ACTIONS)
        case "literal_error":
            words = re.findall(r"'([^']*)'", context["expected"])
            return _not_a_word(file, where, value, words)
        case "value_error":
            wrong = context["error"]
            more = (wrong.hint, wrong.slip) if isinstance(wrong, WrongError) else ()
            return Problem(file, where, _found(value), str(wrong), *more)
    allowed = details["msg"].removeprefix("Input should be ").removeprefix("String should ")
    allowed = _ALLOWED.get(details["type"], allowed).format(**context)
    return Problem(file, where, _found(value), allowed)


def _not_a_word(file: str, where: str, value: object, words: Sequence[str]) -> Problem:
    result = f"found {quoted(value)}" if value else _NOTHING
    return Problem(file, where, result, ", ".join(words), suggestion(as_text(value), words))


def _found(value: object) -> str:
    if isinstance(value, Mapping | BaseModel):
        return ""  # the message says which of the table's values is wrong
    return f"found {quoted(value)}" if value not in ("", None) else _NOTHING


def _is_tag(location: Sequence[int | str], k: int) -> bool:
    return k == 2 and location[0] == "change" and location[k] in _ACTIONS


def _keys(model: type[BaseModel], location: Sequence[int | str]) -> list[str]:
    """The keys of the tables that a key path leads to."""
    tables = [model]
    for k, part in enumerate(location):
        if _is_tag(location, k):
            tables = [t for t in tables if part in get_args(t.model_fields["action"].annotation)]
        elif isinstance(part, str):
            fields = [field for name, field in _fields(tables) if part in (name, field.alias)]
            tables = [inner for field in fields for inner in _models(field.annotation)]
    return list(dict.fromkeys(field.alias or name for name, field in _fields(tables)))


def _fields(tables: Sequence[type[BaseModel]]) -> list[tuple[str, FieldInfo]]:
    return [item for table in tables for item in table.model_fields.items()]


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]
