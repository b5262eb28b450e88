"""A Chroma server of one's own: `chroma run` on a free port of loopback, stopped by its process id."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

_START = 30.0  # seconds


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ChromaServer:
    """Starts on construction; `stop` and `start` may follow, on the same port and folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        command = [str(Path(sys.executable).with_name("chroma")), "run", "--host", "127.0.0.1", "--port", str(self._port)]
        self._process = subprocess.Popen(
            [*command, "--path", str(self._folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder
        )
        end = time.monotonic() + _START
        while time.monotonic() < end and self._process.poll() is None:
            try:
                if httpx.get(f"{self.url}/api/v2/heartbeat", timeout=1).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError("the Chroma server did not start")

    def stop(self) -> None:
        """Kills the server at once, as a failing machine would."""
        self._process.kill()
        self._process.wait()

    def collections(self) -> set[str]:
        """Names of all collections."""
        path = "/api/v2/tenants/default_tenant/databases/default_database/collections"
        return {found["name"] for found in httpx.get(self.url + path, timeout=10).json()}
