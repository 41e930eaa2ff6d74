"""The table says what the dataset holds, and says never where it must."""

from dataclasses import replace
from datetime import date
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from alliance_cohesion.core.inputs import Standing
from alliance_cohesion.report import dates
from alliance_cohesion.report.subject import Subject
from alliance_cohesion.report.table import QUANTILES, as_grid, span, summary
from alliance_cohesion.report.terminal import show
from alliance_cohesion.report.text import clean, percent, shorten

from .cases import HISTORIES, changed, subject


def test_chances_are_shares_of_histories_away_at_the_ends_of_the_chosen_ticks():
    ticks = dates.chosen(subject())
    share = subject().data["share"]
    away = share.sel(standing=["frozen", "outside"]).sum("standing").values
    for i, row in enumerate(summary(subject()).rows):
        assert row.away == pytest.approx(away[ticks, i])
        assert all(round(a * HISTORIES) / HISTORIES == a for a in row.away)


def test_a_state_that_half_the_histories_keep_has_the_median_never():
    left_by = subject().data["left_by"].copy(deep=True)
    left_by[:] = np.linspace(0, 0.49, len(left_by))[:, None]
    row = summary(changed(left_by=left_by)).rows[0]
    assert row.leaving["q50"] is None
    assert row.leaving["q25"] is not None
    assert row.ever == pytest.approx(0.49)


def test_a_quantile_of_first_leaving_is_the_first_tick_by_which_that_share_has_left():
    left_by = subject().data["left_by"].copy(deep=True)
    left_by[:] = 0.0
    left_by[7:] = 0.95
    row = summary(changed(left_by=left_by)).rows[0]
    month = str(subject().edges[7])[:7]
    assert row.leaving == dict.fromkeys(QUANTILES, month)


def test_a_range_that_nobody_reaches_is_a_dash_and_an_open_one_says_never():
    assert span(None, None) == "-"
    assert span("1999-04", None) == "1999-never"
    assert span("1999-04", "2004-10") == "1999-2004"


def test_the_record_is_dated_by_its_own_rows():
    rows = {row.state: row for row in summary(subject()).rows}
    assert rows["Velia"].record == ["out 2005-01"]
    assert rows["Karth"].record == ["member throughout"]


def test_coming_in_for_the_first_time_is_not_coming_back():
    record = subject().data["record"].copy(deep=True)
    record[:, 0] = Standing.OUTSIDE
    record[5:9, 0] = Standing.MEMBER
    record[9:12, 0] = Standing.FROZEN
    record[12:, 0] = Standing.MEMBER
    verbs = [change.verb for change in changed(record=record).changes(0)]
    assert verbs == ["in", "frozen", "back"]


def test_dates_are_ends_of_years_and_end_with_the_clock():
    chosen = dates.chosen(subject())
    labels = [dates.label(subject(), t) for t in chosen]
    assert chosen == sorted(set(chosen))
    assert len(chosen) <= dates.COLUMNS
    assert "2005" in labels  # the year of the one documented change
    assert labels[-1] == "2009"


def test_a_projection_shows_years_after_the_record_ends():
    told = subject()
    clock = told.scenario.clock.model_copy(update={"known_until": date(2004, 12, 31)})
    ahead = Subject(told.data, replace(told.scenario, clock=clock))
    labels = [dates.label(ahead, t) for t in dates.chosen(ahead)]
    assert labels == ["2005", "2006", "2007", "2008", "2009"]
    assert dates.label(ahead, dates.chosen(ahead, 2)[0]) == "2005"


def test_the_table_says_what_counting_alone_leaves_open():
    note = as_grid(summary(subject())).note
    widest = 100 * 1.645 * (0.25 / HISTORIES) ** 0.5
    assert f"Counting {HISTORIES:,} histories" in note
    assert f"up to {widest:.1f} points" in note


def test_many_changes_are_thinned_to_the_columns_there_are():
    record = subject().data["record"].copy(deep=True)
    record[:] = (np.arange(len(record)) // 2 % 2 * 2)[:, None]
    assert len(dates.chosen(changed(record=record))) == dates.COLUMNS


def test_a_share_is_never_rounded_to_certainty():
    assert [percent(s) for s in (0, 0.001, 0.5, 0.999, 1)] == [
        "0 %",
        "<1 %",
        "50 %",
        ">99 %",
        "100 %",
    ]


def test_text_from_files_loses_escapes_and_line_breaks():
    assert (
        clean("a\x1b[31mb\nc\u202e") == "a\N{REPLACEMENT CHARACTER}[31mb c\N{REPLACEMENT CHARACTER}"
    )
    assert len(shorten("word " * 40, 30)) <= 30


@pytest.mark.parametrize("width", [80, 100])
def test_a_terminal_of_the_usual_width_shows_every_state_andspan(width):
    out = StringIO()
    console = Console(file=out, width=width, markup=False)
    show(console, summary(subject()), "results/starter")
    lines = out.getvalue().splitlines()
    for row in summary(subject()).rows:
        line = next(line for line in lines if line.startswith(row.state))
        assert row.record[0] in line
        assert span(row.leaving["q05"], row.leaving["q95"]) in line
