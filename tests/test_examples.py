"""What examples/ shows does what it says."""

import re

import numpy as np

from alliance_cohesion import State
from examples import another_rule, projection_table


def test_another_rule_is_compared_with_the_standard_one(capsys):
    another_rule.main(histories=4)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + 8
    assert all(line.count("%") == 3 for line in lines[2:])


def test_without_danger_the_other_rule_is_the_standard_one():
    case = another_rule.ac.load("csto")

    class NeverAfraid(another_rule.Rallying):
        def judge(self, seen):
            seen[0] = 0.0
            super().judge(seen)

    class Safe(State):
        def judge(self, seen):
            seen[0] = 0.0
            super().judge(seen)

    other, standard = (another_rule.away_at_end(case, rule, 3) for rule in (NeverAfraid, Safe))
    assert (other == standard).all()


def test_a_projection_becomes_a_table_of_states_and_years_with_what_the_draws_leave_open():
    draws, each = 25, 2
    lines = projection_table.table("csto-2035", draws, each).splitlines()
    rows = [line for line in lines if line.startswith("| ") and "%" in line]
    assert len(rows) == 8
    assert all(row.count("|") == lines[2].count("|") for row in rows)
    case = projection_table.ac.load("csto-2035")
    years = projection_table.YEARS
    assert [f"{2025 + year}" in lines[2] for year in years] == [True] * len(years)
    made = re.findall(r"[<>]?(\d+) % \((\d+) to (\d+)\)", "".join(rows))
    assert len(made) == 8 * len(years)
    assert all(0 <= int(low) <= int(high) <= 100 for _, low, high in made)
    assert any(int(low) < int(high) for _, low, high in made)
    path = case.engine("ensemble", draws, case.scenario.seed)(
        case.draws().values[:draws], draws * each, case.scenario.seed,
        start=0, keep=draws * each,
    ).path  # fmt: skip
    ticks = case.run(1).dataset.time.dt.year.values
    counted = [100 * (path[:, ticks == 2025 + year][:, -1] != 0).mean(axis=0) for year in years]
    shown = np.reshape([int(mean) for mean, _, _ in made], (8, len(years)))
    assert (shown == np.transpose(counted).round()).all()
    assert f"{draws * each} histories, seed {case.scenario.seed}" in lines[0]


def test_the_null_model_answers_a_projection_too(tmp_path):
    file = tmp_path / "null.toml"
    file.write_text(
        'name = "null"\nbase = "projections/csto-2035"\n[parameters]\nposterior = "null"\n'
    )
    assert projection_table.ac.load(file).draws().origin.startswith("null-")
