"""Read a scenario: its files, its base, its tables and its changes, with all errors at once."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from .actions import Change
from .change import Draft, apply
from .consistency import name_problems
from .events import Event, read_events
from .files import is_file
from .indicators import Indicator, read_indicators
from .layers import Layer, merge, read_layers
from .locate import locate
from .problems import (
    MOST_PROBLEMS,
    Problem,
    ScenarioError,
    has_control_character,
    quoted,
    raise_any,
    shown,
)
from .scenario import Scenario, Unchanged
from .schema import Alliance, Client, ScenarioFile
from .table_files import TableFiles, table_files
from .translate import problems_of

T = TypeVar("T")

POSTERIORS = ("default", "prior", "null")  # words; anything else is a path

_ALLIANCE = TypeAdapter(Alliance)
_CLIENTS: TypeAdapter[tuple[Client, ...]] = TypeAdapter(tuple[Client, ...])
_CHANGE: TypeAdapter[Change] = TypeAdapter(Change)


def load(reference: Path | str) -> Scenario:
    """Read a scenario by its name or path.

    Raises:
        ScenarioError: with everything that is wrong in all its files.
    """
    path = locate(reference)
    problems: list[Problem] = []
    layers = read_layers(path, problems)
    if not layers:
        raise_any(problems)
    merged = merge(layers)
    content = _content(layers, merged, problems)
    tables = table_files(layers, problems)
    posterior = _posterior(layers, problems)
    events, indicators, wrong_rows = _read_tables(tables)
    problems += wrong_rows
    draft = _draft(merged, events)
    if draft:
        if content:
            draft.fixed |= content.parameters.fixed
        unchanged = Unchanged(draft.events, draft.alliance, dict(draft.fixed))
        if not wrong_rows:  # else a selector may miss a row that is only misspelt
            problems += _apply_changes(layers, draft)
        clients = _valid(_CLIENTS, merged.get("client", [])) or ()
        file = shown(path)
        named = name_problems(draft.alliance, clients, draft.events, indicators, file)
        problems += islice(named, MOST_PROBLEMS)
    raise_any(dict.fromkeys(problems))
    assert content is not None  # else there were problems
    assert draft is not None
    return Scenario(
        name=content.name,
        title=content.title or content.name,
        question=content.question,
        rewrite=content.rewrite,
        path=path,
        clock=content.clock,
        alliance=draft.alliance,
        clients=content.client,
        engagements=content.engagement,
        events=draft.events,
        indicators=indicators,
        parameters=content.parameters.model_copy(
            update={"fixed": draft.fixed, "posterior": posterior}
        ),
        histories=content.run.histories,
        seed=content.run.seed,
        changes=content.change,
        reforms=tuple(draft.reforms),
        settings=tuple(draft.settings),
        sweep=content.sweep,
        unchanged=unchanged,
        files=(*(layer.path for layer in layers), *tables.all),
    )


def check(paths: Iterable[Path | str]) -> list[Problem]:
    """Everything that is wrong in some scenarios, each problem once."""
    problems: dict[Problem, None] = {}
    for path in paths:
        try:
            load(path)
        except ScenarioError as error:
            problems |= dict.fromkeys(error.problems)
    return list(problems)


def _content(
    layers: list[Layer], merged: dict[str, Any], problems: list[Problem]
) -> ScenarioFile | None:
    """The merged content, checked as a whole; what a layer was told already is not repeated."""
    try:
        return ScenarioFile.model_validate(merged)
    except ValidationError as error:
        if layers[0].is_child:
            return None  # its base could not be read: what is missing is no news
        said = {problem.place for problem in problems}
        for problem, details in zip(
            problems_of(error, shown(layers[-1].path)), error.errors(), strict=False
        ):
            if details["loc"][:1] != ("change",) and problem.place not in said:
                problems.append(problem)
        return None


def _posterior(layers: list[Layer], problems: list[Problem]) -> str:
    posterior = POSTERIORS[0]
    for layer in layers:
        name = _text_at(layer, "parameters", "posterior")
        if name is None:
            continue
        file = layer.path.parent / name
        posterior = name if name in POSTERIORS else str(file)
        if name not in POSTERIORS and not is_file(file):
            found, allowed = f"found {quoted(name)}", '"default", "prior", "null" or a file'
            place = "parameters.posterior"
            problems.append(Problem(shown(layer.path), place, found, allowed))
    return posterior


def _text_at(layer: Layer, table: str, key: str) -> str | None:
    values = layer.content.get(table)
    value = values.get(key) if isinstance(values, dict) else None
    sound = isinstance(value, str) and value.strip() and not has_control_character(value)
    return value if sound else None


def _read_tables(
    tables: TableFiles,
) -> tuple[tuple[Event, ...], tuple[Indicator, ...], list[Problem]]:
    events, wrong_events = read_events(*tables.events)
    indicators, wrong_indicators = read_indicators(*tables.indicators)
    return events, indicators, wrong_events + wrong_indicators


def _draft(merged: dict[str, Any], events: tuple[Event, ...]) -> Draft | None:
    """What changes act on, or None if the alliance is not sound."""
    alliance = _valid(_ALLIANCE, merged.get("alliance"))
    return Draft(events, alliance, {}) if alliance else None


def _apply_changes(layers: list[Layer], draft: Draft) -> list[Problem]:
    """Apply changes, base first, up to one that is not sound (its layer was told)."""
    problems: list[Problem] = []
    for layer in layers:
        for raw in layer.changes:
            change = _valid(_CHANGE, raw)
            if change is None:
                return problems
            problems += apply(change, draft, shown(layer.path))
            if len(problems) > MOST_PROBLEMS:
                return problems[:MOST_PROBLEMS]
    return problems


def _valid(adapter: TypeAdapter[T], value: Any) -> T | None:
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return None  # reported with the file that says so
