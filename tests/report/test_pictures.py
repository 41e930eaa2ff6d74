"""Pictures show every state, keep their labels apart and can be told in words."""

import dataclasses
import itertools
from datetime import date

import numpy as np
import pytest
from matplotlib.text import Text

from alliance_cohesion.report import figures_run, palette, pictures
from alliance_cohesion.report.marks import OTHERS, PRESSURE, REFUSED, THREAT, marks
from alliance_cohesion.report.timeline import Timeline, decimal_year
from alliance_cohesion.scenario import history
from alliance_cohesion.simulation import load

from ..scenario import builders
from .cases import followed, result, timeline


def test_every_picture_is_a_png_with_words_that_name_every_state(tmp_path):
    drawn = figures_run.draw(result())
    pictures.save(drawn, tmp_path)
    assert [picture.name for picture in drawn] == ["free-run", "risk"]
    for picture in drawn:
        assert (tmp_path / f"{picture.name}.png").read_bytes().startswith(b"\x89PNG")
        assert all(name in picture.alt for name in result().simulation.names)
        assert picture.small


def test_the_same_picture_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        pictures.save(figures_run.draw(result()), tmp_path / name)
    one, two = (tmp_path / name / "free-run.png" for name in ("a", "b"))
    assert one.read_bytes() == two.read_bytes()


def test_many_states_go_to_further_pictures_and_the_most_telling_are_shown(monkeypatch):
    monkeypatch.setattr(figures_run, "PER_PICTURE", 1)
    monkeypatch.setattr(figures_run, "MOST_STATES", 2)
    drawn = figures_run.draw(result())
    assert [picture.name for picture in drawn] == ["free-run", "free-run-2", "risk", "risk-2"]
    assert "Shown are 2 of 3 states" in drawn[0].caption
    assert any("Velia" in picture.alt for picture in drawn)  # the one that changed


def test_every_place_that_says_something_lies_in_the_picture_and_names_its_source():
    (picture, _) = figures_run.draw(result())
    assert picture.spots
    assert all(0 < spot.x < 1 and 0 < spot.y < 1 for spot in picture.spots)
    sources = [event.source for event in result().simulation.scenario.events]
    assert all(any(source in spot.text for source in sources) for spot in picture.spots)


def strips(axes):
    """First and last year of each part of the strips of a picture."""
    found = []
    for area in axes.collections:
        for path in area.get_paths():
            x, y = path.vertices.T
            if np.ptp(y) == pytest.approx(np.ptp(figures_run._STRIP)):
                found.append((x.min(), x.max()))
    return found


def test_a_record_steps_on_its_day_and_ends_where_it_ends():
    (change,) = history.changes(result().simulation.scenario, "Velia")
    parts = strips(figures_run.free_run(result()).figure.axes[0])
    assert len(parts) == 4  # Velia has two
    assert any(end == pytest.approx(decimal_year(change.day)) for _, end in parts)
    axes = figures_run.free_run(followed(date(2006, 12, 31))).figure.axes[0]
    assert {end for _, end in strips(axes)} == {decimal_year(change.day), 2007.0}
    assert axes.get_xlim() == (2004.0, 2010.0)  # what came long before is cut


def test_no_risk_is_drawn_for_years_that_follow_the_record():
    own, _ = figures_run._risks(followed(date(2006, 12, 31)))
    years = followed(date(2006, 12, 31)).dataset["year"].values
    assert np.isnan(own[years < 2007]).all()
    assert np.isfinite(own[years >= 2007]).any()


def test_one_state_has_shares_risk_and_alignment():
    figure = result().plot("Velia")
    assert len(figure.axes) == 3
    assert "Velia: left Jan 2005" in figure.get_suptitle()
    assert any("neither held nor pushed" in text.get_text() for text in figure.axes[2].texts)


def test_a_description_with_dollars_and_markup_is_drawn_as_it_stands(tmp_path):
    sim = result().simulation
    alliance = sim.scenario.alliance.model_copy(update={"names": {"Velia": r"$5 or $x_{ [b]\frac"}})
    other = dataclasses.replace(sim, scenario=dataclasses.replace(sim.scenario, alliance=alliance))
    pictures.save(figures_run.draw(other.run(5)), tmp_path)


def test_consequences_and_notes_are_not_marked_as_causes():
    velia = timeline().states.index("Velia")
    found = marks(timeline(), velia)
    kinds = {mark.event.kind for mark in found}
    assert not kinds & {"status", "renewal", "note"}
    assert not any(mark.event.consequence for mark in found)
    assert any(mark.kind is REFUSED for mark in found)


def test_an_event_aimed_at_the_members_is_marked_only_while_one_is_a_member():
    events = timeline().scenario.events
    late = dataclasses.replace(
        next(event for event in events if "members" in event.targets),
        id="late",
        date="2008",
        start=np.datetime64("2008-06-01").item(),
        end=None,
    )
    told = Timeline(
        timeline().data, dataclasses.replace(timeline().scenario, events=(*events, late))
    )
    seen = {
        state: "late" in {mark.event.id for mark in marks(told, i)}
        for i, state in enumerate(told.states)
    }
    assert seen == {"Karth": True, "Ostra": True, "Velia": False}
    frozen = tuple(
        dataclasses.replace(e, strength="frozen") if e.kind == "status" else e for e in events
    )
    still = Timeline(told.data, dataclasses.replace(told.scenario, events=(*frozen, late)))
    assert late in still.drivers(told.states.index("Velia"))


DEUTERANOPIA = np.array(
    [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]
)  # Machado, Oliveira & Fernandes (2009), linear RGB
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
LEAST = 14.0  # distance in CIELAB; about 2 is just seen side by side


def seen(colour):
    """CIELAB of a colour as an eye without green cones sees it."""
    srgb = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    x, y, z = np.cbrt(XYZ @ np.clip(DEUTERANOPIA @ linear, 0, 1) / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_the_colour_blind_tell_states_and_statuses_apart():
    states = [palette.state(i) for i in range(10)]
    alike = [
        (one, two)
        for one, two in itertools.combinations(states, 2)
        if one[1] == two[1] and np.linalg.norm(seen(one[0]) - seen(two[0])) < LEAST
    ]
    assert alike == []
    for one, two in itertools.combinations(palette.STATUS.values(), 2):
        assert np.linalg.norm(seen(one) - seen(two)) > 3 * LEAST


def test_no_two_of_twenty_states_look_the_same():
    assert len({palette.state(i) for i in range(20)}) == 20


def test_pressure_is_the_patrons_only_where_the_patron_or_its_client_presses(tmp_path):
    client = '\n[[client]]\nname = "GANG"\nsponsor = "PAT"\nagainst = ["ANA"]\nsource = "A book"\n'
    rows = [
        builders.event("2000-02", "coercion", "PAT", "ANA", "1", id="patron"),
        builders.event("2000-03", "threat", "PACT", "ANA", "1", id="alliance"),
        builders.event("2000-04", "threat", "GANG", "ANA", "2", id="client"),
        builders.event("2000-05", "coercion", "BOR", "ANA", "2", id="fellow"),
        builders.event("2000-06", "arms_to_adversary", "FAR", "ANA", "1", id="outsider"),
        builders.event("2000-07", "threat", "GANG", "BOR", "2", id="not its client there"),
    ]
    sim = load(builders.write(tmp_path / "pact", *rows, toml=client))
    told = Timeline(sim.run(4, 1).dataset, sim.scenario)
    kind = {mark.event.id: mark.kind for i in (0, 1) for mark in marks(told, i)}
    assert [kind[name] for name in ("patron", "alliance", "client")] == [PRESSURE] * 3
    assert [kind[name] for name in ("fellow", "outsider")] == [OTHERS] * 2
    assert kind["not its client there"] is THREAT


@pytest.mark.parametrize("draw", [figures_run.free_run, figures_run.risk])
def test_no_text_leaves_the_picture_or_covers_another(draw):
    figure = draw(result()).figure
    figure.draw_without_rendering()
    texts = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    boxes = [text.get_window_extent() for text in texts]
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.x1 + 1 for box in boxes)
    for (one, a), (two, b) in itertools.combinations(zip(texts, boxes, strict=True), 2):
        assert not a.shrunk(0.9, 0.8).overlaps(b.shrunk(0.9, 0.8)), (one, two)
