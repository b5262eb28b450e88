"""Told to stop, the server finishes what it has begun, begins nothing else, and says so; what is logged meanwhile quotes nobody."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

PATIENCE = 30.0


class Slow:
    """The server of `tests.chat.web.slow`, ended when the block ends."""

    def __init__(self, home: Path, form: str = "text") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.chat.web.slow", str(home), form], stderr=subprocess.PIPE, encoding="utf-8"
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr
        self.lines.extend(iter(self.process.stderr.readline, ""))

    def __enter__(self) -> Self:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            if found := re.search(r"answers on http://127\.0\.0\.1:(\d+)", "".join(self.lines)):
                self.port = int(found[1])
                return self
            time.sleep(0.02)
        self.process.kill()
        raise AssertionError("".join(self.lines))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(5)
        assert self.process.stderr
        self.process.stderr.close()

    def get(self, path: str, accept: str = "*/*") -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers={"accept": accept})
            response = connection.getresponse()
            return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read().decode()
        finally:
            connection.close()

    @contextmanager
    def open_page(self) -> Iterator[http.client.HTTPResponse]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/gradio_api/heartbeat/page")
            with connection.getresponse() as response:
                yield response
        finally:
            connection.close()

    def ended(self) -> tuple[int, float]:
        """Its exit code, and the seconds until then."""
        began = time.monotonic()
        return self.process.wait(PATIENCE), time.monotonic() - began


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Slow]:
    with Slow(tmp_path) as server:
        yield server


def begun(server: Slow, pool: ThreadPoolExecutor, seconds: float) -> Future[Any]:
    answer = pool.submit(server.get, f"/api/slow/{seconds}")
    time.sleep(1.0)
    return answer


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_an_answer_in_flight_is_finished_while_nothing_new_is_begun(how: signal.Signals, server: Slow) -> None:
    with ThreadPoolExecutor(1) as pool:
        answer = begun(server, pool, 6)
        server.process.send_signal(how)
        time.sleep(0.3)
        status, headers, said = server.get("/readyz")
        assert (status, json.loads(said)) == (503, {"status": "stopping"}) and headers["retry-after"]
        assert server.get("/api/slow/0")[0] == 503
        assert server.get("/healthz")[0] == 200
        status, _, page = server.get("/", "text/html")
        assert status == 503 and "Back in a moment" in page and "Sebentar lagi kembali" in page
        assert not answer.done()
        assert answer.result()[::2] == (200, '"finished"')
    assert server.ended()[0] == 0
    with pytest.raises(ConnectionRefusedError):
        server.get("/readyz")


def test_an_open_page_does_not_keep_it(server: Slow) -> None:
    with server.open_page() as page:
        server.process.send_signal(signal.SIGTERM)
        assert page.read().endswith(b"ALIVE\n\n")  # to the end of the answer, which was not broken off
    code, _ = server.ended()
    assert code == 0
    assert "".join(server.lines).endswith("stopping\n")


def test_what_takes_longer_than_the_limit_is_broken_off(server: Slow) -> None:
    with ThreadPoolExecutor(1) as pool:
        answer = begun(server, pool, 40)
        server.process.send_signal(signal.SIGTERM)
        code, seconds = server.ended()
        assert code == 0 and 7 < seconds < 22
        status, headers, said = answer.result()
        assert status == 503 and headers["retry-after"] and json.loads(said)["title"] == "Stopping"


def test_a_second_signal_does_not_wait(server: Slow) -> None:
    with ThreadPoolExecutor(1) as pool:
        answer = begun(server, pool, 25)
        for _ in range(2):
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.4)
        code, seconds = server.ended()
        assert code in (0, 1) and seconds < 7  # the answer in flight would have had eight
        status, headers, said = answer.result()
        assert status == 503 and headers["retry-after"] and json.loads(said)["title"] == "Stopping"
