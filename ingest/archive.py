"""A .zip of documents → its members, in memory: nothing is written, and nothing a member's name says is followed.

Called in the sandbox: the directory of a hostile archive alone can fill the memory.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass

from ingest.admit import ARCHIVES, LARGEST, is_document
from ingest.document import Refusal

_MOST_MEMBERS = 2000
_LARGEST_TOTAL = 150_000_000  # bytes, unpacked
# Prose shrinks to a third, the XML of a Word file to a twentieth; only what was made to explode shrinks further.
_HIGHEST_RATIO = 100
_RATIO_FROM = 1_000_000  # bytes unpacked; below that even a bomb is small
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, slots=True)
class Member:
    """A document in an archive: its path there and its bytes, or the reason why it is refused."""

    path: str
    data: bytes = b""
    refused: str = ""


def expand(data: bytes) -> tuple[Member, ...]:
    """The documents in an archive, in the order of their paths; files of other kinds are passed over.

    Raises `Refusal` where the archive as a whole cannot be used.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > _MOST_MEMBERS:
                raise Refusal(f"expected at most {_MOST_MEMBERS:,} files in an archive; found {len(entries):,}; split it")
            total = sum(entry.file_size for entry in entries)
            if total > _LARGEST_TOTAL:
                raise Refusal(f"expected at most {_LARGEST_TOTAL:,} bytes unpacked; found {total:,}; split the archive")
            times = Counter(entry.filename for entry in entries)
            wanted = {entry.filename: entry for entry in entries if _wanted(entry.filename)}
            return tuple(_member(archive, entry, times[name]) for name, entry in sorted(wanted.items()))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, EOFError, OSError, NotImplementedError) as error:
        raise Refusal("expected a sound .zip; found a damaged one; pack it anew") from error


def _wanted(path: str) -> bool:
    # A path that leads out is not hidden: it is refused by name.
    parts = [part for part in path.replace("\\", "/").split("/") if part != ".."]
    return is_document("/".join(parts)) or path.lower().endswith(ARCHIVES)


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, times: int) -> Member:
    try:
        return Member(entry.filename, _unpacked(archive, entry, times))
    except Refusal as refusal:
        return Member(entry.filename, refused=str(refusal))
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, RuntimeError, NotImplementedError):
        return Member(entry.filename, refused="expected a sound file; found one damaged in the archive; pack it anew")


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, times: int) -> bytes:
    path = entry.filename
    parts = path.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0] or "\\" in path or "\0" in entry.orig_filename:
        raise Refusal("expected a path inside the archive; found one that leads out of it; pack it anew")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Refusal("expected a file; found a link; pack the file itself")
    if times > 1:
        raise Refusal(f"expected one file of this path; found {times}; pack the archive anew")
    if path.lower().endswith(ARCHIVES):
        raise Refusal("expected documents; found an archive in the archive; unpack it first")
    if entry.flag_bits & 0x1:
        raise Refusal("expected a file that can be opened; found one locked with a password; pack it without")
    if entry.compress_type not in _METHODS:
        raise Refusal("expected the usual compression (deflate); found another; pack it anew")
    if entry.file_size > LARGEST:
        raise Refusal(f"expected at most {LARGEST:,} bytes; found {entry.file_size:,}; split the file")
    if entry.file_size > _RATIO_FROM and entry.file_size > _HIGHEST_RATIO * max(1, entry.compress_size):
        raise Refusal(f"expected a document; found {entry.file_size:,} bytes packed into {entry.compress_size:,}; pack it anew")
    with archive.open(entry) as stream:
        data = stream.read(LARGEST + 1)
    if len(data) != entry.file_size:
        raise Refusal("expected a sound file; found one damaged in the archive; pack it anew")
    return data
