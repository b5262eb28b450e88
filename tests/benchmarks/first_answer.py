"""`python -m tests.benchmarks.first_answer`: AskFirst beside the obvious script, same question, same clauses, same machine.

Prints two ratios: a whole process, and one answer inside a running process. Promise: at most 0.25 and 0.5.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from chat.answer import Message
from chat.opening import open_assistant
from ingest.build import refresh
from kb.embedding import packaged_model
from kb.settings import read_settings

QUESTION = "Can I publish a customer's success story with their logo?"
OBVIOUS = Path(__file__).with_name("obvious.py")


def seconds(command: list[str], environ: dict[str, str], times: int = 5) -> float:
    """The median time of a whole process."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        subprocess.run(command, env=environ, check=True, capture_output=True)
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def main() -> None:
    """Measures and prints."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        settings = read_settings({"ASKFIRST_HOME": str(home)}, home)
        index = refresh(settings, lambda _: None).index
        assistant = open_assistant(settings, index)
        store = assistant.knowledge.store
        texts = Path(folder) / "texts.json"
        texts.write_text(json.dumps([c.embedded for c in store.fetch(store.keys())]), "utf-8")
        environ = dict(os.environ) | {"ASKFIRST_HOME": str(home)}
        obvious = [sys.executable, str(OBVIOUS), str(packaged_model()), str(texts), str(Path(folder) / "obvious"), QUESTION]
        subprocess.run(obvious, env=environ, check=True, capture_output=True)  # builds its index
        ours = [sys.executable, "-m", "chat.cli", "ask", QUESTION, "--json"]
        theirs_whole, ours_whole = seconds(obvious, environ), seconds(ours, environ)
        done = subprocess.run([*obvious, "--repeat", "60"], env=environ, check=True, capture_output=True, text=True)
        theirs_warm = float(done.stdout.split()[-1]) / 1000
        times = []
        for _ in range(70):
            began = time.perf_counter()
            assistant.answer(Message(QUESTION))
            times.append(time.perf_counter() - began)
        ours_warm = statistics.median(times[10:])
    print(f"whole process   obvious {theirs_whole:6.2f} s    AskFirst {ours_whole:6.2f} s    ratio {ours_whole / theirs_whole:.3f}")
    print(f"warm answer     obvious {theirs_warm * 1e3:6.1f} ms   AskFirst {ours_warm * 1e3:6.1f} ms   ratio {ours_warm / theirs_warm:.3f}")


if __name__ == "__main__":
    main()
