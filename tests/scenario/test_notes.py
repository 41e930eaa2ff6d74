"""What is sound but may not be meant is said, and nothing else."""

from alliance_cohesion.scenario import compile_inputs, load, notes

from .builders import ANA, BOR, Q2000, event, indicator, inputs, write

KNOWN = [indicator(state, 1999, "trade_share", 0.2) for state in ("ANA", "BOR", "CYL")]


def noted(place, *events, indicators=KNOWN):
    return notes(load(write(place, *events, indicators=indicators)))


def test_a_record_in_which_every_row_counts_gives_no_note(tmp_path):
    rows = [
        event("2000-02", "threat", "PAT", "ANA", "2"),
        event("2000-05", "offer", "BOR", "members", "1"),
        event("2000-05", "status", "ANA", "PACT", "out"),
        event("2000-08", "status", "ANA", "PACT", "member"),
    ]
    assert noted(tmp_path, *rows) == []


def test_a_second_name_of_the_patron_is_listed_among_the_outsiders(tmp_path):
    (said,) = noted(tmp_path, event("2000-02", "threat", "Patria", "ANA", "2"))
    assert "outsiders" in said
    assert said.endswith(": Patria")


def test_a_row_aimed_at_no_state_of_the_scenario_is_told(tmp_path):
    (said,) = noted(tmp_path, event("2000-02", "threat", "PAT", "Bordavia", "2"))
    assert said == "a row reaches no state of the scenario: target Bordavia (row-2)"


def test_statuses_that_leave_no_trace_are_told(tmp_path):
    rows = [
        event("2000-11-01", "status", "ANA", "PACT", "out"),
        event("2000-11-04", "status", "ANA", "PACT", "member"),
        event("2002-01-01", "status", "BOR", "PACT", "out"),
        event("2000-01-05", "status", "Zetland", "PACT", "out"),
    ]
    foreign, undone, late = noted(tmp_path, *rows)
    assert "ANA, out from 2000-11-01, is undone within the same quarter by row 3" in undone
    assert "BOR, out from 2002-01-01, lies after the clock's end (2001-12-31)" in late
    assert (
        "Zetland, out from 2000-01-05, is of a state that the scenario does not follow" in foreign
    )


def test_states_without_dependence_and_dependence_without_state_are_told(tmp_path):
    rows = [*KNOWN[:2], indicator("Cylia", 1999, "trade_share", 0.4)]
    unknown, without = noted(tmp_path, indicators=rows)
    assert unknown.endswith("does not follow: Cylia")
    assert "no indicator of dependence for CYL" in without


def test_thirty_outsiders_are_listed_and_the_others_counted(tmp_path):
    foes = [event("2000-01-01", "threat", f"FOE{k:02}", "ANA", "3") for k in range(31)]
    (said,) = noted(tmp_path, *foes)
    assert said.endswith("FOE29 and 1 more")
    (said,) = noted(tmp_path, *foes[:30])
    assert said.endswith("FOE29")


def test_a_status_of_the_first_day_is_not_undone_by_one_in_the_same_quarter(tmp_path):
    rows = [
        event("2000-01-01", "status", "ANA", "PACT", "out"),
        event("2000-02-01", "status", "ANA", "PACT", "member"),
    ]
    (said,) = noted(tmp_path, *rows)
    assert "is read as joining for the first time" in said
    assert inputs(tmp_path, *rows).record[Q2000, ANA] == 0


def test_two_answers_to_one_request_are_told(tmp_path):
    answer = event("2000-04-20", "response", "PAT", "ANA", "-1", threat_level="3", id="no")
    again = answer | {"id": "no-again", "actor": "PACT"}
    other = answer | {"id": "elsewhere", "target": "BOR"}
    (said,) = noted(tmp_path, answer, again, other)
    assert said == (
        "2 answers to ANA on 2000-04-20 all count (no, no-again): "
        "keep one if they are the same fact"
    )


def test_indicators_that_nothing_uses_are_counted(tmp_path):
    rows = [*KNOWN, indicator("ANA", 1999, "gdp", 3), indicator("ANA", 2000, "gdp", 3)]
    rows += [indicator("BOR", 1999, "arms_share", 0.5)]
    signs, unused = noted(tmp_path, indicators=rows)
    assert signs == "signs of alignment, which drive nothing: arms_share (1 values)"
    assert unused == "indicators that nothing uses: gdp (2 values)"


def test_rows_that_reach_nobody_are_told_once_a_target_with_its_name(tmp_path):
    rows = [event("2000-02", "threat", "PAT", "IRQ", "2", id=f"r{k}") for k in range(9)]
    (said,) = noted(tmp_path, *rows)
    assert said == (
        "9 rows reach no state of the scenario: target IRQ (Iraq) (r0, r1, r2, r3, r4 and 4 more)"
    )


def test_a_name_that_mixes_alphabets_is_told(tmp_path):
    _, said = noted(tmp_path, event("2000-02", "threat", "P\u0410T", "ANA", "2"))
    assert said.startswith("names that mix alphabets")


def test_a_fellow_member_that_is_not_followed_is_no_outsider(tmp_path):
    rows = [
        event("2000-02", "offer", "Allia", "ANA", "4"),
        event("2000-02", "threat", "Allia", "BOR", "5"),
        event("2000-02-10", "response", "Allia", "ANA", "1", threat_level="5"),
    ]
    path = write(tmp_path, *rows, indicators=KNOWN)
    path.write_text(path.read_text().replace("[tables]", 'fellow_members = ["Allia"]\n[tables]'))
    f = compile_inputs(load(path)).drivers
    assert notes(load(path)) == []
    assert not f.driver("offer").any()
    assert f.driver("external").max() == 0.0
    assert (f.driver("inside")[Q2000, BOR], f.driver("kept")[Q2000, ANA]) == (1.0, 1.0)


def test_of_many_notes_of_a_kind_eight_are_shown(tmp_path):
    rows = [event("2000-02", "threat", "PAT", f"Land {k}", "2") for k in range(10, 22)]
    said = noted(tmp_path, *rows)
    assert len(said) == 9
    assert said[-1] == "and 4 more notes like the last"
