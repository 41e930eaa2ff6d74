"""What examples/ shows does what it says."""

import re

import numpy as np

from alliance_cohesion import State
from examples import another_rule, projection_table


def test_another_rule_is_compared_with_the_standard_one(capsys):
    another_rule.main(histories=4)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3 + 8
    assert lines[1].split() == ["standard", "rallying"]
    assert lines[2].split() == ["frozen", "out"] * 2
    assert all(line.count("%") == 4 for line in lines[3:])


def test_without_danger_the_other_rule_is_the_standard_one():
    sim = another_rule.ac.load("csto")

    class NeverAfraid(another_rule.Rallying):
        def update(self, seen):
            super().update({**seen, "external": 0.0})

    class Safe(State):
        def update(self, seen):
            super().update({**seen, "external": 0.0})

    other, standard = (another_rule.at_end(sim, rule, 3) for rule in (NeverAfraid, Safe))
    assert other.equals(standard)


def test_a_projection_becomes_a_table_of_states_and_years_with_what_the_draws_leave_open():
    draws, each = 25, 2
    lines = projection_table.table("csto-2035", draws=draws, each=each).splitlines()
    rows = [line for line in lines if line.startswith("| ") and "%" in line]
    assert len(rows) == 8
    assert all(row.count("|") == lines[2].count("|") for row in rows)
    sim = projection_table.ac.load("csto-2035")
    years = projection_table.YEARS
    assert [f"{2025 + year}" in lines[2] for year in years] == [True] * len(years)
    cell = r"[<>]?(\d+) % \((\d+) to (\d+)\); frozen [<>]?(\d+) %"
    made = re.findall(cell, "".join(rows))
    assert len(made) == 8 * len(years)
    assert all(0 <= int(low) <= int(high) <= 100 for _, low, high, _ in made)
    assert any(int(low) < int(high) for _, low, high, _ in made)
    path = sim.engine("ensemble", draws, sim.scenario.seed)(
        sim.draws().values[:draws], draws * each, sim.scenario.seed,
        start=0, keep=draws * each,
    ).path  # fmt: skip
    steps = sim.run(1).dataset.time.dt.year.values
    ends = [path[:, steps == 2025 + year][:, -1] for year in years]
    for column, counted in ((0, [end != 0 for end in ends]), (3, [end == 1 for end in ends])):
        shown = np.reshape([int(one[column]) for one in made], (8, len(years)))
        shares = [100 * share.mean(axis=0) for share in counted]
        assert (shown == np.transpose(shares).round()).all()
    assert f"{draws * each} histories, seed {sim.scenario.seed}" in lines[0]


def test_the_null_model_answers_a_projection_too():
    first = projection_table.table("csto-2035", "null", draws=25, each=2).splitlines()[0]
    assert "null-" in first
