"""Say what the schema found wrong in the words of the file, not of the validator."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from .actions import Change
from .problems import MOST_PROBLEMS, Problem, as_text, quoted
from .schema import ScenarioFile
from .spelling import suggestion

_NOTHING = "nothing there"
_IN_TOML = {
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "string_type": "a text",
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
    """The problems behind a validation error, in its order, up to as many as anyone mends.

    Args:
        error: What pydantic raised.
        file: The file's name, as shown.
        place: Where in the file the validated table stands; key paths follow it.
        model: The model that was validated.
    """
    details = error.errors()[:MOST_PROBLEMS]
    return [_problem(one, file, place, model) for one in details]


def key_path(location: tuple[int | str, ...]) -> str:
    """A place in a TOML file: `alliance.patron`, `change 2.where.id` (counted from 1)."""
    path = ""
    for k, part in enumerate(location):
        if isinstance(part, int):
            path += f" {part + 1}"
        elif part == "[key]" or _is_tag(location, k):
            continue
        else:
            path += f".{part}" if path else part
    return path


def _problem(details: ErrorDetails, file: str, place: str, model: type[BaseModel]) -> Problem:
    location, value = details["loc"], details["input"]
    where = " ".join(part for part in (place, key_path(location)) if part)
    match details["type"]:
        case "extra_forbidden":
            keys = _keys(model, location[:-1])
            hint = suggestion(str(location[-1]), keys)
            return Problem(file, where, "unknown key", ", ".join(keys), hint)
        case "missing":
            return Problem(file, where, _NOTHING, "a value is required")
        case "union_tag_invalid" | "union_tag_not_found":
            action = value.get("action", "") if isinstance(value, dict) else ""
            return _not_a_word(file, f"{where}.action", action, _ACTIONS)
        case "literal_error":
            return _not_a_word(file, where, value, _words(model, location))
        case "value_error":
            return Problem(file, where, _found(value), str(details["ctx"]["error"]))
    allowed = details["msg"].removeprefix("Input should be ").removeprefix("String should ")
    allowed = _IN_TOML.get(details["type"], allowed)
    return Problem(file, where, _found(value), allowed)


def _not_a_word(file: str, where: str, value: object, words: Sequence[str]) -> Problem:
    found = f"found {quoted(value)}" if value else _NOTHING
    return Problem(file, where, found, ", ".join(words), suggestion(as_text(value), words))


def _found(value: object) -> str:
    if isinstance(value, Mapping | BaseModel):
        return ""  # the message says which of the table's values is wrong
    return f"found {quoted(value)}"


def _is_tag(location: tuple[int | str, ...], k: int) -> bool:
    return k == 2 and location[0] == "change" and location[k] in _ACTIONS


def _keys(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    keys: dict[str, None] = {}
    for table in _tables_at(model, location):
        keys |= dict.fromkeys(field.alias or name for name, field in table.model_fields.items())
    return list(keys)


def _words(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    for table in _tables_at(model, location[:-1]):
        for name, field in table.model_fields.items():
            if location[-1] in (name, field.alias):
                return [str(word) for word in _literals(field.annotation)]
    return []


def _tables_at(model: type[BaseModel], location: tuple[int | str, ...]) -> list[type[BaseModel]]:
    """The models that a key path leads to."""
    tables = [model]
    for k, part in enumerate(location):
        if isinstance(part, int):
            continue
        if _is_tag(location, k):
            tables = [t for t in tables if part in _literals(t.model_fields["action"].annotation)]
            continue
        tables = [
            inner
            for table in tables
            for name, field in table.model_fields.items()
            if part in (name, field.alias)
            for inner in _models(field.annotation)
        ]
    return tables


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def _literals(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return tuple(word for part in get_args(annotation) for word in _literals(part))
