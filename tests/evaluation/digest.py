"""`python -m tests.evaluation.digest`: the digest of the test split, printed; `--write` records it.

The recorded digest was committed before the first measurement; a test holds that the cases have not changed since.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "corpus" / "scenarios" / "test"
RECORD = Path(__file__).with_name("test-digest.json")


def digest() -> dict[str, str]:
    """SHA-256 of every file of the test split, by name."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(FOLDER.glob("*.yaml"))}


if __name__ == "__main__":
    if "--write" in sys.argv:
        RECORD.write_text(json.dumps(digest(), indent=1) + "\n", "utf-8")
    sys.stdout.write(json.dumps(digest(), indent=1) + "\n")
