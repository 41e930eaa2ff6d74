"""The page in a real browser: what a student does with it, with the network watched."""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlparse

import pytest

from .served import COHESION, Served, serving

EVENT = "arm-2023-karabakh-end"
PATIENCE = 60_000  # ms; a busy machine is slow, and the first answer may have to be compiled

pytestmark = pytest.mark.slow


@dataclass
class Opened:
    """A tab, and what the browser had to complain of."""

    page: "playwright.sync_api.Page"  # noqa: F821
    served: Served
    wrong: list[str] = field(default_factory=list)

    def answered(self, edits: int) -> str:
        """The headline, once so many edits are answered."""
        self.page.wait_for_selector(f'.ac-headline[data-edits="{edits}"]')
        return self.page.inner_text(".ac-headline")

    def card(self, state: str) -> str:
        return self.page.inner_text(f'[data-state="{state}"]')

    def line(self, state: str) -> str:
        """The line of a state's chart, as points."""
        return self.page.get_attribute(f'[data-state="{state}"] polyline.ac-line', "points")

    def show_events(self, state: str) -> None:
        self.page.click(f'[data-state="{state}"]')
        self.page.click("text=Change what moved")
        self.page.wait_for_selector(".ac-event")

    def find_event(self, state: str, event: str) -> str:
        """Search a state's list for an event; a selector of its row."""
        self.show_events(state)
        self.page.get_by_label("Find events").fill(event)
        self.page.wait_for_selector(f'[data-event="{event}"]')
        return f'[data-event="{event}"]'


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    """`cohesion explore`, as it is started by hand."""
    pytest.importorskip("solara")
    with serving(tmp_path_factory.mktemp("student")) as page:
        yield page


@pytest.fixture
def opened(browser, served) -> Iterator[Opened]:
    """A fresh tab; whatever goes wrong in it, or leaves this machine, fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    tab = Opened(page, served)

    def watch(request):
        if urlparse(request.url).hostname not in ("127.0.0.1", None):  # None: data: and blob:
            tab.wrong.append(f"asked another host: {request.url}")

    context.on("request", watch)
    page.on("websocket", lambda socket: watch(socket))
    page.on("console", lambda m: m.type == "error" and tab.wrong.append(f"console: {m.text}"))
    page.on("pageerror", lambda error: tab.wrong.append(f"page: {error}"))
    page.on("response", lambda r: r.status >= 400 and tab.wrong.append(f"{r.status}: {r.url}"))
    page.goto(served.url)
    page.wait_for_selector(".ac-state")
    yield tab
    assert tab.wrong == []
    context.close()


def test_it_loads_with_a_card_a_state_and_asks_no_other_host(opened):
    assert opened.page.locator(".ac-state").count() == 8
    assert re.fullmatch(
        r"In \d+ of 100 histories \w+ is out at the end of 2025, in \d+ frozen\.",
        opened.answered(0),
    )
    assert opened.page.title() == "Alliance cohesion"
    opened.page.wait_for_timeout(1000)  # what is fetched late is watched, too


def test_a_moved_slider_changes_the_picture_and_the_numbers(opened):
    before, line, card = opened.answered(0), opened.line("GEO"), opened.card("GEO")
    opened.page.click("text=Parameters")
    slider = opened.page.locator('[data-parameter="b_O"] input[type=range]')
    slider.focus()
    begun = time.perf_counter()
    opened.page.keyboard.press("Home")
    after = opened.answered(1)
    assert time.perf_counter() - begun < 20  # a second on a machine of one's own
    assert after != before
    assert opened.line("GEO") != line
    assert opened.card("GEO") != card
    opened.page.click("button:has-text('draw it again')")
    assert opened.answered(0) == before


def test_an_event_switched_off_changes_the_answer_and_undo_brings_it_back(opened):
    row = opened.find_event("ARM", EVENT)
    before, line = opened.answered(0), opened.line("ARM")
    opened.page.click(f"{row} input[type=checkbox]")
    assert "with your changes out in" in opened.answered(1)
    assert opened.line("ARM") != line
    opened.page.click("button:has-text('Undo')")
    assert opened.answered(0) == before


def test_strength_date_and_clock_can_be_changed(opened):
    row = opened.find_event("ARM", EVENT)
    opened.page.select_option(f"{row} select", label="1: standing dispute, incidents")
    opened.answered(1)
    months = opened.page.locator(f"{row} input[type=number]")
    months.fill("-24")
    months.press("Tab")
    opened.answered(2)
    assert "2021-09-19" in opened.page.inner_text(row)
    opened.page.get_by_role("slider", name="The clock ends").or_(
        opened.page.locator(".v-slider [role=slider]")
    ).first.focus()
    opened.page.keyboard.press("ArrowLeft")
    assert "at the end of 2024" in opened.answered(3)


def test_a_value_beyond_its_range_is_taken_to_the_end_of_the_range(opened):
    opened.page.click("text=Parameters")
    box = opened.page.locator('[data-parameter="b_O"] input[type=number]')
    box.fill("99")
    box.press("Tab")
    opened.answered(1)
    assert box.input_value() == "50"
    box.fill("")
    box.press("Tab")
    opened.answered(0)


def test_a_click_on_a_state_explains_it(opened):
    opened.page.click('[data-state="ARM"]')
    opened.page.wait_for_selector('.ac-why h3:has-text("Armenia, 2024-01-01")')
    text = opened.page.inner_text(".ac-why")
    for words in (
        "security: external threat",
        "alignment, their sum",
        "What alone would have halved or doubled the chance",
        "The events behind it",
        "threat by Azerbaijan",
    ):
        assert words in text


def test_a_saved_file_gives_the_numbers_of_the_page_on_the_command_line(opened):
    row = opened.find_event("ARM", EVENT)
    opened.page.click(f"{row} input[type=checkbox]")
    opened.answered(1)
    opened.page.get_by_label("Name").fill("no end in Karabakh")
    opened.page.get_by_label("Name").press("Tab")
    opened.page.click(".ac-save")
    opened.page.wait_for_selector("text=What had to be true for these changes?")
    answer = opened.page.get_by_label("It had to be true that")
    answer.fill("Baku waits")
    answer.press("Tab")
    opened.page.click(".ac-save:has-text('Save'):not(:has-text('without'))")
    opened.page.wait_for_selector("text=Saved:")
    file = opened.served.folder / "no-end-in-Karabakh.toml"
    assert str(file) in opened.page.inner_text("text=Saved:")
    words = [*COHESION, "run", file.name, "--json", "--no-pictures"]
    done = subprocess.run(
        words, cwd=opened.served.folder, capture_output=True, text=True, check=True
    )
    told = {state["state"]: state for state in json.loads(done.stdout)["states"]}
    assert 'rewrite = "Baku waits"' in file.read_text()
    for status in ("out", "frozen"):
        shown = opened.page.inner_text(f'[data-state="ARM"] .ac-{status}')
        assert re.findall(r"\d+", shown)[-1] == f"{100 * told['ARM'][status]:.0f}"
    main = opened.page.locator(".ac-headline").bounding_box()["x"]
    panel = opened.page.locator(".v-navigation-drawer").first.bounding_box()
    assert panel["x"] + panel["width"] <= main  # a long path does not widen it over the answer
    opened.page.click(".ac-save")
    opened.page.wait_for_selector("text=is there already")


def test_a_file_is_saved_without_an_answer_only_when_that_was_said(opened):
    opened.page.click(f"{opened.find_event('ARM', EVENT)} input[type=checkbox]")
    opened.answered(1)
    opened.page.get_by_label("Name").fill("unanswered")
    opened.page.get_by_label("Name").press("Tab")
    opened.page.click(".ac-save")
    opened.page.wait_for_selector("text=counterfactual does not")
    assert not (opened.served.folder / "unanswered.toml").exists()
    opened.page.click("text=Save without an answer")
    opened.page.wait_for_selector("text=Saved:")
    assert "rewrite" not in (opened.served.folder / "unanswered.toml").read_text()


def test_an_event_can_be_added_and_taken_back(opened):
    before = opened.answered(0)
    opened.show_events("ARM")
    before = opened.answered(0)
    opened.page.click("text=Add an event that moves Armenia")
    opened.page.get_by_label("by", exact=True).fill("Azerbaijan")
    opened.page.get_by_label("on", exact=True).fill("someday")
    opened.page.get_by_label("what happens").fill("A second war")
    opened.page.click("button:has-text('Add')")
    opened.page.wait_for_selector(".ac-add .ac-warning:has-text('allowed: an ISO date')")
    opened.page.get_by_label("on", exact=True).fill("2010-06")
    opened.page.click("button:has-text('Add')")
    assert opened.answered(1).startswith(before[:-1])
    added = opened.page.locator(".ac-event:has-text('A second war')")
    assert "Azerbaijan → Armenia" in added.inner_text()
    added.get_by_text("Remove it").click()
    assert opened.answered(0) == before


def test_out_and_frozen_stand_apart_by_name_and_in_sample(opened):
    card = opened.card("ARM")
    assert "Armenia" in card
    assert re.search(r"out\s+\d+\s+frozen\s+\d+", card)
    assert "In sample: the parameters were fitted" in opened.page.inner_text(".ac-caution")


def test_a_value_beyond_every_draw_is_warned_of(opened):
    opened.page.click("text=Parameters")
    row = opened.page.locator('[data-parameter="b_O"]')
    box = row.locator("input[type=number]")
    box.fill("99")
    box.press("Tab")
    opened.answered(1)
    said = row.locator(".ac-warning").inner_text()
    assert "From 0 to 50 is allowed." in said
    assert "Beyond every draw" in said
    row.get_by_text("draw it again").click()
    opened.answered(0)
    assert "Beyond" not in row.inner_text()


def test_an_answer_is_copied_as_a_command_and_as_python(opened):
    opened.page.click("text=Copy")
    for label, begins in (
        ("Copy as a command", "cohesion run csto --histories 1000"),
        ("Copy as Python", "import alliance_cohesion as ac"),
    ):
        opened.page.get_by_role("button", name=label).click()
        opened.page.wait_for_selector("button:has-text('Copied')")
        opened.page.get_by_label("Name").focus()
        opened.page.keyboard.press("Control+v")
        assert opened.page.get_by_label("Name").input_value().startswith(begins)
        opened.page.get_by_label("Name").fill("")


def test_the_picture_is_downloaded(opened):
    with opened.page.expect_download() as download:
        opened.page.click("text=Download the picture")
    assert download.value.suggested_filename == "csto.png"
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_the_address_is_a_link_to_the_state_that_was_picked(opened):
    opened.page.click('[data-state="KGZ"]')
    opened.page.wait_for_selector(".ac-headline:has-text('Kyrgyzstan')")
    other = opened.page.context.new_page()
    other.goto(opened.page.url)
    other.wait_for_selector(".ac-headline:has-text('Kyrgyzstan')")
    other.goto(f"http://127.0.0.1:{opened.served.port}/?state=Uzbekistan")
    other.wait_for_selector(".ac-headline:has-text('Uzbekistan')")
    other.goto(f"http://127.0.0.1:{opened.served.port}/?state=nowhere")
    other.wait_for_selector(".ac-headline:has-text('Azerbaijan')")


def test_a_search_that_finds_nothing_says_so_and_how_dates_are_written(opened):
    opened.show_events("ARM")
    opened.page.get_by_label("Find events").fill("13 Sept. 2022")
    assert "2022-09" in opened.page.inner_text(".ac-none")


def test_one_history_plays_step_by_step(opened):
    opened.page.click("text=One history, step by step")
    opened.page.wait_for_selector("text=Step: 0")
    opened.page.get_by_role("button", name="Step").click()
    opened.page.wait_for_selector("text=Step: 1")


def test_on_a_phone_the_answer_is_in_sight_and_nothing_is_wider_than_the_screen(opened):
    opened.page.set_viewport_size({"width": 390, "height": 844})
    opened.page.reload()
    opened.page.wait_for_selector(".ac-state")
    opened.page.click('[data-state="ARM"]')  # fails where the side panel lies over it
    for tab in opened.page.locator(".v-tab").all():
        box = tab.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert opened.page.locator(".ac-headline").bounding_box()["width"] <= 390
