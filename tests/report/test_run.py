"""The tables and the text of a run say what the histories hold, and what each number is."""

import dataclasses
import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

import alliance_cohesion as ac
from alliance_cohesion import result as results
from alliance_cohesion.core.inputs import Status
from alliance_cohesion.inference import episodes, held_out
from alliance_cohesion.report import run
from alliance_cohesion.report.text import clean, percent, shorten
from alliance_cohesion.scenario import history

from .cases import HISTORIES, followed, result, timeline

MEMBER, FROZEN, OUT = (int(status) for status in Status)


def replaced(**columns):
    """The same run with other numbers in its table of episodes."""
    other = dataclasses.replace(result())
    other.__dict__["episodes"] = result().episodes.assign(**columns)
    return other


def a_world(path, initial, record, dt=0.25):
    """The starter's world with other statuses: one state, one history a row of `path`."""
    inputs = result().simulation.inputs
    f = inputs.drivers._replace(
        dt=dt, first=1, entry=np.zeros(1, np.int64), renewal=np.zeros(len(record) + 1, np.int8)
    )
    steps = np.array([np.datetime64("1999-10") + 3 * k for k in range(len(record) + 1)])
    return dataclasses.replace(
        inputs,
        states=("A",),
        steps=steps.astype("datetime64[D]"),
        drivers=f,
        initial=np.array([initial], np.int8),
        record=np.array([[initial], *([s] for s in record)], np.int8),
    ), np.array(path, np.int8)[:, :, np.newaxis]


def test_leavings_returns_and_years_are_counted_by_hand():
    record = [MEMBER] * 8
    inputs, path = a_world(
        [
            [MEMBER, FROZEN, OUT, OUT, OUT, OUT, MEMBER, MEMBER],  # 2000: leaves; 2001: comes back
            [MEMBER, MEMBER, MEMBER, MEMBER, OUT, MEMBER, OUT, OUT],  # 2001: leaves, twice
            [MEMBER] * 8,
        ],
        MEMBER,
        record,
    )
    counts = results.count(inputs, path, since=0)
    assert counts.first_exit[:, 0].tolist() == [0, 1, 0, 0, 1, 0, 0, 0]
    assert counts.returns.tolist() == [2]
    assert counts.member[:, 0].tolist() == [3, 2]  # at the starts of 2000 and 2001
    assert counts.leaves[:, 0].tolist() == [1, 1]
    assert counts.comes_back[:, 0].tolist() == [0, 1]


def test_a_yearly_risk_is_that_of_the_states_at_risk_when_the_year_begins():
    # 2000 begins frozen, the state comes back and goes again; 2001 begins out, and it stays out.
    inputs, path = a_world([[FROZEN, MEMBER, OUT, OUT, OUT, OUT, OUT, OUT]], FROZEN, [FROZEN] * 8)
    counts = results.count(inputs, path, since=0)
    assert counts.member[:, 0].tolist() == [0, 0]
    assert counts.leaves[:, 0].tolist() == [0, 0]
    assert counts.comes_back[:, 0].tolist() == [1, 0]


def test_what_the_record_imposes_is_not_counted():
    inputs, path = a_world([[OUT, OUT, MEMBER, MEMBER, FROZEN, FROZEN]] * 4, MEMBER, [OUT] * 6)
    assert results.count(inputs, path, since=0).first_exit[:, 0].tolist() == [4, 0, 0, 0, 0, 0]
    counts = results.count(inputs, path, since=3)
    assert counts.first_exit[:, 0].tolist() == [0, 0, 0, 0, 4, 0]
    assert counts.returns.tolist() == [0]


def test_a_change_counts_if_it_comes_within_two_years_of_the_documented_one():
    record = [MEMBER] * 10 + [OUT] * 10
    quarter_of_leaving = [1, 2, 18, 19]  # 9, 8, 8 and 9 quarters from the tenth
    paths = [[MEMBER] * k + [OUT] * (20 - k) for k in quarter_of_leaving]
    inputs, path = a_world(paths, MEMBER, record)
    assert results.count(inputs, path, since=0).near.tolist() == [2]


def test_a_change_to_another_status_is_not_the_documented_one():
    inputs, path = a_world([[FROZEN] * 4, [OUT] * 4], MEMBER, [OUT] * 4)
    assert results.count(inputs, path, since=0).near.tolist() == [1]


def test_counts_of_parts_add_up(monkeypatch):
    whole = result()
    monkeypatch.setattr("alliance_cohesion.simulation._CHUNK", 7)
    parts = whole.simulation.run(HISTORIES, 3)
    for one, other in zip(whole.counts, parts.counts, strict=True):
        assert np.array_equal(one, other)
    assert whole.episodes.equals(parts.episodes)
    assert whole.states.equals(parts.states)


def test_the_first_histories_are_kept_one_by_one_and_no_more_in_however_many_parts(monkeypatch):
    whole = result()
    monkeypatch.setattr("alliance_cohesion.simulation.KEPT", 10)
    monkeypatch.setattr("alliance_cohesion.simulation._CHUNK", 7)
    parts = whole.simulation.run(HISTORIES, 3)
    assert parts.dataset.sizes["history"] == 10
    assert np.array_equal(parts.ensemble.path, whole.ensemble.path[:10])


def test_shares_of_states_are_those_of_the_dataset():
    data, states = result().dataset, result().states.set_index("state")
    for status in results.STATUSES:
        ends = data["share"].sel(status=status).isel(time=-1).to_series()
        assert states[status].to_dict() == pytest.approx(ends.to_dict())
    assert states[list(results.STATUSES)].sum(axis=1).to_numpy() == pytest.approx(1.0)


def test_a_quantile_of_first_leaving_is_the_month_by_which_that_share_has_left():
    left = result().left_by
    for i, row in enumerate(result().states.to_dict("records")):
        for name, share in results.QUANTILES.items():
            reached = np.flatnonzero(left[:, i] >= share)
            month = str(result().dataset["time"].values[reached[0]])[:7] if len(reached) else None
            assert (row[name] if isinstance(row[name], str) else None) == month


def test_a_projection_names_the_member_that_leaves_most_often_first():
    made = followed(date(2006, 12, 31))
    inside = made.states[made.states["known"] == "member"].set_index("name")["leaves"]
    assert inside.max() > inside.min()
    first = run.sentences(made)[0]
    assert f"{inside.idxmax()} most often leaves" in first
    assert f"in {percent(inside.max())} of histories" in first


def test_the_record_is_dated_by_its_own_rows():
    record = result().states.set_index("state")["record"]
    assert record["Velia"] == "left Jan 2005"
    assert record["Karth"] == "member throughout"
    (change,) = history.changes(result().simulation.scenario, "Velia")
    assert (change.before, change.after, change.date) == (MEMBER, OUT, "2005-01")


@pytest.mark.parametrize(("date", "spelt"), [("1999-04", "Apr 1999"), ("1999", "1999")])
def test_a_date_is_as_exact_as_the_record_has_it(date, spelt):
    assert history.month(date) == spelt


def test_the_dataset_says_what_everything_is():
    data = result().dataset
    assert all(data[name].attrs["long_name"] for name in data.data_vars)
    assert data["path"].attrs["flag_meanings"].split() == ["member", "frozen", "out"]
    assert data["path"].attrs["flag_values"].tolist() == [0, 1, 2]
    assert data["alignment"].attrs["units"] == "log-odds"
    assert data["name"].dims == ("state",)


def test_the_dataset_says_which_draw_each_history_used():
    sim = result().simulation
    number = 17
    draw = int(result().dataset["draw_of_history"][number])
    values = result().dataset["parameters"].values[draw : draw + 1]
    from alliance_cohesion.core.simulate import simulate

    alone = simulate(sim.inputs, values, 1, 3, start=number, keep=1)
    assert np.array_equal(alone.path[0], result().dataset["path"][number])


def test_histories_that_follow_a_record_count_from_its_end_only():
    ahead = followed(date(2006, 12, 31))
    velia = ahead.states.set_index("state").loc["Velia"]
    assert velia["known"] == "out"
    assert velia["leaves"] < 1  # it left in 2005, by the record in every history
    assert ahead.episodes.empty
    assert ahead.sample == results.BEYOND
    last = ahead.simulation.since
    assert (ahead.dataset["record"].values[:last] >= 0).all()
    assert (ahead.dataset["record"].values[last:] == results.UNKNOWN).all()


def test_a_projection_names_no_state_for_what_the_record_imposed():
    ahead = followed(date(2006, 12, 31))
    first, second, third = run.sentences(ahead)
    assert "Velia" not in first
    assert "after 2006-12-31" in first
    assert "Velia" in second
    assert "the record ends with 0 frozen and 1 out" in third


def test_states_that_tie_are_all_named():
    ahead = followed(date(2006, 12, 31))
    tied = ahead.states.assign(leaves=0.25, out=0.1, frozen=0.1)
    ahead.__dict__["states"] = tied
    assert "Karth and Ostra most often leave or freeze" in run.sentences(ahead)[0]
    assert "25 % of histories each" in run.sentences(ahead)[0]
    ahead.__dict__["states"] = tied.assign(leaves=0.0)
    assert "In none of 60 histories" in run.sentences(ahead)[0]


def test_the_text_opens_with_a_line_for_each_episode():
    lines = run.text(result()).splitlines()
    line = next(line for line in lines if line.startswith("Velia left, Jan 2005"))
    assert percent(result().episodes["within_two_years"][0]) in line
    assert any(line.startswith("stayed: Karth ") for line in lines)
    assert "held out:" in lines[2]  # the starter is no record that was fitted
    assert "rank" not in lines[3]


def test_what_is_held_out_is_shown_beside_what_is_in_sample():
    shown = run.episodes_grid(replaced(rank=1.5, of=3, risk=0.0286, base_rate=0.011))
    assert [c.head.split("\n")[0] for c in shown.columns[2:]] == ["held out:"] * 3
    assert shown.rows[0][2:] == ("1.5 of 3", "2.9 %", "1.1 %")
    assert len(run.episodes_grid(replaced(rank=1, of=3, risk=0.5)).columns) == 4


def test_held_out_figures_belong_to_one_record_and_one_calibration_only(monkeypatch):
    csto = ac.load("csto")
    draws = csto.draws()
    kept = json.loads(
        draws.path.with_name(draws.path.name.replace("posterior", "held-out"))
        .with_suffix(".json").read_text("utf-8")
    )  # fmt: skip
    monkeypatch.setattr(held_out, "inputs_hash", lambda inputs: kept["inputs_sha256"])
    found = episodes.episodes(csto.inputs, draws)
    assert [one.of for one in found] == [8, 8, 8, 3, 6, 5]
    # Three leave at one renewal, where the baseline gives all eight members one probability.
    assert len({one.base_rate for one in found[:3]}) == 1
    assert all(0 < one.risk < 1 and 1 <= one.rank <= one.of for one in found)
    assert episodes.episodes(csto.inputs, dataclasses.replace(draws, seen=False)) is None
    assert episodes.episodes(csto.inputs, dataclasses.replace(draws, path=None)) is None
    monkeypatch.undo()
    monkeypatch.setattr(held_out, "inputs_hash", lambda inputs: "another record")
    assert episodes.episodes(csto.inputs, draws) is None


def test_the_table_of_a_fitted_record_has_both_samples(monkeypatch):
    csto = ac.load("csto")
    one = episodes.Episode(1.0, 8, 0.57, 0.31)
    monkeypatch.setattr(results, "episodes", lambda inputs, draws: [one] * 6)
    shown = run.episodes_grid(csto.run(20, 1))
    heads = [column.head.split("\n")[0] for column in shown.columns]
    assert heads == ["", "in sample:", "held out:", "held out:", "held out:"]
    assert shown.rows[0][2:] == ("1 of 8", "57 %", "31 %")
    parameters = csto.scenario.parameters.model_copy(update={"fixed": {"b_D": 3.0}})
    held = dataclasses.replace(csto.scenario, parameters=parameters)
    other = dataclasses.replace(csto, scenario=held).run(20, 1)
    assert other.episodes["rank"].isna().all()  # they were predicted with other parameters
    assert "parameters held: b_D = 3" in run.text(other)


def test_every_table_says_whether_it_is_in_sample():
    for shown in (result(), followed(date(2006, 12, 31))):
        assert shown.sample in run.text(shown)
        assert shown.sample in run.states_grid(shown).note


def test_a_result_shows_itself():
    assert repr(result()) == result().summary() == run.text(result())
    assert len(repr(result()).splitlines()) <= 30
    assert "<table>" in result()._repr_html_()
    assert "Velia left" in result()._repr_html_()


def test_a_state_is_found_by_name_or_code_and_a_stranger_is_refused():
    csto = ac.load("csto")
    assert csto.index("Armenia") == csto.index("ARM") == csto.index("armenia")
    with pytest.raises(ValueError, match="'Utopia' given; csto has Armenia, "):
        csto.index("Utopia")


def test_completion_shows_the_front_door():
    assert {"load", "Simulation"} <= set(dir(ac))
    assert "TYPE_CHECKING" not in dir(ac)


def test_the_tidy_table_is_the_dataset_row_by_row():
    table = result().tables["status"].set_index(["time", "state", "status"])["share"].to_xarray()
    share = result().dataset["share"].sel(state=table["state"], status=table["status"])
    assert (table.values == share.values).all()
    assert isinstance(result().tables["parameters"], pd.DataFrame)


def test_a_share_is_never_rounded_to_certainty():
    shares = [percent(share) for share in (0, 0.001, 0.5, 0.999, 1)]
    assert shares == ["0 %", "<1 %", "50 %", ">99 %", "100 %"]


def test_text_from_files_loses_escapes_and_line_breaks():
    assert (
        clean("a\x1b[31mb\nc\u202e") == "a\N{REPLACEMENT CHARACTER}[31mb c\N{REPLACEMENT CHARACTER}"
    )
    assert len(shorten("word " * 40, 30)) <= 30


def test_the_first_change_of_a_late_comer_is_joining():
    sim = result().simulation
    velia = next(e for e in sim.scenario.events if e.kind == "status" and e.actor == "Velia")
    rows = [
        dataclasses.replace(
            velia, id=f"v{k}", date=day, start=date.fromisoformat(day), strength=word
        )
        for k, (day, word) in enumerate([
            ("2001-02-03", "member"), ("2002-02-03", "frozen"), ("2003-02-03", "member"),
        ])
    ]  # fmt: skip
    others = tuple(e for e in sim.scenario.events if e is not velia)
    changed = dataclasses.replace(sim.scenario, events=(*others, *rows))
    verbs = [str(change) for change in history.changes(changed, "Velia")]
    assert verbs == ["joined Feb 2001", "froze Feb 2002", "returned Feb 2003"]
    assert timeline().at_start(0) == Status.MEMBER
