"""The keys of a scenario file: their types, defaults and limits."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from . import dates
from .actions import Change
from .fields import (
    ALL_MEMBERS,
    INTERNAL,
    Day,
    Finite,
    Name,
    OneOrMore,
    ParameterName,
    Table,
    Words,
    read_day,
    within_range,
)
from .problems import WrongError
from .states import codes_of, speller

MOST_STEPS = 100_000
MOST_STATES = 2_000
MOST_TABLES = 20  # of one kind
MOST_CELLS = 1_000_000  # time steps times states: a run stays below 1 GiB (benchmarks/large.py)

Renewal = Literal["act", "automatic"]
Script = Literal["record", "rule"]


class Clock(Table):
    """When the model runs."""

    start: Day = Field(description="first day on which a status can change")
    end: Day = Field(description="last day, inclusive")
    step: dates.StepName = Field(default="quarter", description="length of a step")
    memory: Day = Field(
        default=date.min,
        description="facts from here on fill memories; default: two years before the start",
    )
    known_until: Day | None = Field(
        default=None,
        description="statuses follow the record up to this day, histories begin after it, and "
        "from then on rules R10 and R11 act where [alliance] says so; default: the start",
    )

    @model_validator(mode="before")
    @classmethod
    def _two_years_of_memory(cls, values: Any) -> Any:
        if isinstance(values, dict) and "memory" not in values and "start" in values:
            try:
                memory = dates.add_months(read_day(values["start"]), -24)
                return values | {"memory": memory}
            except (ValueError, OverflowError):
                return values  # the start itself is reported, or memory reaches back to year 1
        return values

    @model_validator(mode="after")
    def _runs_forwards(self) -> "Clock":
        if self.end <= self.start:
            raise WrongError(f"an end after the start ({self.start})")
        if self.memory > self.start:
            raise WrongError(f"a memory that begins no later than the start ({self.start})")
        if self.steps.count > MOST_STEPS:
            raise WrongError(f"at most {MOST_STEPS:,} time steps (here {self.steps.count:,})")
        return self

    @property
    def steps(self) -> dates.Steps:
        """The calendar this clock keeps."""
        return dates.Steps.of(self.step, self.memory, self.start, self.end)


class Alliance(Table):
    """The institution: who is in it and by what rules it renews."""

    name: Name = Field(description="the alliance's name, as the tables use it")
    patron: Name = Field(description="ISO3 or short name of the power that leads")
    members: tuple[Name, ...] = Field(
        min_length=1, max_length=MOST_STATES, description="states the model follows"
    )
    fellow_members: tuple[Name, ...] = Field(
        default=(), description="members that the model does not follow: no outsiders"
    )
    names: dict[Name, Words] = Field(
        default_factory=dict, description="names of states for codes of your own"
    )
    entry: Day | None = Field(default=None, description="in force from; default: the start")
    first_term: Annotated[float, Field(ge=1 / 12, le=1000, strict=True)] | None = Field(
        default=None, description="years; default: renewal_length"
    )
    first_renewal: Renewal = Field(
        default="automatic",
        description="by a signature (act), or by itself",
    )
    renewal_length: Annotated[float, Field(ge=1 / 12, le=1000, strict=True)] | None = Field(
        default=None, description="years; default: without term"
    )
    renewal: Renewal = Field(default="automatic", description="the same, of later terms")
    notice: Annotated[float, Field(ge=0, le=1200, strict=True)] = Field(
        default=0, description="months; kept for the reader, no rule looks at it"
    )
    responses: Script = Field(default="record", description="answers to requests: script, or R10")
    episodes: Script = Field(default="record", description="threats: script, or R11")
    offers: Script = Field(default="record", description="outside offers: script, or R11")
    dependence_default: Annotated[float, Field(ge=0, le=1, strict=True)] = Field(
        default=0.25, description="D of a state with no known component"
    )

    def speller(self, clients: Iterable["Client"] = ()) -> Callable[[str], str]:
        """How names are spelt: states as in this table, by code, name or number."""
        cast = (self.name, self.patron, *self.members, *self.fellow_members)
        names = (client.name for client in clients)
        return speller((*cast, *names, ALL_MEMBERS, INTERNAL), tuple(self.names.items()))

    @model_validator(mode="after")
    def _names_are_distinct(self) -> "Alliance":
        everyone = (self.name, self.patron, *self.members, *self.fellow_members)
        states = (next(iter(codes_of(name)), name.casefold()) for name in everyone)
        twice = [name for name, times in Counter(states).items() if times > 1]
        if twice:
            raise WrongError(
                f"one name for each of the alliance, its patron and its members ({twice[0]!r} "
                "is there twice; the patron is not among the members)"
            )
        return self


class Client(Table):
    """A state or group that a sponsor arms, pays or protects."""

    name: Name = Field(description="as the tables use it")
    sponsor: Name = Field(description="the patron or a member")
    against: tuple[Name, ...] = Field(default=(), description="only towards these states")
    start: Day | None = Field(default=None, description="default: always")
    end: Day | None = Field(default=None, description="last day; default: for good")
    source: Words = Field(description="where this can be checked")

    def spelt(self, spell: Callable[[str], str]) -> "Client":
        """The same with names in the spelling of the scenario."""
        against = tuple(spell(name) for name in self.against)
        return self.model_copy(update={"sponsor": spell(self.sponsor), "against": against})

    @model_validator(mode="after")
    def _runs_forwards(self) -> "Client":
        if self.start and self.end and self.end < self.start:
            raise WrongError(f"an end no earlier than the start ({self.start})")
        return self


class Engagement(Table):
    """A war or crisis elsewhere that ties down the patron."""

    name: Name = Field(description="what it is called")
    start: Day = Field(description="first day")
    end: Day | None = Field(default=None, description="last day; default: still going on")
    level: Annotated[int, Field(ge=1, le=5, strict=True, description="codebook code of the threat")]
    source: Words = Field(description="where this can be checked")


class Tables(Table):
    """Evidence tables: a file, or several that are read as one.

    A file lies in the folder of the file that names it, or beside another scenario's file
    (`SCENARIO/FILE`: that scenario's name or path, then the file's name).
    """

    events: OneOrMore = Field(default=(), max_length=MOST_TABLES, description="CSV of dated facts")
    indicators: OneOrMore = Field(
        default=(), max_length=MOST_TABLES, description="CSV of yearly figures"
    )


class ParameterSettings(Table):
    """Which parameter draws to use, and what to hold fixed."""

    posterior: Words = Field(
        default="default", description='"default", "prior", "null" (a constant rate) or a file'
    )
    fixed: dict[ParameterName, Finite] = Field(
        default_factory=dict, description="parameters held at a value, in every draw"
    )

    @model_validator(mode="after")
    def _in_range(self) -> "ParameterSettings":
        for name, value in self.fixed.items():
            within_range(name, value)
        return self


class Run(Table):
    """How many histories, from which seed."""

    histories: Annotated[int, Field(ge=1, le=10**9, strict=True)] = Field(
        default=2000, description="how many"
    )
    seed: Annotated[int, Field(ge=0, lt=2**63, strict=True)] = Field(
        default=1, description="random seed; the same seed gives the same numbers"
    )


class ScenarioFile(Table):
    """A scenario file: its own facts, or a base and what differs from it."""

    name: Annotated[str, StringConstraints(pattern=r"^\w[\w .-]*$", max_length=100)] = Field(
        description="letters, digits, spaces, dots, hyphens; names the results folder"
    )
    title: str = Field(default="", description="default: the name")
    question: str = Field(default="", description="what is asked, in one sentence")
    base: Words | None = Field(default=None, description="a shipped scenario, or a path from here")
    rewrite: str = Field(default="", description="what had to be true for the changes")
    clock: Clock
    alliance: Alliance
    client: tuple[Client, ...] = ()
    engagement: tuple[Engagement, ...] = ()
    tables: Tables = Tables()
    parameters: ParameterSettings = ParameterSettings()
    run: Run = Run()
    change: tuple[Change, ...] = ()
    sweep: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits_in_memory(self) -> "ScenarioFile":
        if self.clock.steps.count * len(self.alliance.members) > MOST_CELLS:
            raise WrongError(f"at most {MOST_CELLS:,} time steps times states")
        return self


def schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file."""
    return ScenarioFile.model_json_schema(by_alias=True)
