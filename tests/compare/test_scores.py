"""A comparison: three questions, held out where it must be, and frank where there is nothing."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

import alliance_cohesion as ac
from alliance_cohesion import scenario
from alliance_cohesion.analysis import compare
from alliance_cohesion.analysis.explain import explain
from alliance_cohesion.core import replay
from alliance_cohesion.core.contributions import TERMS, terms
from alliance_cohesion.core.step import LATENT
from alliance_cohesion.inference import held_out, recalibrate, record
from alliance_cohesion.inference.free_run import against_record
from alliance_cohesion.report.compare import answer, show
from alliance_cohesion.simulation import Simulation
from alliance_cohesion.util import shipped


@pytest.fixture(scope="module")
def elsewhere():
    """The same record under another name: an alliance that the posterior has not seen."""
    sim = ac.load("csto")
    alliance = sim.scenario.alliance.model_copy(update={"name": "Elsewhere"})
    events = tuple(
        replace(e, actor="Elsewhere" if e.actor == sim.scenario.alliance.name else e.actor)
        for e in sim.scenario.events
    )
    return Simulation(replace(sim.scenario, alliance=alliance, events=events))


@pytest.fixture(scope="module")
def card(elsewhere):
    return compare.compare(elsewhere, histories=200, seed=3)


def test_an_unseen_alliance_is_scored_as_it_is_and_after_its_base_rates(card):
    assert not card.held_out
    assert card.sample == "held out"
    assert card.clusters[["gain", "gain_recalibrated"]].notna().all(axis=None)


def test_every_documented_change_is_answered_by_all_three_questions(card, elsewhere):
    changes = record.changes(elsewhere.inputs)
    told = card.as_json()
    assert len(told["ahead"]) == len(told["free"]["changes"]) == len(told["latent"]) == len(changes)
    for row, change in zip(card.episodes.itertuples(), changes, strict=True):
        assert row.state == elsewhere.inputs.states[change.state]
        assert 0.0 < row.probability <= row.risk + 1e-12 < 1.0
        assert 0.0 <= row.within_one_year <= row.within_two_years <= 1.0
        assert row.alignment_q05 <= row.alignment <= row.alignment_q95
        assert 1 <= row.rank <= row.of


def test_probabilities_sum_to_one_everywhere(card):
    for name in ("probability", "baseline_probability"):
        assert np.abs(card.dataset[name].sum("status") - 1.0).max() < 1e-12


def test_the_baseline_knows_windows_and_nothing_else(card, elsewhere):
    before, _ = record.statuses(elsewhere.inputs)
    f = elsewhere.inputs.drivers
    window = f.renewal[f.first :] == 1
    leave = 1.0 - card.dataset["baseline_probability"].values[..., 0]
    for cells in (window, ~window):
        members = leave[cells][before[cells] == 0]
        assert np.ptp(members) < 1e-12
    assert leave[window][before[window] == 0].min() > leave[~window][before[~window] == 0].max()


def test_a_comparison_is_plain_json(card):
    told = json.loads(json.dumps(card.as_json()))
    assert told["clusters"] == card.clusters["cluster"].tolist()
    skill = card.proper.set_index("score").loc["brier", "skill"]
    assert told["proper"]["brier"]["skill"] == pytest.approx(skill)
    assert len(told["free"]["changes"]) == len(card.episodes)


def test_a_mover_without_peers_is_no_success_and_breaks_no_json(card):
    episodes = card.episodes.copy()
    episodes.loc[0, ["rank", "of", "alignment_of_peers"]] = [1.0, 1, None]
    with_it = replace(card, episodes=episodes)
    first, others = answer(card)[0], answer(with_it)[0]
    leavings = sum(card.episodes["kind"] != "return")
    assert f"of {leavings} leavings" in first
    assert f"of {leavings - 1} leavings" in others
    assert "; 1 more had no peer" in others
    json.dumps(with_it.as_json(), allow_nan=False)
    console = Console(file=io.StringIO(), width=200)
    show(console, with_it)
    assert "nan" not in console.file.getvalue()


def test_histories_that_repeat_the_record_reproduce_it(elsewhere):
    documented = elsewhere.inputs.record[elsewhere.inputs.drivers.first :]
    path = np.repeat(documented[np.newaxis], 50, axis=0)
    found = against_record(elsewhere.inputs, path)
    assert found.right_status == 1.0
    assert all(one.within_1_year == 1.0 for one in found.changes)


def test_in_a_year_is_the_mean_of_the_draws_yearly_probabilities():
    """As `explain` says it, and as a year of simulated histories bears out: not the yearly
    probability of the mean, which would be higher."""
    sim = ac.load("cis-charter")
    rows = compare.compare(sim, histories=20).episodes
    row = next(one for one in rows.itertuples() if one.date[:4] == "2018")
    explained = explain(sim, row.state, "2018-05")
    assert row.risk == pytest.approx(explained.probability["mean"], abs=1e-9)
    t = int(np.flatnonzero(sim.inputs.decided.astype(str) == row.step)[0])
    i = sim.inputs.states.index(row.state)
    move = 1.0 - replay.trace(sim.inputs, sim.draws().values).probabilities[:, t, i, 0]
    assert row.risk == pytest.approx(np.mean(1.0 - (1.0 - move) ** 4))
    assert row.risk < 1.0 - (1.0 - move.mean()) ** 4 - 0.1


def test_rules_and_baseline_are_both_held_out_where_the_record_was_fitted():
    sim = ac.load("csto")
    card = compare.compare(sim, histories=20)
    kept = held_out.read(sim.draws().path, sim.inputs)
    for shown, stored in (("probability", kept.rules), ("baseline_probability", kept.baseline)):
        assert np.array_equal(card.dataset[shown], stored.probability, equal_nan=True)


def test_a_fitted_record_is_read_from_its_calibration_and_nothing_is_fitted(monkeypatch):
    monkeypatch.setattr(compare.held_out, "fit_rules", None)
    card = compare.compare(ac.load("csto"), histories=20)
    told = json.loads((shipped.folder("calibration") / "figures.json").read_text())
    assert not card.fitted_anew
    assert card.clusters.set_index("cluster")["gain"].to_dict() == pytest.approx(
        told["gain"]["gain_by_cluster"], abs=6e-4
    )
    for row, one in zip(card.episodes.itertuples(), told["one_step_ahead"].values(), strict=True):
        assert (row.state, row.step, row.rank) == (one["state"], one["date"], one["rank"])
        assert row.risk == pytest.approx(one["in_a_year"], abs=1e-6)


def test_other_inputs_than_those_that_were_fitted_are_fitted_anew():
    sim = ac.load("csto")
    events = sim.scenario.events[:-1]
    moved = next(k for k, e in enumerate(events) if e.kind == "threat" and not e.consequence)
    other = Simulation(replace(sim.scenario, events=events[:moved] + events[moved + 1 :]))
    said = []
    card = compare.compare(other, histories=20, say=said.append)
    assert said == ["fitting the rules to this record"]
    assert card.held_out
    assert card.fitted_anew
    assert card.clusters["gain"].sum() > 0


def test_a_projection_has_nothing_of_its_own_to_compare():
    with pytest.raises(ValueError, match="follow the record up to 2025-12-31"):
        compare.compare(ac.load("csto-2035"), histories=10)


def test_a_record_without_changes_is_refused_with_a_hint(tmp_path):
    scenario.write_new(tmp_path / "quiet")
    events = tmp_path / "quiet" / "events.csv"
    kept = [
        line for line in events.read_text().splitlines()
        if ",status," not in line or "member" in line
    ]  # fmt: skip
    events.write_text("\n".join(kept) + "\n")
    with pytest.raises(ValueError, match="status"):
        compare.compare(ac.load(tmp_path / "quiet"), histories=10)


def test_a_large_record_is_scored_a_few_draws_at_a_time_to_the_same_numbers(
    card, elsewhere, monkeypatch
):
    draws = elsewhere.draws(3).values
    most, trace = [], replay.trace

    def counted(inputs, values):
        most.append(len(values))
        return trace(inputs, values)

    room = 7 * elsewhere.inputs.record.size * 13  # numbers of a draw's trace
    monkeypatch.setattr(compare, "_AT_ONCE", room)
    monkeypatch.setattr(compare, "trace", counted)
    monkeypatch.setattr(recalibrate, "_AT_ONCE", 7 * elsewhere.inputs.record.size)
    again = compare.compare(elsewhere, histories=200, seed=3)
    assert max(most) == 7
    assert sum(most) == len(draws)
    assert again.clusters.equals(card.clusters)
    for name in ("alignment", "alignment_of_peers"):
        assert again.episodes[name].tolist() == pytest.approx(card.episodes[name], abs=1e-12)
    assert again.terms["term"].tolist() == card.terms["term"].tolist()
    assert again.terms["difference"].tolist() == pytest.approx(card.terms["difference"], abs=1e-12)


def test_terms_and_latent_states_before_a_change_are_means_over_the_whole_trace(card, elsewhere):
    inputs, draws = elsewhere.inputs, elsewhere.draws(3).values
    along, before = replay.trace(inputs, draws), record.statuses(inputs)[0]
    a, D = LATENT.index("a"), inputs.drivers.dependence[inputs.drivers.first - 1 :]
    rows = zip(record.changes(inputs), card.episodes.itertuples(), strict=True)
    for k, (change, row) in enumerate(rows):
        t, i = change.step, change.state
        same = [j for j in range(len(inputs.states)) if before[t, j] == before[t, i]]
        assert row.alignment == pytest.approx(along.latent[:, t, i, a].mean(), abs=1e-12)
        others = [along.latent[:, t, j, a].mean() for j in same if j != i]
        assert row.alignment_of_peers == pytest.approx(np.mean(others), abs=1e-12)
        said = along.probabilities[:, t, i, change.after].mean()
        assert row.surprise == pytest.approx(-np.log2(said), abs=1e-12)
        each = {j: terms(draws, along.latent[:, t, j], D[t, j]).mean(axis=0) for j in same}
        mean = np.mean(list(each.values()), axis=0)
        sign = 1.0 if change.after == 0 else -1.0
        stands_out = dict(zip(TERMS, sign * (each[i] - mean), strict=True))
        for term, size in card.stood_out(k):
            assert sign * size == pytest.approx(stands_out[term], abs=1e-12)
