"""One real server and one real browser for every test that drives the two."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")


@pytest.fixture(scope="package")
def address(session_home: Path) -> Iterator[str]:
    """Where the real server answers."""
    from tests.chat.web.test_serve import Server

    with Server(session_home) as server:
        server.ready()
        yield server.address
        assert "Traceback" not in server.log


@pytest.fixture(scope="package")
def limited_home(session_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with policies that are limited to groups."""
    from tests.chat.web.rooms import furnish

    return furnish(session_home, tmp_path_factory.mktemp("rooms"))


@pytest.fixture(scope="package")
def provider() -> Iterator[str]:
    """Where a small OpenID provider answers."""
    process = subprocess.Popen([sys.executable, "-m", "tests.chat.web.provider", "0"], stdout=subprocess.PIPE, encoding="utf-8")
    assert process.stdout
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """One Chromium for all tests; each has a profile of its own."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="NO BROWSER: playwright is missing; pip install -e '.[test]'")
    if not CHROMIUM.exists():
        pytest.skip(f"NO BROWSER: {CHROMIUM} is missing, so the screens go untested; apt install chromium")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield chromium
        chromium.close()
