"""HTML → Document: the page's own text in reading order, each list item behind the number that a browser prints for it.

lxml builds the tree, without network, entities or a depth beyond any real page's; `html_region.py` tells the document
from what stands around it, `html_walk.py` reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from lxml import etree

from ingest.document import Document, Kind, Refusal, Why
from ingest.numbering import Style, parse
from ingest.read.drafts import Draft, numbered, shaped, squeezed, too_deep, written
from ingest.read.html_region import region
from ingest.read.html_styles import Styles
from ingest.read.html_walk import Walk
from ingest.read.markdown import LARGEST

_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# Browsers read these as the Windows code page that contains them.
_WESTERN = frozenset({"iso-8859-1", "iso8859-1", "latin1", "latin-1", "l1", "ascii", "us-ascii"})
_SUBSET = re.compile(r"(<!DOCTYPE[^\[>]{0,1000})\[.*?\]\s*>", re.IGNORECASE | re.DOTALL)
_CLOSES_ITSELF = re.compile(r"<(script|style|title|textarea|iframe|a|div|span|p|td|th|li|ul|ol)\b([^<>]*)/>", re.IGNORECASE)
_HEAD = 20_000  # code points in which a page says what it is
_LONGEST_TITLE = 300
_SITE = re.compile(r"\s+(?:[|»·]|::)\s+")
_DASH = re.compile(r"\s+[-–—]\s+(?=[^-–—]+$)")
_CONTENTS = re.compile(r"(?:table of )?contents:?|(?:on|in) this (?:page|policy|document|section):?|daftar isi:?", re.IGNORECASE)


def read_html(data: bytes, name: str) -> Document:
    """The page's headings, items, paragraphs and table rows; navigation, contents and hidden parts left out; raises `Refusal`.

    The title is the page's only first-level heading, else its `<title>` without the site's name.
    """
    source = decoded(data)
    root = _tree(source)
    body = None if root is None else root.find("body")
    if body is None:
        return Document(name, "", ())
    page = Walk(region(body, source), Styles("".join(sheet.itertext()) for sheet in root.iter("style")))
    page.walk(body)
    document = written(name, shaped(list(_joined(_headed(page.drafts)))))
    first = [block for block in document.blocks if block.kind is Kind.HEADING and block.level == 1]
    if len(first) == 1 and document.blocks[0] is first[0] and not parse(first[0].text):
        return document
    title = _title(root)
    return replace(document, front={"title": title}) if title else document


def decoded(data: bytes) -> str:
    """The text in `data`: as its byte order mark says, else UTF-8 where it is valid, else as declared, else Windows-1252.

    Valid UTF-8 with letters beyond ASCII is never anything else, whereas the declaration is often that of a template.
    """
    if len(data) > LARGEST:
        raise Refusal(f"expected at most {LARGEST:,} bytes; found {len(data):,}; split the file")
    declared = _DECLARED.search(data[:4096])
    stated = declared[1].decode("ascii", "replace").lower() if declared else "windows-1252"
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "windows-1252" if stated in _WESTERN else stated, "windows-1252"]:
        try:
            text = data.decode(encoding).removeprefix("\ufeff")
            break
        except (UnicodeError, LookupError):
            continue
    else:
        text = data.decode(marked or "windows-1252", "replace").removeprefix("\ufeff")
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise Refusal(f"line {line}: expected a web page; found a NUL byte; save it as UTF-8")
    return text


def _tree(source: str) -> Any:
    # An internal subset only declares entities, none of which are followed; XHTML may close what HTML leaves open.
    source = _SUBSET.sub(r"\1>", source[:_HEAD], count=1) + source[_HEAD:]
    if source.lstrip()[:5] == "<?xml" or 'xmlns="http://www.w3.org/1999/xhtml"' in source[:_HEAD]:
        source = _CLOSES_ITSELF.sub(r"<\1\2></\1>", source)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    # Beyond 256 elements in one another the parser stops, and all that follows would be lost.
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise too_deep()
    return root


def _title(root: Any) -> str:
    """The page's title without the name of its site."""
    found = root.find("head/title")
    whole = squeezed("".join(found.itertext())[:_HEAD])[:_LONGEST_TITLE] if found is not None else ""
    parts = _SITE.split(whole)
    return (parts if len(parts) > 1 else _DASH.split(whole))[0]


def _headed(drafts: Sequence[Draft]) -> list[Draft]:
    """A line that only announces the contents goes with them."""
    found = list(drafts)
    for at, (draft, following) in enumerate(pairwise(drafts)):
        if following.why is Why.CONTENTS and draft.why is None and _CONTENTS.fullmatch(draft.text):
            found[at] = replace(draft, why=Why.CONTENTS)
    return found


def _joined(drafts: Sequence[Draft]) -> Iterator[Draft]:
    """A number in a box of its own belongs to the paragraph in the box beside it."""
    waiting: Draft | None = None
    for draft in drafts:
        if waiting and draft.kind is Kind.PARAGRAPH and draft.why is None and not draft.number and not parse(draft.text):
            kind, level = numbered(waiting.text, waiting.level)
            yield replace(draft, kind=kind, level=level, number=waiting.text)
            waiting = None
            continue
        if waiting:
            yield waiting
        waiting = draft if draft.kind is Kind.PARAGRAPH and draft.why is None and not draft.number and _is_number(draft.text) else None
        if not waiting:
            yield draft
    if waiting:
        yield waiting


def _is_number(text: str) -> bool:
    marker = parse(text)
    return marker is not None and marker.kind not in (Style.ARTICLE, Style.BARE) and marker.number == text
