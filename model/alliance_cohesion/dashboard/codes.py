"""What the codes of an event mean, in a few words each: the codebook for someone in a hurry."""

from ..scenario import Event
from ..scenario.fields import INTERNAL

Meanings = dict[float, str]

_THREAT: Meanings = {
    5: "survival at stake, 10,000 deaths or core territory lost",
    4: "war, 1,000 deaths or territory lost",
    3: "armed conflict, 100 deaths or more",
    2: "raids and clashes, 25 deaths or more",
    1: "standing dispute, incidents",
}
_REGIME: Meanings = {
    5: "civil war",
    4: "regime falls, or a region is lost",
    3: "uprising put down by force",
    2: "deadly unrest, attempt on the leader",
    1: "wave of protest",
}
_COERCION: Meanings = {
    3: "a separatist entity backed",
    2: "broad embargo, gas cut, forces against its will",
    1: "single goods",
}
_ARMS: Meanings = {
    3: "graver than the codebook describes",
    2: "major systems, secret transfers",
    1: "sales",
}
_DEMAND: Meanings = {
    4: "forces or foreign policy subordinated",
    3: "troops or bases against its will",
    2: "joint forces, binding consent rules",
    1: "political integration asked of all",
}
_OFFER: Meanings = {
    4: "base with assurance, defence treaty, candidacy",
    3: "arms, paid transit, strategic partnership",
    2: "money, market or mission",
    1: "partnership or dialogue",
}
_RESPONSE: Meanings = {
    1: "granted, with forces",
    0.5: "granted in part, or materiel",
    -0.5: "deferred, or observers",
    -1: "refused",
}
_MEANINGS: dict[str, Meanings] = {
    "threat": _THREAT,
    "coercion": _COERCION,
    "arms_to_adversary": _ARMS,
    "demand": _DEMAND,
    "offer": _OFFER,
    "response": _RESPONSE,
}


WITHIN = "threat from within"
"""Of the kinds that can be added: a threat by nobody abroad."""
KINDS: dict[str, Meanings] = {**_MEANINGS, WITHIN: _REGIME}
"""The codes of each kind of event, strongest first, and what each means."""


def meanings(event: Event) -> Meanings:
    """The codes that an event can have; a status, a renewal and a note have none."""
    within = event.kind == "threat" and event.actor == INTERNAL
    return KINDS.get(WITHIN if within else event.kind, {})
