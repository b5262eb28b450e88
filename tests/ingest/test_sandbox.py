"""The sandbox: what goes wrong in the child is a refusal here, and the next file is read as if nothing had happened."""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.document import Refusal
from ingest.sandbox import Limits, Sandbox
from kb.errors import HomeError

LIMITS = Limits(seconds=2, memory=1 << 29)
unix = pytest.mark.skipif(sys.platform != "linux", reason="memory is limited by the system on Linux only")


# What is called in the child.


def double(number: int) -> int:
    return 2 * number


def process() -> int:
    return os.getpid()


def peak() -> int:
    """The most memory the process held, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024


def environment() -> list[str]:
    return sorted(os.environ)


def loop() -> None:
    while True:
        pass


def sleep_deeply() -> None:
    # One call that never lets another thread in.
    sum(10**9 for _ in range(10**12))


def hoard() -> None:
    held = []
    while True:
        held.append(bytearray(50_000_000))


def use(megabytes: int) -> int:
    return len(bytes([1]) * megabytes * 1_000_000)


def crash() -> None:
    os.abort()


def leave() -> None:
    os._exit(0)


def stumble() -> None:
    raise KeyError("x\ny")


def descend() -> None:
    descend()


def refuse() -> None:
    raise Refusal("expected this;\n found that; mend it")


def talk() -> None:
    print("to standard output")
    print("to standard error", file=sys.stderr)
    os.write(1, b"raw")
    os.write(2, b"raw")


def call(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=1)


def run_program() -> None:
    subprocess.run(["true"], check=True)


def write_file(path: str) -> None:
    Path(path).write_text("x")


def append_file(path: str) -> None:
    os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY)


def remove(path: str) -> None:
    Path(path).unlink()


class Hostile:
    """Unpickled as it wishes to be, it would run a program."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.system, ("touch ran",)


def turn_hostile() -> Any:
    return Hostile()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(LIMITS) as found:
        yield found


def test_a_call_is_answered_by_another_process_that_serves_many(sandbox: Sandbox) -> None:
    assert sandbox.process_id is None
    assert sandbox.call(double, 21) == 42
    first = sandbox.call(process)
    assert first != os.getpid()
    assert [sandbox.call(process) for _ in range(20)] == [first] * 20
    assert sandbox.process_id == first


@unix
def test_a_child_is_not_charged_for_what_its_parent_held(sandbox: Sandbox) -> None:
    held = bytearray(os.urandom(1 << 20)) * 400
    first = sandbox.call(process)
    assert held and sandbox.call(process) == first


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (loop, "2 seconds"),
        (sleep_deeply, "2 seconds"),
        pytest.param(hoard, "memory", marks=unix),
        (crash, "ends its reader"),
        (leave, "ends its reader"),
        (stumble, "KeyError"),
        (descend, "levels deep"),
        (turn_hostile, "found system"),
        (refuse, "expected this; found that; mend it"),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_what_goes_wrong_is_one_refusal_and_the_next_call_is_answered(
    function: Callable[[], Any], reason: str, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    began = time.monotonic()
    with pytest.raises(Refusal) as refused:
        sandbox.call(function)
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)
    assert time.monotonic() - began < LIMITS.seconds + 4
    assert sandbox.call(double, 21) == 42
    assert list(tmp_path.iterdir()) == []


@unix
def test_a_child_that_has_grown_is_replaced_before_the_next_file(sandbox: Sandbox) -> None:
    before = sandbox.call(process)
    assert sandbox.call(use, 300) == 300_000_000
    assert sandbox.call(process) != before
    assert sandbox.call(peak) < LIMITS.memory / 2


def test_nothing_the_child_prints_is_seen(sandbox: Sandbox, capfd: pytest.CaptureFixture[str]) -> None:
    sandbox.call(talk)
    assert capfd.readouterr() == ("", "")


def test_the_child_can_neither_call_out_nor_start_programs_nor_write(sandbox: Sandbox, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("x")
    with socket.create_server(("127.0.0.1", 0)) as server:
        for function, given in (
            (call, (server.getsockname()[1],)),
            (run_program, ()),
            (write_file, (str(tmp_path / "new"),)),
            (append_file, (str(kept),)),
            (remove, (str(kept),)),
        ):
            with pytest.raises(Refusal, match="PermissionError"):
                sandbox.call(function, *given)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_the_child_knows_no_secret_of_the_environment(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKFIRST_SECRET", "x")
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    assert not {"ASKFIRST_SECRET", "OPENAI_API_KEY"} & set(sandbox.call(environment))


def test_the_child_ends_with_the_sandbox_and_never_waits_for_a_lost_parent() -> None:
    with Sandbox(LIMITS) as sandbox:
        child = sandbox.call(process)
        held = sandbox._child
    assert held is not None and held.poll() is not None
    assert sandbox.process_id is None
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_child_whose_parent_was_killed_while_it_reads_ends_itself() -> None:
    code = (
        "from ingest.sandbox import Limits, Sandbox; from tests.ingest.test_sandbox import double, loop\n"
        "sandbox = Sandbox(Limits(seconds=1))\n"
        "sandbox.call(double, 1); print(sandbox.process_id, flush=True); sandbox.call(loop)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        time.sleep(0.2)
        parent.kill()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and alive(child):
        time.sleep(0.1)
    assert not alive(child)


def alive(process_id: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def test_no_child_to_be_had_is_an_error_of_the_machine_not_of_the_file(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nothing/there")
    with pytest.raises(HomeError, match="process of its own"):
        sandbox.call(double, 1)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(HomeError, match="ended at once"):
        sandbox.call(double, 1)


def test_hostile_answers_would_run_if_they_were_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # That the case above can fail at all.
    monkeypatch.chdir(tmp_path)
    pickle.loads(pickle.dumps(Hostile()))
    assert (tmp_path / "ran").exists()
