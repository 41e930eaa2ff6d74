"""Every job leaves one page that says what was asked, what came out and how far to trust it."""

import dataclasses
import json
import shlex
import shutil

import pytest
from typer.testing import CliRunner

from alliance_cohesion.cli import app
from alliance_cohesion.report import calibration_folder
from alliance_cohesion.report import run as results
from alliance_cohesion.report.counterfactual import of_100
from alliance_cohesion.report.document import Document, Figure, Made, Section, Spot
from alliance_cohesion.report.explain import log_odds, probability
from alliance_cohesion.report.grid import grid, words
from alliance_cohesion.report.html import render
from alliance_cohesion.report.text import percent
from tests.browser import DESK, PHONE

from .cases import starter
from .pages import JOBS, Page, make

HOSTILE = "<script>alert(1)</script> & \"quoted\" 'too' {{ 7 * 7 }} \u202eturned\x1b[31m"
WORDS = "<script>alert(1)</script> & \"quoted\" 'too' {{ 7 * 7 }}"


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return make(tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def pages(folders):
    return {
        job: Page((f / "report.html").read_text(encoding="utf-8")) for job, f in folders.items()
    }


def told(folders, job, name):
    return json.loads((folders[job] / name).read_text(encoding="utf-8"))


def hostile_document():
    table = grid(HOSTILE, words(HOSTILE, HOSTILE), [[HOSTILE, HOSTILE]], HOSTILE)
    figure = Figure(
        "figure", b"png", HOSTILE, HOSTILE,
        (Spot(0.5, 0.5, HOSTILE), Spot(0.1, 0.1, HOSTILE)),
    )  # fmt: skip
    return Document(
        HOSTILE, HOSTILE, (HOSTILE,) * 3, (HOSTILE,), (figure,),
        (Section(HOSTILE, (HOSTILE, table)),), (HOSTILE,),
    )  # fmt: skip


def test_nothing_that_a_file_says_becomes_markup():
    made = Made(((HOSTILE, HOSTILE),), ((HOSTILE, HOSTILE),), ((HOSTILE, HOSTILE),))
    source = render(hostile_document(), made)
    page = Page(source)
    assert page.faults == []
    assert "\u202e" not in source
    assert "\x1b" not in source
    # Title and heading, question, answers, more; caption, table, section, note; how to.
    assert page.text.count(WORDS) >= 20


def test_hostile_rows_of_a_scenario_reach_the_report_as_words(tmp_path):
    sim = starter(tmp_path / "starter")
    events = tuple(
        dataclasses.replace(event, description=HOSTILE, source=HOSTILE)
        for event in sim.scenario.events
    )
    scenario = dataclasses.replace(sim.scenario, events=events, title=HOSTILE, question=HOSTILE)
    sim = dataclasses.replace(sim, scenario=scenario)
    folder = results.write(sim.run(20, 1), tmp_path / "out", ["cohesion", "run", HOSTILE])
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    assert page.faults == []
    assert page.text.count(WORDS) > 5


@pytest.mark.parametrize("job", JOBS)
def test_a_page_needs_nothing_from_outside_and_is_sound(pages, job):
    assert pages[job].faults == []
    assert pages[job].tags["img"] > 0
    assert pages[job].tags["table"] > 0


@pytest.mark.parametrize("job", JOBS)
def test_the_answer_is_three_sentences_with_numbers(pages, job):
    assert len(pages[job].answer) == 3
    assert all(any(c.isdigit() for c in sentence) for sentence in pages[job].answer)


@pytest.mark.parametrize("job", JOBS)
def test_the_page_says_how_to_make_it_again(pages, job):
    for said in ("How to make it again", "cohesion ", "Seed", "SHA-256", "Version of the program"):
        assert said in pages[job].text


def test_the_answer_of_a_run_is_that_of_its_summary(folders, pages):
    found = told(folders, "run", "summary.json")
    first, second, third = pages["run"].answer
    (episode,) = found["episodes"]
    assert f"in {percent(episode['within_two_years'])} of simulated histories" in first
    assert f"({found['sample']})" in first
    assert "`cohesion compare`" in second
    for status in ("frozen", "out"):
        assert f"{sum(row[status] for row in found['states']):.1f}" in third
    assert found["question"] in pages["run"].text


def test_the_page_of_a_run_opens_with_what_happened(pages):
    text = pages["run"].text
    assert text.index("What happened") < text.index("Pictures") < text.index("All states")


def test_markdown_says_what_the_page_says(folders, pages):
    text = (folders["run"] / "report.md").read_text(encoding="utf-8").replace("\\", "")
    for sentence in pages["run"].answer:
        assert sentence in text
    assert text.count("| Velia") >= 2


def test_the_answer_of_a_comparison_is_that_of_its_scorecard(folders, pages):
    card = told(folders, "compare", "scorecard.json")
    ahead, free, conditional = pages["compare"].answer
    assert f"{sum(card['gain']):+.1f} nats" in ahead
    assert percent(card["free"]["right_status"]) in free
    assert percent(card["replicate_p"]) in conditional
    assert f"reproduce its {len(card['ahead'])} documented changes?" in pages["compare"].text


def test_the_answer_of_an_explanation_is_that_of_its_data(folders, pages):
    found = told(folders, "explain", "explanation.json")
    first, second, third = pages["explain"].answer
    assert probability(found["probabilities"][0]["mean"]) in first
    assert log_odds(found["terms"][-1]["mean"]) in second
    halves = [shift["half"] for shift in found["shifts"]]
    assert third.count("instead of") == sum(half is not None for half in halves)
    for row in (*found["facts"], *found["statements"]):
        assert row["source"] in pages["explain"].text


def test_the_answer_of_a_counterfactual_is_that_of_its_data(folders, pages):
    found = told(folders, "counterfactual", "answer.json")
    given, forecast, trust = pages["counterfactual"].answer
    one = next(row for row in found["tables"]["moves"] if row["kind"] == "freeze")
    probabilities = [one[f"necessity_{name}"] for name in ("ordered", "gumbel", "independent")]
    assert given.startswith(
        f"In {100 * min(probabilities):.0f} to {100 * max(probabilities):.0f} of 100"
    )
    assert f"{one['name']} freezes or leaves" in forecast
    for side in ("base", "changed"):
        split = f"{of_100(one[f'{side}_frozen'])} frozen, {of_100(one[f'{side}_out'])} out"
        assert f"{of_100(one[side])} in 100 ({split})" in forecast
    assert f"f {found['tables']['guards'][0]['altered']} altered decisions" in trust
    assert found["attributes"]["question"] in pages["counterfactual"].text
    assert found["attributes"]["rewrite"] in pages["counterfactual"].text


def test_the_answer_of_a_sweep_is_that_of_its_summary(folders, pages):
    found = told(folders, "sweep", "summary.json")
    row = found["outcomes"][0]
    first, second, _ = pages["sweep"].answer
    assert f"from {row['lowest']['mean']:.4g} to {row['highest']['mean']:.4g}" in first
    assert f"{found['points']:,} points" in first
    own = [r for r in found["sensitivity"] if r["outcome"] == found["sensitivity"][0]["outcome"]]
    assert "too few points to compare the inputs" in second  # four base points are noise
    assert f"{max(r['total'] for r in own):.2g} +/- " in pages["sweep"].text


def test_the_answer_of_the_calibration_is_that_of_its_figures(folders, pages):
    figures = told(folders, "calibration", "figures.json")
    first, _, third = pages["calibration"].answer
    assert f"{figures['gain']['gain']:+.2f} nats" in first
    assert percent(figures["free_run"]["rules"]["right_status"]) in third


def test_a_report_is_the_same_bytes_for_the_same_results(folders, tmp_path):
    words = told(folders, "run", "manifest.json")["command"][1:]
    before = (folders["run"] / "report.html").read_bytes()
    assert CliRunner().invoke(app, [*words, "--overwrite"]).exit_code == 0
    assert (folders["run"] / "report.html").read_bytes() == before
    one, two = (calibration_folder.pages(folders["calibration"], folders["calibration"])
                for _ in range(2))  # fmt: skip
    assert one == two


def test_without_pictures_the_report_has_the_rest(tmp_path):
    sim = starter(tmp_path / "starter")
    folder = results.write(sim.run(10), tmp_path / "out", pictures=False)
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    assert page.faults == []
    assert page.tags["img"] == 0
    assert page.tags["table"] == 2


def test_prior_draws_are_called_uncalibrated_on_top(tmp_path):
    path = tmp_path / "starter" / "scenario.toml"
    starter(tmp_path / "starter")
    path.write_text(path.read_text().replace('"default"', '"prior"'))
    done = CliRunner().invoke(
        app, ["run", str(path), "--histories", "5", "--no-pictures", "--out", str(tmp_path / "x")]
    )
    assert done.exit_code == 0, done.output
    text = Page((tmp_path / "x" / "report.html").read_text(encoding="utf-8")).text
    assert text.index("Not calibrated.") < text.index("The answer")


@pytest.mark.parametrize("job", ["run", "compare", "explain", "counterfactual"])
def test_a_folder_says_what_made_it_and_can_be_made_again(folders, tmp_path, job):
    manifest = told(folders, job, "manifest.json")
    present = {
        path.relative_to(folders[job]).as_posix() for path in folders[job].rglob("*")
        if path.is_file()
    }  # fmt: skip
    assert set(manifest["files"]) == present - {"manifest.json"}
    for key in ("kind", "version", "created", "command", "seed", "parameters", "libraries", "alt"):
        assert manifest[key], key
    copy = tmp_path / "copy"
    shutil.copytree(folders[job], copy)
    page = (copy / "report.html").read_text(encoding="utf-8")
    again = shlex.split(page.split("From inside this folder:")[1].split(">")[2].split("<")[0])
    again[2] = str(copy / again[2])
    again[-1] = str(tmp_path / "again")
    assert CliRunner().invoke(app, again[1:]).exit_code == 0
    for name in manifest["files"]:
        if name.endswith((".json", ".nc")) and not name.startswith("scenario/"):
            assert (tmp_path / "again" / name).read_bytes() == (copy / name).read_bytes(), name


@pytest.mark.slow
@pytest.mark.parametrize("width", [PHONE, DESK], ids=["phone", "desk"])
def test_no_page_is_wider_than_the_window_or_asks_for_anything(folders, browser, width):
    for job, folder in folders.items():
        page = browser.new_page(viewport=width)
        asked, said = [], []
        page.on("request", lambda request, asked=asked: asked.append(request.url[:60]))
        page.on("console", lambda message, said=said: said.append(message.text))
        page.goto((folder / "report.html").as_uri())
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width["width"], job
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == [], job
        assert said == [], job
        drawn = page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth)")
        assert drawn, job
        page.close()


@pytest.mark.slow
def test_a_mark_says_what_it_is_by_pointer_touch_and_keyboard(folders, browser):
    page = browser.new_page(viewport=PHONE, has_touch=True)
    page.goto((folders["run"] / "report.html").as_uri())
    mark, tip = page.locator(".spot").first, page.locator(".spot .tip").first
    assert not tip.is_visible()
    for reach in (mark.focus, mark.hover, mark.tap):
        reach()
        assert "Source:" in tip.inner_text()
        assert tip.is_visible()
    inside = tip.bounding_box()
    assert 0 <= inside["x"] <= inside["x"] + inside["width"] <= PHONE["width"]
    page.close()
