"""From a point of a sweep to the scenario that stands there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...scenario import Event, Problem, Scenario, load_events
from ...scenario.change import Draft, apply
from ...scenario.layers import merge, read_layers
from ...scenario.problems import raise_any, shown
from ...scenario.schema import Alliance, ScenarioFile
from .variables import Value, Variable, edit_problems

_FURTHEST = 10  # beyond all codes of strength
_HALVES = 0.5  # the finest step between codes of strength


@dataclass(frozen=True)
class Ground:
    """A scenario, and what it stood on before any of its changes."""

    scenario: Scenario
    events: tuple[Event, ...]
    alliance: Alliance
    fixed: dict[str, float]


def ground(scenario: Scenario) -> Ground:
    """Undo the changes of a scenario.

    Raises:
        ScenarioError: its files have changed since it was read, and are wrong now.
    """
    problems: list[Problem] = []
    layers = read_layers(scenario.path, problems)
    raise_any(problems)
    content = ScenarioFile.model_validate(merge(layers))
    table = None
    for layer in layers:
        if "events" in layer.content.get("tables", {}):
            table = layer.path.parent / layer.content["tables"]["events"]
    events = load_events(table) if table else ()
    return Ground(scenario, events, content.alliance, dict(content.parameters.fixed))


def changed(
    ground: Ground, variables: Sequence[Variable], values: Sequence[Value]
) -> tuple[Scenario, list[Problem]]:
    """The scenario at a point, and what is wrong with it.

    The scenario's own changes come first, but for those that the point switches off; the point's
    edits follow in the order of the variables.
    """
    scenario = ground.scenario
    file = shown(scenario.path)
    draft = Draft(ground.events, ground.alliance, dict(ground.fixed))
    problems: list[Problem] = []
    off = {
        variable.target
        for variable, value in zip(variables, values, strict=True)
        if variable.kind == "change" and value == "off"
    }
    for change in scenario.changes:
        if change.name not in off:
            problems += apply(change, draft, file)
    for variable, value in zip(variables, values, strict=True):
        wrong = edit_problems(variable, value, file)
        edit = None if wrong else variable.edit(value)
        problems += wrong or (apply(edit, draft, file) if edit else [])
    there = replace(
        scenario,
        events=draft.events,
        alliance=draft.alliance,
        parameters=scenario.parameters.model_copy(update={"fixed": draft.fixed}),
        reforms=tuple(draft.reforms),
        settings=tuple(draft.settings),
    )
    return there, problems


def settled(
    ground: Ground, variables: Sequence[Variable], problems: list[Problem]
) -> tuple[Variable, ...]:
    """The variables with strengths in ranges turned into the codes that lie in them.

    Every variable is tried alone at its ends or levels; what is wrong is appended to `problems`.
    """
    found = []
    for variable in variables:
        if variable.kind == "strength" and not variable.levels:
            low, high = variable.ends
            first, last = (
                round(min(max(end, -_FURTHEST), _FURTHEST) / _HALVES) for end in (low, high)
            )
            steps = (k * _HALVES for k in range(first, last + 1) if k)
            codes = tuple(s for s in steps if low <= s <= high and not _wrong(ground, variable, s))
            variable = replace(variable, levels=codes)
            if not codes:
                problems += _wrong(ground, variable, low)
                continue
        for value in variable.trials:
            problems += _wrong(ground, variable, value)
        found.append(variable)
    return tuple(found)


def _wrong(ground: Ground, variable: Variable, value: Value) -> list[Problem]:
    return changed(ground, [variable], [value])[1]
