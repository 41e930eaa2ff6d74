"""Tables of what may stand in a scenario's files, from the schema that the program checks by."""

from collections.abc import Iterable
from typing import Any

from alliance_cohesion.analysis.sweep.spec import Interest, OutcomeTable, Span, SweepTable
from alliance_cohesion.scenario import events as event_table
from alliance_cohesion.scenario import indicators as indicator_table
from alliance_cohesion.scenario.schema import ScenarioFile

Node = dict[str, Any]

_CHANGE = "change"
_PLAIN = {"string": "text", "number": "number", "integer": "whole number", "boolean": "true, false"}
_UNBOUNDED = 10**9


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    titles = list(head)
    return "\n".join(["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|", *lines]) + "\n"


def scenario() -> str:
    """Every table of a scenario file with its keys, but the changes."""
    whole = ScenarioFile.model_json_schema(by_alias=True)
    top = {k: v for k, v in whole["properties"].items() if _table_of(v) is None and k != "sweep"}
    parts = [
        "### At the top of the file\n\n" + _keys({**whole, "properties": top}, whole["required"])
    ]
    for name, node in whole["properties"].items():
        inner = _table_of(node)
        if inner and name != _CHANGE:
            brackets = f"[[{name}]]" if node.get("type") == "array" else f"[{name}]"
            parts.append(_section(brackets, whole["$defs"][inner]))
    return "\n".join(parts)


def changes() -> str:
    """The actions of a change with their keys."""
    found = ScenarioFile.model_json_schema(by_alias=True)["$defs"]
    actions = [node for node in found.values() if "action" in node["properties"]]
    common = ("name", "reason", "source")
    shared = {k: v for k, v in actions[0]["properties"].items() if k in common}
    parts = ["Every change has\n", _keys({"properties": shared}, actions[0]["required"])]
    for node in actions:
        word = node["properties"]["action"]["const"]
        own = {k: v for k, v in node["properties"].items() if k not in (*common, "action")}
        parts.append(_section(f'action = "{word}"', {**node, "properties": own}))
    parts.append(_section("where", found["Selector"]))
    return "\n".join(parts)


def sweep() -> str:
    """The `[sweep]` table."""
    named = {
        "[sweep]": SweepTable,
        "[sweep.vary] NAME = { ... }": Span,
        "[[sweep.outcome]]": OutcomeTable,
        "[sweep.interest]": Interest,
    }
    return "\n".join(
        _section(brackets, kind.model_json_schema(by_alias=True))
        for brackets, kind in named.items()
    )


def events() -> str:
    """The columns of an event table."""
    needed = [(f"`{column}`", "yes") for column in event_table.REQUIRED]
    optional = [(f"`{column}`", "no") for column in event_table.OPTIONAL]
    return table(("column", "must be there"), needed + optional)


def codes() -> str:
    """What `strength` may be, by kind."""
    rows = []
    for kind in event_table.KINDS:
        known = [f"{code:+g}" if kind == event_table.RESPONSE else f"{code:g}"
                 for code in event_table.CODES.get(kind, ())]  # fmt: skip
        words = known or event_table.WORDS.get(kind, ())
        said = ", ".join(f"`{word}`" if word else "empty" for word in words)
        rows.append((f"`{kind}`", said or "anything; unused"))
    return table(("kind", "strength"), rows)


def indicators() -> str:
    """The components of dependence and the value that counts as full dependence."""
    full = indicator_table.COMPONENTS.items()
    return table(("component", "full dependence at"), [(f"`{k}`", f"{v:g}") for k, v in full])


def _section(title: str, node: Node) -> str:
    said = node.get("description", "").strip()
    return f"### `{title}`\n\n{said}\n\n" + _keys(node, node.get("required", ()))


def _keys(node: Node, required: Iterable[str]) -> str:
    rows = [
        (f"`{key}`", value(inner), _default(inner, key in required), inner.get("description", ""))
        for key, inner in node["properties"].items()
    ]
    return table(("key", "value", "default", "meaning"), rows)


def _table_of(node: Node) -> str | None:
    """The table that a key holds, if it holds one."""
    inner = node.get("items", node)
    if "oneOf" in inner:
        return _CHANGE
    return inner["$ref"].rpartition("/")[2] if "$ref" in inner else None


def _default(node: Node, required: bool) -> str:
    if required:
        return "needed"
    default = node.get("default")
    said = str(node.get("description", ""))
    if default is None or default in ("", [], {}) or "default:" in said:
        return ""
    return f"`{default}`"


def value(node: Node) -> str:
    """What a key may hold, in words."""
    if "anyOf" in node:
        kinds = dict.fromkeys(value(one) for one in node["anyOf"] if one.get("type") != "null")
        return " or ".join(kinds)
    if "$ref" in node:
        return f"a table `{node['$ref'].rpartition('/')[2].lower()}`"
    if "const" in node:
        return f"`{node['const']}`"
    if "enum" in node:
        return ", ".join(f"`{word}`" for word in node["enum"])
    if node.get("type") == "array":
        return "a list of " + value(node["items"])
    if node.get("type") == "object":
        return "a table"
    if node.get("format") == "date":
        return "date to the day"
    return _PLAIN.get(node.get("type", ""), "any") + _limits(node)


def _limits(node: Node) -> str:
    low = node.get("minimum", node.get("exclusiveMinimum"))
    high = node.get("maximum", node.get("exclusiveMaximum"))
    if low is None:
        return ""
    if high is None or high >= _UNBOUNDED:
        return f" from {low:g}"
    return f", {low:.2g} to {high:g}"
