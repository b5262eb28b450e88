"""Work on a file nobody vouches for happens in a child process with limits; what goes wrong there is a refusal here.

The child is a fresh interpreter, not a fork: it holds none of the parent's threads, locks, secrets or open files. Once
it is ready, an audit hook keeps it from the network, from starting programs and from writing files. Its answers are
unpickled from a list of harmless classes, so that not even a child taken over can run code in the parent.

Memory is limited by the system on Linux and watched by the child itself on macOS; on Windows the standard library
offers neither, and time, size and characters are the limits.
"""

from __future__ import annotations

import contextlib
import faulthandler
import io
import json
import os
import pickle
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType, TracebackType
from typing import IO, Any, Self, TypeVar

from ingest.document import Refusal
from kb.errors import HomeError

resource: ModuleType | None
try:
    import resource
except ImportError:  # Windows
    resource = None

_T = TypeVar("_T")
_START_SECONDS = 60  # a cold disk under a busy processor; reading time is counted only from then on
_GRACE = 2  # seconds after which a child whose parent was killed ends itself
_LENGTH = struct.Struct(">Q")
_LARGEST_ANSWER = 400_000_000  # bytes
# What the child finds of the parent's environment: enough to start, nothing secret.
_ENVIRONMENT = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP")
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.remove",
    "os.rename",
    "os.rmdir",
)
_ANSWERS = {
    "ingest.document": {"Document", "Block", "Kind", "LeftOut", "Why"},
    "ingest.archive": {"Member"},
    "kb.clause": {"Policy", "Clause", "Modality", "Authority"},
    "datetime": {"date", "datetime", "timedelta", "timezone"},
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What the work on one file may take."""

    seconds: float = 10
    memory: int = 1 << 30  # bytes of address space


class Sandbox:
    """Calls functions in one child process, started when first needed and again after it had to be ended."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def process_id(self) -> int | None:
        """The child's, while there is one."""
        return self._child.pid if self._child else None

    def call(self, function: Callable[..., _T], *given: Any, more_seconds: float = 0) -> _T:
        """`function(*given)`, worked out in the child; `function` must be importable by name.

        `more_seconds` are allowed beyond the limit, for a file known to be long.

        Raises the `Refusal` that it raised, or one naming the limit it broke; `HomeError` if no child can be started.
        """
        child = self._child or self._start()
        seconds = self.limits.seconds + more_seconds
        late = threading.Event()

        def end() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            assert child.stdin and child.stdout
            with contextlib.suppress(OSError):  # a child that dies while it is written to gives no answer either
                pickle.dump((seconds, function, given), child.stdin)
                child.stdin.flush()
            outcome, value, spent = _receive(child.stdout)
        except EOFError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(1)
            self.close()
            raise Refusal(_why(child, seconds if late.is_set() else None)) from None
        except BaseException:
            self.close()
            raise
        finally:
            timer.cancel()
        if spent or late.is_set():
            self.close()
        if outcome == "refused":
            raise Refusal(value)
        answer: _T = value
        return answer

    def close(self) -> None:
        """Ends the child, if there is one."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for stream in (child.stdin, child.stdout):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()
        child.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        path = json.dumps([str(Path(entry or ".").absolute()) for entry in sys.path])
        code = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from ingest.sandbox import serve; serve(sys.argv[2])"
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        # Numerical libraries would reserve memory for a thread a core, all for nothing.
        environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            child = subprocess.Popen(
                [sys.executable, "-c", code, path, json.dumps(asdict(self.limits))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
        except OSError as error:
            raise _no_child(str(error)) from error
        self._child = child
        timer = threading.Timer(_START_SECONDS, child.kill)
        timer.daemon = True
        timer.start()
        try:
            assert child.stdout
            _receive(child.stdout)
        except EOFError:
            self.close()
            raise _no_child(f"one that ended at once ({child.returncode})") from None
        finally:
            timer.cancel()
        return child


def _why(child: subprocess.Popen[bytes], seconds: float | None) -> str:
    if seconds is not None:
        return f"expected a file that can be read in {seconds:g} seconds; found one that takes longer; simplify or split it"
    return f"expected a sound file; found one that ends its reader (status {child.returncode}); save it anew or in another format"


def _no_child(found: str) -> HomeError:
    return HomeError(expected="a process of its own to read documents in", found=found, todo="free some memory and try again")


class _Harmless(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Only classes that hold values."""
        if name in _ANSWERS.get(module, ()):
            return super().find_class(module, name)
        raise Refusal(f"expected text, numbers and dates in front matter; found {name}; remove it")


def _receive(stream: IO[bytes]) -> Any:
    head = stream.read(_LENGTH.size)
    length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
    body = stream.read(length) if 0 < length <= _LARGEST_ANSWER else b""
    if not body or len(body) < length:
        raise EOFError
    return _Harmless(io.BytesIO(body)).load()


# --- in the child ---------------------------------------------------------------------------------------------------


def serve(stated: str) -> None:
    """Works off calls from standard input until it ends; only the parent starts this, and only as a process of its own."""
    limits = Limits(**json.loads(stated))
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)  # whatever a library prints goes nowhere
    import ingest.archive
    import ingest.gather  # noqa: F401  here, so that no file's time is spent on it

    _limit_memory(limits.memory)
    with Path(os.devnull).open("w", encoding="utf-8") as silence:
        sys.addaudithook(_forbid)
        _send(answers, ("ready", None, False))
        while True:
            try:
                seconds, function, given = pickle.load(requests)  # noqa: S301  from the parent only
            except EOFError:
                return
            faulthandler.dump_traceback_later(seconds + _GRACE, exit=True, file=silence)
            answer = _answer(function, given)
            faulthandler.cancel_dump_traceback_later()
            _send(answers, (*answer, _memory_used() > limits.memory / 2))


def _answer(function: Callable[..., Any], given: tuple[Any, ...]) -> tuple[str, Any]:
    try:
        return "done", function(*given)
    except Refusal as refusal:
        return "refused", " ".join(str(refusal).split())
    except MemoryError:
        return "refused", "expected a file that can be read in 1 GB of memory; found one that needs more; simplify or split it"
    except RecursionError:
        return "refused", "expected lists, quotations and tables a few levels deep; found far more; simplify it"
    except Exception as error:
        # A reader that stumbles is no reason to stop: its file is named, the rest goes on.
        return (
            "refused",
            f"expected a sound file; found one its reader cannot follow ({type(error).__name__}); save it anew or in another format",
        )


def _send(stream: IO[bytes], answer: tuple[str, Any, bool]) -> None:
    body = pickle.dumps(answer, protocol=5)
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def _forbid(event: str, given: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} while a document is read")
    if event == "open":
        mode, flags = given[1], given[2]
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)):
            raise PermissionError("writing while a document is read")


def _limit_memory(limit: int) -> None:
    if resource is None:
        return
    for kind, value in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value))
    try:
        if sys.platform == "darwin":
            raise OSError  # accepted there, and not kept
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ValueError, OSError):
        threading.Thread(target=_watch_memory, args=(limit,), daemon=True).start()


def _watch_memory(limit: int) -> None:
    while _memory_used() <= limit:
        time.sleep(0.1)
    os._exit(1)


def _memory_used() -> int:
    """The most memory this process ever held, in bytes; 0 where that cannot be told."""
    with contextlib.suppress(OSError, ValueError, StopIteration):
        # Not `ru_maxrss`, where it can be helped: Linux lets a child start from the peak of the process that started it.
        lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024
    if resource is None:
        return 0
    used: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024
