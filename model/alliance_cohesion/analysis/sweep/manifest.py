"""What the manifest of a sweep must hold before it is believed: it may come from anyone."""

import hashlib
import json
from pathlib import PurePosixPath
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

_Count = Annotated[int, Field(ge=1, le=10**9, strict=True)]


class _Over(BaseModel):
    """What was laid over the scenario's own table; the plan made of it says whether it stands."""

    model_config = ConfigDict(strict=True, extra="allow")

    vary: list[Annotated[list[Any], Field(min_length=2, max_length=2)]] = []
    design: str = "grid"

    @field_validator("vary")
    @classmethod
    def _has_names(cls, vary: list[list[Any]]) -> list[list[Any]]:
        if not all(isinstance(name, str) for name, _ in vary):
            raise ValueError("pairs of a name and a range")
        return vary


class _Request(BaseModel):
    model_config = ConfigDict(strict=True)

    entry: str
    over: _Over

    @field_validator("entry")
    @classmethod
    def _stays_inside(cls, entry: str) -> str:
        place = PurePosixPath(entry)
        if place.is_absolute() or ".." in place.parts or place.parts[:1] != ("scenario",):
            raise ValueError("a file of the folder's own scenario")
        return entry


class _Manifest(BaseModel):
    model_config = ConfigDict(strict=True)

    plan: dict[str, Any]
    plan_sha256: str
    request: _Request
    histories: list[_Count] = Field(min_length=1, max_length=1000)
    shard: Annotated[list[_Count], Field(min_length=2, max_length=2)]
    complete: bool
    files: dict[str, str]

    @field_validator("histories")
    @classmethod
    def _ascends(cls, histories: list[int]) -> list[int]:
        if histories != sorted(set(histories)):
            raise ValueError("ascending numbers")
        return histories

    @field_validator("shard")
    @classmethod
    def _is_a_part(cls, shard: list[int]) -> list[int]:
        if shard[0] > shard[1]:
            raise ValueError("a part I of N, with I from 1 to N")
        return shard


def wrong_with(found: dict[str, Any]) -> str:
    """The first thing for which no sweep can have written a manifest; empty if there is none."""
    try:
        _Manifest.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"{where}: {first['msg']}"
    if digest(found["plan"]) != found["plan_sha256"]:
        return "plan: not the one its hash is of"
    return ""


def digest(plan: dict[str, Any]) -> str:
    """SHA-256 of a plan."""
    return hashlib.sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()
