"""Retake the README's picture of the page: ``python -m demo_app.screenshot [OUT]``."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from glaucam.errors import InputError

OUT = Path(__file__).with_name("screenshot.png")
EXAMPLE = "glaucoma-crop"
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def chromium() -> Iterator[Any]:
    """A headless Chromium of the system. Raises InputError where there is none."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise InputError("no chromium on PATH: install it with `make setup`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        try:
            yield browser
        finally:
            browser.close()


def take(address: str, out: Path, example: str = EXAMPLE) -> None:
    """Pick ``example`` on the page at ``address`` and picture the result."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        page.goto(address)
        page.locator(f'#examples input[value="{example}"]').check(force=True)
        page.locator("#picture-contrast img").wait_for()
        page.wait_for_timeout(800)  # until the pictures have faded in
        page.screenshot(path=out, full_page=True)


def main() -> int:
    from PIL import Image

    from demo_app.page import build_page, serve
    from demo_app.shelf import fill_shelf

    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    page = build_page(fill_shelf())
    _, address, _ = serve(page, "127.0.0.1", None, prevent_thread_lock=True)
    try:
        take(address, out)
    finally:
        page.close(verbose=False)
    Image.open(out).convert("RGB").save(out, optimize=True)
    print(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
