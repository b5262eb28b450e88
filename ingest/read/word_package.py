"""A Word file's parts: unpacked within limits and parsed without entities, network or a depth beyond any real file's."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from lxml import etree

from ingest.document import Refusal
from ingest.read.drafts import too_deep
from ingest.read.word_numbers import W

_MOST_PARTS = 10_000
_LARGEST_PART = 50_000_000  # bytes, unpacked; a thousand pages take about a third of it
# The XML of a Word file shrinks to a twentieth; only what was made to explode shrinks further.
_HIGHEST_RATIO = 100
_RATIO_FROM = 1_000_000  # bytes unpacked; below that even a bomb is small
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
# Files saved as "Strict Open XML" name the same things otherwise.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
)


class Package:
    """The parts of a Word file that hold its text and say how it is printed; raises `Refusal` for whatever is no such file."""

    def __init__(self, data: bytes) -> None:
        if data.startswith(_OLE):
            what = "one locked with a password; save it without" if _LOCKED in data else "a legacy Office file; save it as .docx"
            raise Refusal(f"expected a Word file (.docx); found {what}")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, EOFError, OSError, NotImplementedError) as error:
            raise _damaged() from error
        self._names = set(self._archive.namelist())
        if len(self._names) > _MOST_PARTS:
            raise Refusal(f"expected at most {_MOST_PARTS:,} parts in a Word file; found {len(self._names):,}; save it anew")
        path = next((target for kind, target in self._related("") if kind == "officeDocument"), "word/document.xml")
        main = self._part(path)
        if main is None or main.tag != W + "document":
            raise Refusal("expected a Word file (.docx); found another archive or Office file; check the file's ending")
        self.main = main
        self._others = list(self._related(path))

    def parts(self, kind: str) -> list[Any]:
        """The roots of the main part's relations of a kind: "styles", "numbering", "footnotes", "header" …"""
        found = [self._part(target) for own, target in self._others if own == kind]
        return [root for root in found if root is not None]

    def part(self, kind: str) -> Any:
        """The first root of the kind; `None` where there is none."""
        return next(iter(self.parts(kind)), None)

    def _related(self, path: str) -> Iterator[tuple[str, str]]:
        folder, name = posixpath.split(path)
        relations = self._part(posixpath.join(folder, "_rels", f"{name}.rels"))
        for relation in relations if relations is not None else ():
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target") or ""))
                yield (relation.get("Type") or "").rpartition("/")[2], target.lstrip("/")

    def _part(self, path: str) -> Any:
        """The root of a part, `None` where there is no such part."""
        if path not in self._names:
            return None
        entry = self._archive.getinfo(path)
        if entry.file_size > _LARGEST_PART:
            raise Refusal(f"expected at most {_LARGEST_PART:,} bytes in a part; found {entry.file_size:,}; split the file")
        if entry.file_size > _RATIO_FROM and entry.file_size > _HIGHEST_RATIO * max(1, entry.compress_size):
            raise Refusal(f"expected a document; found {entry.file_size:,} bytes packed into {entry.compress_size:,}; save it anew")
        try:
            with self._archive.open(entry) as stream:
                data = stream.read(_LARGEST_PART + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, RuntimeError, NotImplementedError) as error:
            raise _damaged() from error
        return _parsed(data)


def _parsed(data: bytes) -> Any:
    for strict, usual in _STRICT:
        data = data.replace(strict, usual)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if "depth" in str(error):
            raise too_deep() from error
        raise _damaged() from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refusal("expected a Word file as Word writes it; found XML entities of its own; save it anew with Word")
    return root


def _damaged() -> Refusal:
    return Refusal("expected a sound Word file; found a damaged one; save it anew")
