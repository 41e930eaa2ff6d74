"""Pictures show every state, keep their labels apart and can be told in words."""

import dataclasses
import itertools

import numpy as np
import pytest

from alliance_cohesion.report import alignment_plot, palette, pictures, standing_plot
from alliance_cohesion.report.chance_plot import spread
from alliance_cohesion.report.marks import OTHERS, PRESSURE, REFUSED, THREAT, marks
from alliance_cohesion.report.subject import Subject
from alliance_cohesion.simulation import load

from ..scenario import builders
from .cases import subject


def test_every_picture_is_a_png_with_words_that_name_every_state(tmp_path):
    drawn = pictures.draw(subject())
    pictures.save(drawn, tmp_path)
    assert [picture.name for picture in drawn] == ["standings", "alignments", "chances"]
    for picture in drawn:
        assert (tmp_path / f"{picture.name}.png").read_bytes().startswith(b"\x89PNG")
        assert all(state in picture.alt for state in subject().states)


def test_the_same_picture_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        pictures.save(standing_plot.draw(subject()), tmp_path / name)
    one, two = (tmp_path / name / "standings.png" for name in ("a", "b"))
    assert one.read_bytes() == two.read_bytes()


def test_more_than_eight_states_go_to_further_pages():
    many = subject().data.isel(state=np.arange(17) % 3)
    drawn = standing_plot.draw(Subject(many, subject().scenario))
    assert [picture.name for picture in drawn] == ["standings", "standings-2", "standings-3"]
    assert [len(picture.figure.axes) for picture in drawn] == [8, 8, 1]


def test_a_description_with_dollars_and_markup_is_drawn_as_it_stands(tmp_path):
    events = tuple(
        dataclasses.replace(event, description=r"costs $5 or $x_{ [bold]\frac") if event else event
        for event in subject().scenario.events
    )
    told = Subject(subject().data, dataclasses.replace(subject().scenario, events=events))
    pictures.save(standing_plot.draw(told), tmp_path)


def test_consequences_and_notes_are_not_marked_as_causes():
    velia = subject().states.index("Velia")
    found = marks(subject(), velia)
    kinds = {mark.event.kind for mark in found}
    assert not kinds & {"standing", "renewal", "note"}
    assert not any(mark.event.consequence for mark in found)
    assert any(mark.kind is REFUSED for mark in found)


def test_an_event_aimed_at_the_members_is_marked_only_while_one_is_a_member():
    events = subject().scenario.events
    late = dataclasses.replace(
        next(event for event in events if "members" in event.targets),
        id="late",
        date="2008",
        start=np.datetime64("2008-06-01").item(),
        end=None,
    )
    told = Subject(subject().data, dataclasses.replace(subject().scenario, events=(*events, late)))
    seen = {
        state: "late" in {mark.event.id for mark in marks(told, i)}
        for i, state in enumerate(told.states)
    }
    assert seen == {"Karth": True, "Ostra": True, "Velia": False}
    frozen = told.data["record"].copy(data=np.full_like(told.data["record"].values, 1))
    in_it_still = Subject(told.data.assign(record=frozen), told.scenario)
    assert late in in_it_still.drivers(told.states.index("Velia"))


def test_bands_are_the_quantiles_of_the_kept_histories():
    expected = np.quantile(subject().data["alignment"].values, alignment_plot.LEVELS, axis=0)
    assert alignment_plot.quantiles(subject()) == pytest.approx(expected)


@pytest.mark.parametrize(
    "wanted", [[0.5, 0.5, 0.5], [0.0, 0.01, 0.99, 1.0], [0.3], [], [0.2, 0.9, 0.21, 0.19]]
)
def test_labels_are_spread_in_their_order_and_within_the_panel(wanted):
    placed = spread(wanted, 0.05)
    in_order = [placed[k] for k in sorted(range(len(wanted)), key=lambda k: wanted[k])]
    assert np.all(np.diff(in_order) >= 0.05 - 1e-9)
    assert all(-1e-9 <= y <= 1 + 1e-9 for y in placed)


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


def test_the_colour_blind_tell_states_and_standings_apart():
    states = [palette.state(i) for i in range(10)]
    alike = [
        (one, two)
        for one, two in itertools.combinations(states, 2)
        if one[1] == two[1] and np.linalg.norm(seen(one[0]) - seen(two[0])) < LEAST
    ]
    assert alike == []
    for one, two in itertools.combinations(palette.STANDING.values(), 2):
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
    case = load(builders.write(tmp_path / "pact", *rows, toml=client))
    told = Subject(case.run(4, 1), case.scenario)
    kind = {mark.event.id: mark.kind for i in (0, 1) for mark in marks(told, i)}
    assert [kind[name] for name in ("patron", "alliance", "client")] == [PRESSURE] * 3
    assert [kind[name] for name in ("fellow", "outsider")] == [OTHERS] * 2
    assert kind["not its client there"] is THREAT


def test_the_legends_end_within_the_picture():
    figure = standing_plot.draw(subject())[0].figure
    figure.canvas.draw()
    for legend in figure.legends:
        assert legend.get_window_extent().x1 <= figure.bbox.x1
