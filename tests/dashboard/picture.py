"""The picture of the page in the documentation: python -m tests.dashboard.picture FILE."""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from ..browser import NAMES, QUIET
from .served import serving

EVENT = "arm-2023-karabakh-end"


def main() -> None:
    """Switch an event off, and take the picture once that is answered and explained."""
    found = next(place for name in NAMES if (place := shutil.which(name)))
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as served,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found, args=[*QUIET])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(served.url)
        page.click('[data-state="ARM"]')
        page.click("text=Change what moved Armenia")
        page.get_by_label("Find events").fill(EVENT)
        page.click(f'[data-event="{EVENT}"] input[type=checkbox]')
        page.wait_for_selector('.ac-headline[data-edits="1"]')
        page.evaluate("document.querySelector('.ac-caution').scrollIntoView({block: 'center'})")
        page.wait_for_timeout(1000)
        page.screenshot(path=sys.argv[1])
        browser.close()


if __name__ == "__main__":
    main()
