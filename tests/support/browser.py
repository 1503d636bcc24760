"""The browser that `make setup-browser` unpacks: it needs nothing else of the machine than glibc."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MODULES = Path(__file__).parents[1] / "browser" / "node_modules"
FOLDER = MODULES / ".browser"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
    # No other host exists for it.
    "--host-resolver-rules=MAP *.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def program() -> Path:
    """The browser's program; the test fails where it is not there, because nothing may be skipped unseen."""
    path = FOLDER / "chromium"
    if not path.is_file():
        pytest.fail("the browser of the tests is not installed: make setup-browser")
    return path


def environment() -> dict[str, str]:
    """What the program is started with: its own libraries and its one font."""
    return {
        **os.environ,
        "LD_LIBRARY_PATH": str(FOLDER / "al2023" / "lib"),
        "FONTCONFIG_FILE": str(FOLDER / "fonts.conf"),
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of a module; its driver keeps an event loop running."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program(), args=list(FLAGS), env={**environment()}
        )
        yield started
        started.close()
