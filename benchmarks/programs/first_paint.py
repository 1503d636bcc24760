"""Milliseconds until a browser first shows something of a page, the median of five."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

# Waited for by the page's own observer: the page's policy allows nobody to evaluate text in it.
_PAINT = """() => new Promise((done) => {
  new PerformanceObserver((list) => {
    const [paint] = list.getEntriesByName("first-contentful-paint");
    if (paint) done(paint.startTime);
  }).observe({type: "paint", buffered: true});
})"""


def main(folder: Path, page: Path) -> None:
    environment: dict[str, str | float | bool] = {
        **os.environ,
        "LD_LIBRARY_PATH": str(folder / "al2023" / "lib"),
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=folder / "chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
            env=environment,
        )
        print(median(_paint(browser, page) for _ in range(5)))
        browser.close()


def _paint(browser: Browser, page: Path) -> float:
    tab = browser.new_page()
    tab.goto(page.as_uri())
    milliseconds: float = tab.evaluate(_PAINT)
    tab.close()
    return milliseconds


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
