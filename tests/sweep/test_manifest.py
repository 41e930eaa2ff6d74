"""The manifest of a sweep may come from anyone."""

import pytest

from alliance_cohesion.analysis.sweep.manifest import digest, wrong_with


@pytest.mark.parametrize(
    "entry", ["scenario/../../elsewhere.toml", "/etc/scenario.toml", "other/scenario.toml"]
)
def test_a_manifest_does_not_lead_out_of_its_folder(entry):
    sound = {
        "plan": {}, "plan_sha256": digest({}), "histories": [50], "shard": [1, 1],
        "complete": False, "files": {},
        "request": {"entry": "scenario/starter/scenario.toml", "over": {}},
    }  # fmt: skip
    assert not wrong_with(sound)
    assert wrong_with({**sound, "request": {"entry": entry, "over": {}}})
