"""A scenario is its base plus its changes."""

import pytest

from alliance_cohesion.scenario import ScenarioError, compile_inputs, load, shipped_names

from .builders import ANA, TOML, event, write

WAR = event("2000-01-01", "threat", "FOE", "ANA", "3", id="war-2000", end="2000-03-31")
HELP = event("2000-01-10", "response", "PAT", "ANA", "-1", id="help-2000", threat_level="3")
TALK = event("2000", "offer", "WES", "BOR", "1", id="talk-2000", confidence="low")


def child(folder, text, base="../base", name="child"):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "scenario.toml"
    path.write_text(f'name = "{name}"\nbase = "{base}"\n{text}')
    return path


def changed(tmp_path, *actions, rows=(WAR, HELP, TALK)):
    write(tmp_path / "base", *rows)
    text = "".join(
        f'[[change]]\nname = "edit {k}"\nreason = "To see"\n{action}\n'
        for k, action in enumerate(actions)
    )
    return load(child(tmp_path / "child", text))


def test_a_child_inherits_what_it_does_not_say(tmp_path):
    head = TOML.replace("[clock]", 'title = "A pact"\nquestion = "Who leaves?"\n[clock]', 1)
    write(tmp_path / "base", WAR, head=head, toml="[run]\nhistories = 10\nseed = 3\n")
    text = "[clock]\nend = 2005-06-30\n[run]\nseed = 4\n[parameters]\nfixed = { b_S = 1 }"
    scenario = load(child(tmp_path / "child", text))
    assert (scenario.name, scenario.title) == ("child", "child")
    assert scenario.question == "Who leaves?"
    assert (scenario.histories, scenario.seed) == (10, 4)
    assert str(scenario.clock.start) == "2000-01-01"
    assert str(scenario.clock.end) == "2005-06-30"
    assert scenario.parameters.fixed == {"b_S": 1.0}
    assert [e.id for e in scenario.events] == ["war-2000"]
    assert scenario.states == ("ANA", "BOR", "CYL")


def test_every_file_read_is_listed_base_first(tmp_path):
    scenario = changed(tmp_path)
    names = [f"{path.resolve().parent.name}/{path.name}" for path in scenario.files]
    assert names == [
        "base/scenario.toml", "child/scenario.toml", "base/events.csv", "base/indicators.csv"
    ]  # fmt: skip


def test_changes_of_the_base_come_before_those_of_the_child(tmp_path):
    write(tmp_path / "base", WAR)
    drop = '[[change]]\nname = "{}"\nreason = "To see"\naction = "recode"\n'
    first = (
        drop.format("one") + 'where = { id = "war-2000" }\nset = { strength = 1, kind = "offer" }'
    )
    second = drop.format("two") + 'where = { kind = "offer" }\nset = { strength = 4 }'
    child(tmp_path / "child", first)
    scenario = load(child(tmp_path / "grandchild", second, base="../child"))
    assert [c.name for c in scenario.changes] == ["one", "two"]
    assert (scenario.events[0].kind, scenario.events[0].strength) == ("offer", 4.0)


def test_an_event_can_be_added(tmp_path):
    add = 'action = "add"\nevent = { date = 2000-04-01, kind = "threat", actor = "FOE", ' \
          'target = ["ANA", "BOR"], strength = 5 }'  # fmt: skip
    fact = changed(tmp_path, add).events[-1]
    assert (fact.id, fact.targets, fact.strength) == ("edit 0", ("ANA", "BOR"), 5.0)
    assert fact.description == "To see"


def test_events_can_be_dropped_by_a_pattern(tmp_path):
    scenario = changed(tmp_path, 'action = "drop"\nwhere = { id = "*-2000", confidence = "high" }')
    assert [e.id for e in scenario.events] == ["talk-2000"]


@pytest.mark.parametrize(
    ("where", "left"),
    [
        ('kind = "offer"', {"war-2000", "help-2000"}),
        ('actor = "PAT"', {"war-2000", "talk-2000"}),
        ('target = "ANA"', {"talk-2000"}),
        ('id = ["war-2000", "talk-*"]', {"help-2000"}),
        ('from = "2000-02"', {"war-2000", "help-2000"}),
        ("until = 2000-01-05", {"help-2000", "talk-2000"}),
        ("from = 2000-01-01, until = 2000-01-01", {"help-2000", "talk-2000"}),  # its very day
        ('from = 2000-01-05, until = "2000-01"', {"war-2000", "talk-2000"}),
    ],
)
def test_every_condition_of_a_selector_must_be_met(tmp_path, where, left):
    scenario = changed(tmp_path, f'action = "drop"\nwhere = {{ {where} }}')
    assert {e.id for e in scenario.events} == left


def test_a_recoded_answer_turns_a_promise(tmp_path):
    scenario = changed(
        tmp_path, 'action = "recode"\nwhere = { id = "help*" }\nset = { strength = 1 }'
    )
    f = compile_inputs(scenario).drivers
    assert f.driver("kept")[4, ANA] == 0.6
    assert not f.driver("broken").any()


def test_a_shift_moves_date_and_end(tmp_path):
    scenario = changed(tmp_path, 'action = "shift"\nwhere = { id = "war-2000" }\ndays = 366')
    assert str(scenario.events[0].start) == "2001-01-01"
    assert str(scenario.events[0].end) == "2001-04-01"


@pytest.mark.parametrize(
    ("kind", "end"), [("threat", "2004-01-20"), ("coercion", "2004-01-20"), ("offer", "None")]
)
def test_a_shift_moves_an_end_that_is_implied_too(tmp_path, kind, end):
    row = event("2003-12-20", kind, "FOE", "ANA", "2", id="no-end")
    shift = 'action = "shift"\nwhere = { id = "no-end" }\ndays = 20'
    (fact,) = changed(tmp_path, shift, rows=(row,)).events
    assert str(fact.start) == "2004-01-09"
    assert str(fact.end) == end  # twelve days long, as before; an offer stays open


def test_a_shift_leaves_an_answer_an_instant(tmp_path):
    fact = changed(tmp_path, 'action = "shift"\nwhere = { id = "help-2000" }\ndays = 20').events[1]
    assert (str(fact.start), fact.end) == ("2000-01-30", None)


IDS = ("coast[2003].v1", "coast2", "aid*2004", "aid-x-2004", "what?", "whats", "тариф 2003")


@pytest.mark.parametrize(
    ("pattern", "chosen"),
    [
        ("coast[2003].v1", {"coast[2003].v1"}),
        ("coast[*", {"coast[2003].v1"}),
        ("coast*", {"coast[2003].v1", "coast2"}),
        ("aid*2004", {"aid*2004"}),
        ("aid?*2004", {"aid*2004", "aid-x-2004"}),
        ("aid[*]2004", {"aid*2004"}),
        ("what?", {"what?"}),
        ("wha[?t]*", set()),
        ("тариф 20??", {"тариф 2003"}),
    ],
)
def test_an_id_selects_its_own_row_whatever_its_letters(tmp_path, pattern, chosen):
    rows = [event("2000", "threat", "FOE", "ANA", "1", id=name) for name in IDS]
    drop = f"action = \"drop\"\nwhere = {{ id = '{pattern}' }}"
    if not chosen:
        with pytest.raises(ScenarioError, match="no row matches"):
            changed(tmp_path, drop, rows=rows)
        return
    left = {e.id for e in changed(tmp_path, drop, rows=rows).events}
    assert set(IDS) - left == chosen


def test_parameters_that_a_child_holds_are_listed_as_changes(tmp_path):
    write(tmp_path / "base", WAR, toml="[parameters]\nfixed = { b_S = 1, omega = 0.5 }\n")
    text = "[parameters]\nfixed = { b_S = 2 }\n" + (
        '[[change]]\nname = "held"\nreason = "To see"\naction = "parameter"\n'
        'parameter = "b_D"\nvalue = 3\n'
    )
    scenario = load(child(tmp_path / "child", text))
    assert scenario.parameters.fixed == {"b_S": 2.0, "omega": 0.5, "b_D": 3.0}
    assert [change.name for change in scenario.changes] == ["b_S held at 2", "held"]
    assert scenario.unchanged.fixed == {"b_S": 1.0, "omega": 0.5}
    assert load(tmp_path / "base").changes == ()


def test_a_child_s_parameters_come_after_the_changes_of_its_base(tmp_path):
    change = '[[change]]\nname = "held"\nreason = "To see"\naction = "parameter"\n'
    write(tmp_path / "base", WAR, toml=change + 'parameter = "b_S"\nvalue = 1\n')
    scenario = load(child(tmp_path / "child", "[parameters]\nfixed = { b_S = 2 }\n"))
    assert scenario.parameters.fixed == {"b_S": 2.0}


def test_what_changes_start_from_is_kept(tmp_path):
    scenario = changed(
        tmp_path, 'action = "drop"\nwhere = { id = "war-2000" }',
        'action = "alliance"\nset = { notice = 12 }',
    )  # fmt: skip
    assert [e.id for e in scenario.unchanged.events] == ["war-2000", "help-2000", "talk-2000"]
    assert (scenario.unchanged.alliance.notice, scenario.alliance.notice) == (0, 12)


def test_a_parameter_can_be_held_by_a_change(tmp_path):
    scenario = changed(tmp_path, 'action = "parameter"\nparameter = "omega"\nvalue = 0.5')
    assert scenario.parameters.fixed == {"omega": 0.5}


def test_rules_can_change_at_once(tmp_path):
    scenario = changed(tmp_path, 'action = "alliance"\nset = { members = ["ANA"], notice = 12 }')
    assert scenario.states == ("ANA",)
    assert scenario.alliance.notice == 12


BAD_CHANGES = {
    "a selector that matches nothing": (
        'action = "drop"\nwhere = { id = "war-2001" }', "where: no row matches.*close: war-2000"
    ),
    "one of several ids that matches nothing": (
        'action = "drop"\nwhere = { id = ["war-2000", "hlep-2000"] }',
        'where.id: no row matches "hlep-2000".*close: help-2000',
    ),
    "no id at all": ('action = "drop"\nwhere = { id = [] }', "where.id.*a list of texts"),
    "conditions all but one of which are met": (
        'action = "drop"\nwhere = { kind = "offer", target = "ANA", actor = "WES" }',
        "no row matches.*close: talk-2000",
    ),
    "a column that does not exist": (
        'action = "recode"\nwhere = { id = "*" }\nset = { strenght = 1 }',
        'set.strenght: unknown column.*did you mean "strength"',
    ),
    "a code off the scale": (
        'action = "recode"\nwhere = { id = "war*" }\nset = { strength = 9 }',
        'change "edit 0" on "war-2000", strength: found "9"',
    ),
    "an event half told": (
        'action = "add"\nevent = { date = "2000", kind = "threat" }', 'change "edit 0", target'
    ),
    "an id that is taken": (
        'action = "add"\nevent = { id = "war-2000", date = "2000", kind = "note" }',
        'id: found "war-2000", the id of .*events.csv, row 2',
    ),
    "a shift out of time": (
        'action = "shift"\nwhere = { id = "*" }\ndays = 9999999', "within the years 1 to 9999"
    ),
    "a shift beyond counting": (
        'action = "shift"\nwhere = { id = "*" }\ndays = 9999999999999', "within the years 1 to 9999"
    ),
    "a parameter out of range": (
        'action = "parameter"\nparameter = "omega"\nvalue = 9', "omega from 0 to 1"
    ),
    "a state that is not followed": (
        'action = "indicator"\nstate = "ANX"\nindicator = "base"\nvalue = 1',
        'state: found "ANX".*did you mean "ANA"',
    ),
    "a sign for a component": (
        'action = "indicator"\nstate = "ANA"\nindicator = "arms_share"\nvalue = 1',
        "trade_share, remittances_gdp, base, energy",
    ),
    "other members from a date": (
        'action = "alliance"\nset = { members = ["ANA"] }\nfrom = 2001-01-01',
        "set.members: cannot change from a date",
    ),
    "an unknown rule": (
        'action = "alliance"\nset = { renewl = "act" }',
        'renewl: unknown key.*did you mean "renewal"',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_CHANGES)
def test_a_change_that_cannot_be_made_says_why(tmp_path, name):
    action, pattern = BAD_CHANGES[name]
    with pytest.raises(ScenarioError, match=pattern) as caught:
        changed(tmp_path, action)
    assert "child/scenario.toml" in str(caught.value)


def test_a_base_that_rests_on_itself_is_refused(tmp_path):
    child(tmp_path / "a", "", base="../b")
    child(tmp_path / "b", "", base="../a")
    with pytest.raises(ScenarioError, match="none of which rests on itself"):
        load(tmp_path / "a")


def test_bases_do_not_go_on_forever(tmp_path):
    write(tmp_path / "0", WAR)
    for k in range(1, 12):
        child(tmp_path / str(k), "", base=f"../{k - 1}")
    assert load(tmp_path / "10").name == "child"
    with pytest.raises(ScenarioError, match="at most 10 bases"):
        load(tmp_path / "11")


def test_errors_of_the_base_are_told_of_the_base(tmp_path):
    write(tmp_path / "base", WAR, toml="[run]\nseeed = 1\n")
    path = child(tmp_path / "child", "[clock]\nendd = 2001-01-01")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    lines = sorted(str(p) for p in caught.value.problems)
    assert len(lines) == 2
    assert "base/scenario.toml, run.seeed" in lines[0]
    assert "child/scenario.toml, clock.endd" in lines[1]


def test_a_broken_base_is_the_only_problem(tmp_path):
    write(tmp_path / "base", head="name = ")
    with pytest.raises(ScenarioError) as caught:
        load(child(tmp_path / "child", ""))
    assert len(caught.value.problems) == 1


def test_a_child_may_bring_its_own_table(tmp_path):
    write(tmp_path / "base", WAR)
    path = child(tmp_path / "child", '[tables]\nevents = "mine.csv"')
    (tmp_path / "base" / "events.csv").rename(tmp_path / "child" / "mine.csv")
    assert [e.id for e in load(path).events] == ["war-2000"]


def test_a_scenario_is_found_by_folder_file_or_name(tmp_path, monkeypatch):
    path = write(tmp_path / "mine", WAR)
    path.rename(tmp_path / "mine" / "other.toml")
    monkeypatch.chdir(tmp_path / "mine")
    assert load("other").name == load("other.toml").name == load(tmp_path / "mine/other.toml").name


def test_shipped_scenarios_are_found_by_name_in_any_subfolder(tmp_path, monkeypatch):
    root = tmp_path / "shipped"
    write(root / "first", WAR)
    (root / "what-if").mkdir()
    for stem in ("first", "help"):
        (root / "what-if" / f"{stem}.toml").write_text(f'name = "{stem}-2"\nbase = "first"')
    monkeypatch.setattr("alliance_cohesion.util.shipped.folder", lambda name: root)
    monkeypatch.chdir(tmp_path)
    assert shipped_names() == ("first", "what-if/first", "what-if/help")
    assert load("first").name == "pact"
    assert load("what-if/first").name == "first-2"
    assert load("help").name == "help-2"
    with pytest.raises(ScenarioError, match=r'no scenario "hepl".*did you mean "help"'):
        load("hepl")
    with pytest.raises(ScenarioError, match=r"\(first; in what-if: first, help\)"):
        load("hepl")


def test_a_name_that_two_shipped_scenarios_share_is_ambiguous(tmp_path, monkeypatch):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "help.toml").write_text("")
    monkeypatch.setattr("alliance_cohesion.util.shipped.folder", lambda name: tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError, match="one of a/help, b/help"):
        load("help")
