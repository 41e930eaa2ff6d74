"""Read a scenario: its files, its base, its tables and its changes, with all errors at once."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from .actions import Change
from .change import Draft, apply
from .consistency import name_problems
from .files import is_file
from .layers import Layer, merge, origin, read_layers
from .locate import locate
from .problems import MOST_PROBLEMS, Problem, ScenarioError, quoted, raise_any, shown
from .scenario import Scenario, Unchanged
from .schema import Alliance, Client, ParameterSettings, ScenarioFile
from .table_files import table_files
from .tables import read_events, read_indicators
from .translate import key_path, problems_of

T = TypeVar("T")

POSTERIORS = ("default", "prior", "null")  # words; anything else is a path

_ALLIANCE = TypeAdapter(Alliance)
_CLIENTS: TypeAdapter[tuple[Client, ...]] = TypeAdapter(tuple[Client, ...])
_SETTINGS = TypeAdapter(ParameterSettings)
_CHANGE: TypeAdapter[Change] = TypeAdapter(Change)


def load(reference: Path | str) -> Scenario:
    """Read a scenario by its name or path.

    Raises:
        ScenarioError: with everything that is wrong in all its files.
    """
    path = locate(reference)
    problems: list[Problem] = []
    layers = read_layers(path, problems)
    if not layers or "base" in layers[0].content:  # a file that it rests on cannot be read
        raise_any(problems)
    merged = merge(layers)
    content = _content(layers, merged, problems)
    posterior = _posterior(layers, problems)
    event_files, indicator_files = (
        table_files(layers, key, problems) for key in ("events", "indicators")
    )
    events, wrong_events = read_events(*event_files)
    indicators, wrong_indicators = read_indicators(*indicator_files)
    wrong_rows = wrong_events + wrong_indicators
    problems += wrong_rows
    lenders = dict.fromkeys(
        lender for lender in (*event_files.values(), *indicator_files.values()) if lender
    )
    alliance = _valid(_ALLIANCE, merged.get("alliance"))
    if alliance is None:
        raise_any(problems)
    assert alliance is not None  # else there were problems
    clients = _valid(_CLIENTS, merged.get("client", [])) or ()
    spell = alliance.speller(clients)
    events = tuple(event.spelt(spell) for event in events)
    draft = Draft(events, alliance, _fixed(layers[0]))
    # A selector may miss a row that is only misspelt: changes wait for sound rows.
    changes = [] if wrong_rows else _apply_changes(layers, draft, problems)
    spell = draft.alliance.speller(clients)
    draft.events = tuple(event.spelt(spell) for event in draft.events)
    clients = tuple(client.spelt(spell) for client in clients)
    indicators = tuple(
        row.model_copy(update={"state": spell(row.state)}) if spell(row.state) != row.state else row
        for row in indicators
    )
    named = name_problems(draft.alliance, clients, draft.events, indicators, shown(path))
    problems += islice(named, MOST_PROBLEMS)
    raise_any(dict.fromkeys(problems))
    assert content is not None  # else there were problems
    return Scenario(
        name=content.name,
        title=content.title or content.name,
        question=content.question,
        rewrite=content.rewrite,
        path=path,
        clock=content.clock,
        alliance=draft.alliance,
        clients=clients,
        engagements=content.engagement,
        events=draft.events,
        indicators=indicators,
        parameters=content.parameters.model_copy(
            update={"fixed": draft.fixed, "posterior": posterior}
        ),
        histories=content.run.histories,
        seed=content.run.seed,
        changes=tuple(changes),
        reforms=tuple(draft.reforms),
        settings=tuple(draft.settings),
        sweep=content.sweep,
        unchanged=Unchanged(events, alliance, _fixed(layers[0])),
        files=(*(layer.path for layer in layers), *event_files, *indicator_files, *lenders),
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
    """The merged content; what is wrong with it is told of the file that says so."""
    try:
        return ScenarioFile.model_validate(merged)
    except ValidationError as error:
        told = problems_of(error, "")
        said = {(problem.file, problem.place) for problem in problems}
        for problem, details in zip(told, error.errors(), strict=False):
            layer, place = origin(layers, details["loc"])
            where = problem.place.replace(key_path(details["loc"]), key_path(place), 1)
            if (shown(layer.path), where) not in said:
                problems.append(replace(problem, file=shown(layer.path), place=where))
        return None


def _posterior(layers: list[Layer], problems: list[Problem]) -> str:
    layer, _ = origin(layers, ("parameters", "posterior"))
    parameters = layer.content.get("parameters")
    name = parameters.get("posterior") if isinstance(parameters, dict) else None
    if not isinstance(name, str) or name in POSTERIORS:
        return name if isinstance(name, str) else POSTERIORS[0]
    file = layer.path.parent / name
    if name.strip() and not is_file(file):
        result, allowed = f"found {quoted(name)}", '"default", "prior", "null" or a file'
        problems.append(Problem(shown(layer.path), "parameters.posterior", result, allowed))
    return str(file)


def _fixed(layer: Layer) -> dict[str, float]:
    """The parameters that a file holds at a value, if what it says is sound."""
    settings = _valid(_SETTINGS, layer.content.get("parameters", {}))
    return dict(settings.fixed) if settings else {}


def _apply_changes(layers: list[Layer], draft: Draft, problems: list[Problem]) -> list[Change]:
    """Apply changes, base first, up to one that is not sound (told by the schema)."""
    applied: list[Change] = []
    for layer in layers:
        held = [] if layer is layers[0] else _fixed(layer).items()
        raws = [_held(name, value, shown(layer.path)) for name, value in held]
        for raw in [*raws, *layer.changes]:
            change = _valid(_CHANGE, raw)
            if change is None or len(problems) > MOST_PROBLEMS:
                return applied
            problems += apply(change, draft, shown(layer.path))
            applied.append(change)
    return applied


def _held(parameter: str, value: float, file: str) -> dict[str, Any]:
    """A parameter that a file holds over its base, as a change."""
    said = {"name": f"{parameter} held at {value:g}", "reason": f"[parameters] of {file}"}
    return said | {"action": "parameter", "parameter": parameter, "value": value}


def _valid(adapter: TypeAdapter[T], value: Any) -> T | None:
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return None  # told by the schema, of the file that says so
