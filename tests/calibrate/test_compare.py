"""The scorecard: three senses, held out where it must be, and honest where there is nothing."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

import alliance_cohesion as ac
from alliance_cohesion import scenario
from alliance_cohesion.analysis import compare
from alliance_cohesion.inference import record
from alliance_cohesion.report.scorecard import answer, show
from alliance_cohesion.simulation import Case


@pytest.fixture(scope="module")
def elsewhere():
    """The same record under another name: an alliance that the posterior has not seen."""
    case = ac.load("csto")
    alliance = case.scenario.alliance.model_copy(update={"name": "Elsewhere"})
    events = tuple(
        replace(e, actor="Elsewhere" if e.actor == case.scenario.alliance.name else e.actor)
        for e in case.scenario.events
    )
    return Case(replace(case.scenario, alliance=alliance, events=events))


@pytest.fixture(scope="module")
def card(elsewhere):
    return compare.compare(elsewhere, histories=200, seed=3)


def test_an_unseen_alliance_is_scored_as_it_is_and_after_its_base_rates(card):
    assert not card.held_out
    assert card.gain_recalibrated is not None
    assert len(card.gain) == len(card.clusters) == len(card.gain_recalibrated)


def test_every_documented_change_has_an_eve_a_free_run_and_a_mind(card, elsewhere):
    changes = record.changes(elsewhere.world)
    assert len(card.eve) == len(card.free.changes) == len(card.latent) == len(changes)
    for row, change in zip(card.eve, changes, strict=True):
        assert row.state == elsewhere.world.states[change.state]
        assert 0.0 < row.chance <= row.chance_in_year < 1.0
        assert 1 <= row.rank <= row.of


def test_chances_sum_to_one_everywhere(card):
    assert np.abs(card.chances.sum(axis=-1) - 1.0).max() < 1e-12
    assert np.abs(card.null.sum(axis=-1) - 1.0).max() < 1e-12


def test_the_null_knows_windows_and_nothing_else(card, elsewhere):
    before, _ = record.standings(elsewhere.world)
    f = elsewhere.world.forcing
    window = f.renewal[f.first :] == 1
    leave = 1.0 - card.null[..., 0]
    for cells in (window, ~window):
        members = leave[cells][before[cells] == 0]
        assert np.ptp(members) < 1e-12
    assert leave[window][before[window] == 0].min() > leave[~window][before[~window] == 0].max()


def test_the_scorecard_is_plain_json(card):
    told = json.loads(json.dumps(card.as_json()))
    assert told["clusters"] == card.clusters
    assert told["proper"]["brier"]["skill"] == pytest.approx(card.proper["brier"].skill)
    assert len(told["free"]["changes"]) == len(card.eve)


def test_a_mover_without_peers_is_no_success_and_breaks_no_json(card):
    alone = replace(card.eve[0], rank=1, of=1)
    mind = replace(card.latent[0], alignment_of_peers=None)
    with_it = replace(card, eve=[alone, *card.eve[1:]], latent=[mind, *card.latent[1:]])
    first, others = answer(card)[0], answer(with_it)[0]
    leavings = sum(row.kind != "return" for row in card.eve)
    assert f"of {leavings} leavings" in first
    assert f"of {leavings - 1} leavings" in others
    assert "(1 more had no peer)" in others
    json.dumps(with_it.as_json(), allow_nan=False)
    console = Console(file=io.StringIO(), width=200)
    show(console, with_it)
    assert "nan" not in console.file.getvalue()


def test_histories_made_before_can_be_judged(elsewhere):
    documented = elsewhere.world.record[elsewhere.world.forcing.first :]
    path = np.repeat(documented[np.newaxis], 50, axis=0)
    found = compare.compare(elsewhere, histories=50, seed=1, path=path)
    assert found.free.right_standing == 1.0
    assert all(one.within_1_year == 1.0 for one in found.free.changes)


def test_a_record_without_changes_is_refused_with_a_hint(tmp_path):
    scenario.write_new(tmp_path / "quiet")
    events = tmp_path / "quiet" / "events.csv"
    kept = [
        line for line in events.read_text().splitlines()
        if ",standing," not in line or "member" in line
    ]  # fmt: skip
    events.write_text("\n".join(kept) + "\n")
    with pytest.raises(ValueError, match="standing"):
        compare.compare(ac.load(tmp_path / "quiet"), histories=10)
