"""A headless Chromium for tests of pages: the fixture `browser`.

Where there is none, such a test is skipped with the reason; in CI (CI=true) it fails, so that a
missing browser cannot pass for a page that works.
"""

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP evil.test 127.0.0.1",  # a foreign name that leads to this machine
)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


def missing(reason: str) -> None:
    """Skip the test; in CI fail it."""
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(f"{reason}, and in CI the pages must be looked at")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """A browser that knows nothing and speaks to nobody unasked; `browser.new_page()`."""
    found = next((place for name in NAMES if (place := shutil.which(name))), None)
    if found is None:
        missing("no Chromium on the PATH")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=[*QUIET])
        yield started
        started.close()
