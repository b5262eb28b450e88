"""Makers of bad files: what is broken, hostile or not what it says it is. Every one is small to make and holds nothing real."""

from __future__ import annotations

import io
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import docx
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas

GOOD = b"# House rules\n- Ask before you post.\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORD = "word/document.xml"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
# Were any of these followed, a listener on the port would hear of it.
CALLED = "http://127.0.0.1:{port}/called"


@dataclass(frozen=True)
class Bad:
    """A file's name, its bytes, and words of the reason it is refused with; without words it may be read as well."""

    name: str
    make: Callable[[], bytes]
    reason: str = ""
    slow: bool = False


@cache
def pdf(*lines: str) -> bytes:
    """A sound PDF of one page."""
    stream = io.BytesIO()
    canvas = Canvas(stream)
    for at, line in enumerate(lines or ("1. Ask before you post.", "2. Never name a customer.")):
        canvas.drawString(72, 760 - 16 * at, line)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def pdf_with(change: Callable[[PdfWriter], Any]) -> bytes:
    """A sound PDF, changed."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    change(writer)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def action(**entries: Any) -> Callable[[PdfWriter], None]:
    """Sets what a PDF does when it is opened."""

    def change(writer: PdfWriter) -> None:
        found = DictionaryObject({NameObject("/Type"): NameObject("/Action")})
        found |= {NameObject(f"/{key}"): value for key, value in entries.items()}
        writer.root_object[NameObject("/OpenAction")] = found

    return change


def pages_in_a_circle(writer: PdfWriter) -> None:
    """The tree of pages holds itself."""
    pages = writer.root_object.raw_get("/Pages")
    pages.get_object()[NameObject("/Kids")] = ArrayObject([pages])
    pages.get_object()[NameObject("/Count")] = NumberObject(1_000_000)


def pdf_page(content: bytes, *, flate: bool = False) -> bytes:
    """A PDF whose one page has this content, packed by itself."""
    packed = zlib.compress(content, 9) if flate else content
    filters = b"/Filter /FlateDecode " if flate else b""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< " + filters + b"/Length " + str(len(packed)).encode() + b" >>\nstream\n" + packed + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        offsets.append(len(body))
        body += str(number).encode() + b" 0 obj\n" + part + b"\nendobj\n"
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in offsets)
    return body + table + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n" + str(len(body)).encode() + b"\n%%EOF"


@cache
def word(*paragraphs: str) -> bytes:
    """A sound Word file."""
    document = docx.Document()
    for text in paragraphs or ("Ask before you post.", "Never name a customer."):
        document.add_paragraph(text)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def word_with(parts: dict[str, bytes | Callable[[bytes], bytes]]) -> bytes:
    """A sound Word file with parts replaced, changed or added."""
    stream, before = io.BytesIO(), zipfile.ZipFile(io.BytesIO(word()))
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after:
        for name in [*before.namelist(), *(n for n in parts if n not in before.namelist())]:
            part = parts.get(name) or before.read(name)
            after.writestr(name, part(before.read(name)) if callable(part) else part)
    return stream.getvalue()


def body(inside: str, declarations: str = "") -> bytes:
    """The main part of a Word file."""
    return f'<?xml version="1.0"?>{declarations}<w:document {_W} {_R}><w:body>{inside}</w:body></w:document>'.encode()


def said(text: str) -> str:
    """A paragraph of a Word file."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def laughs(root: str) -> str:
    """Entities that grow tenfold a step, a billion in all."""
    steps = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE {root} [<!ENTITY a0 "ha">{steps}]>'


def external(root: str, where: str) -> str:
    """An entity that stands for a file or address elsewhere."""
    return f'<!DOCTYPE {root} [<!ENTITY x SYSTEM "{where}">]>'


def related(kind: str, target: str) -> Callable[[bytes], bytes]:
    """Adds a relationship that points outside a Word file."""
    begin = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    line = f'<Relationship Id="rId99" Type="{begin}/{kind}" Target="{target}" TargetMode="External"/>'
    return lambda before: before.replace(b"</Relationships>", line.encode() + b"</Relationships>")


def packed(members: Iterable[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive; names are written as given."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data, compress_type=method)
    return stream.getvalue()


def link(path: str) -> zipfile.ZipInfo:
    """An entry that is a symbolic link."""
    entry = zipfile.ZipInfo(path)
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    return entry


def flagged(data: bytes, bit: int) -> bytes:
    """The archive with a flag set on every entry."""
    data = re.sub(rb"(PK\x03\x04..)(..)", lambda m: m[1] + struct.pack("<H", struct.unpack("<H", m[2])[0] | bit), data, flags=re.DOTALL)
    return re.sub(rb"(PK\x01\x02....)(..)", lambda m: m[1] + struct.pack("<H", struct.unpack("<H", m[2])[0] | bit), data, flags=re.DOTALL)


def page(inside: str, before: str = "") -> bytes:
    """A web page."""
    return f"<!DOCTYPE html>{before}<html><head><title>Rules</title></head><body>{inside}</body></html>".encode()


def front(yaml: str) -> bytes:
    """Markdown with front matter."""
    return f"---\n{yaml}\n---\n- Ask before you post.\n".encode()


# Styles that build on one another in a circle, and numbers beyond any sense.
STYLED = '<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr>'
_STYLES = "".join(f'<w:style w:type="paragraph" w:styleId="{a}"><w:basedOn w:val="{b}"/></w:style>' for a, b in ("AB", "BA"))
CIRCLES = f"<w:styles {_W}>{_STYLES}</w:styles>".encode()
COUNTED = '<w:p><w:pPr><w:numPr><w:ilvl w:val="99"/><w:numId w:val="1"/></w:numPr></w:pPr>'
COUNTS = (
    f'<w:numbering {_W}><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="8"><w:start w:val="999999"/><w:numFmt w:val="upperLetter"/>'
    f'<w:lvlText w:val="{"%9" * 500}"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
).encode()

_ALIASES = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))
_RUNS = action(S=NameObject("/Launch"), F=TextStringObject("/bin/sh"))

FILES: tuple[Bad, ...] = (
    # Not what the name says.
    Bad("pdf-named.md", pdf, "found a PDF"),
    Bad("pdf-named.docx", pdf, "found a PDF"),
    Bad("word-named.pdf", word, "found a Word file"),
    Bad("word-named.txt", word, "found a Word file"),
    Bad("word-named.html", word, "found a Word file"),
    Bad("page-named.txt", lambda: page("<p>Ask first.</p>"), "found a web page"),
    Bad("page-named.pdf", lambda: page("<p>Ask first.</p>"), "found a web page"),
    Bad("text-named.pdf", lambda: GOOD, "pdf files begin with"),
    Bad("text-named.docx", lambda: GOOD, "docx files begin with"),
    Bad("text-named.zip", lambda: GOOD, "zip files begin with"),
    Bad("picture-named.md", lambda: b"\x89PNG\r\n\x1a\n" + bytes(200), "found an image"),
    Bad("program-named.txt", lambda: b"\x7fELF" + bytes(200), "found a program"),
    Bad("rtf-named.txt", lambda: rb"{\rtf1 Ask first.}", "found an RTF file"),
    Bad("gzip-named.txt", lambda: b"\x1f\x8b\x08" + bytes(50), "found an archive"),
    Bad("legacy.doc", lambda: OLE + bytes(2000), "found .doc"),
    Bad("legacy.rtf", lambda: rb"{\rtf1 Ask first.}", "found .rtf"),
    Bad("open.odt", lambda: packed([("content.xml", b"<x/>")]), "found .odt"),
    Bad("legacy-named.docx", lambda: OLE + bytes(2000), "legacy Office file"),
    Bad("locked.docx", lambda: OLE + "EncryptedPackage".encode("utf-16-le") + bytes(2000), "locked with a password"),
    Bad("sheet-named.docx", lambda: packed([("xl/workbook.xml", b"<workbook/>"), ("[Content_Types].xml", b"<Types/>")]), "found"),
    # Text.
    Bad("empty.md", lambda: b"", "found none"),
    Bad("empty.pdf", lambda: b"", "found none"),
    Bad("empty.docx", lambda: b"", "found none"),
    Bad("empty.html", lambda: b"", "found none"),
    Bad("spaces.md", lambda: b" \n\t \r\n" * 50, "found none"),
    Bad("zeros.txt", lambda: bytes(5000), "found none"),
    Bad("zero-inside.md", lambda: b"- Ask\x00 first.\n", "NUL"),
    Bad("half-utf8.md", lambda: b"- Ask \xc3\x28 first.\n", "UTF-8"),
    Bad("latin.txt", lambda: "- Pergi ke café dahulu.\n".encode("latin-1"), "UTF-8"),
    Bad("utf16.txt", lambda: "- Ask first.\n".encode("utf-16")),
    Bad("utf16-odd.txt", lambda: "- Ask first.\n".encode("utf-16") + b"\xd8", "found"),
    Bad("utf16-lone.txt", lambda: b"\xff\xfe" + b"\x00\xd8A\x00", "found"),
    Bad("utf16-bare.txt", lambda: "- Ask first.\n".encode("utf-16-le"), "found"),
    Bad("controls.md", lambda: b"- Ask \x1b[2J\x07 first \x08.\n"),
    Bad("one-line.txt", lambda: b"word " * 2_000_000),
    Bad("one-word.txt", lambda: b"x" * 3_000_000),
    Bad("too-much.txt", lambda: b"Ask first. " * 600_000, "characters"),
    Bad("too-large.txt", lambda: b"x" * 50_000_001, "bytes"),
    Bad("quotations.md", lambda: b"> " * 20_000 + b"Ask.\n"),
    Bad("lists.md", lambda: "".join("  " * n + "- Ask.\n" for n in range(600)).encode()),
    Bad("brackets.md", lambda: b"[" * 50_000 + b"a" + b"](" * 50_000),
    Bad("stars.md", lambda: b"**a *" * 30_000),
    Bad("ticks.md", lambda: b"".join(b"`" * n + b"a" for n in range(1, 700))),
    Bad("entities.md", lambda: b"&" * 100_000),
    Bad("columns.md", lambda: b"|a" * 5000 + b"|\n" + b"|-" * 5000 + b"|\n" + b"|a|\n" * 200),
    Bad("braces.md", lambda: b"- Ask {" + b"a=" * 50_000 + b"}\n"),
    Bad("dots.txt", lambda: b"1." * 100_000 + b" Ask.\n"),
    Bad("numbers.txt", lambda: b"\n".join(b"%d. Ask %d." % (n, n) for n in range(3000))),
    # Front matter.
    Bad("aliases.md", lambda: front(_ALIASES), "found"),
    Bad("alias-title.md", lambda: front(_ALIASES.replace("a9:", "title:")), "found"),
    Bad("alias-groups.md", lambda: front(_ALIASES.replace("a9:", "groups:").replace("a0:", "title:", 1)), "found"),
    Bad("tagged.md", lambda: front("title: !!python/object/apply:os.system ['touch ran']"), "found"),
    Bad("unclosed.md", lambda: b"---\ntitle: x\n- Ask.\n", "front matter"),
    Bad("deep-front.md", lambda: front("title: " + "[" * 5000 + "]" * 5000), "found"),
    Bad("long-number.md", lambda: front("version: " + "9" * 20_000)),
    Bad("circle.md", lambda: front("title: &a [*a]"), "found"),
    # Web pages.
    Bad("deep.html", lambda: page("<div>" * 20_000 + "Ask first." + "</div>" * 20_000)),
    Bad("deep-lists.html", lambda: page("<ul><li>Ask." * 5000)),
    Bad("deep-tables.html", lambda: page("<table><tr><td>Ask." * 2000)),
    Bad("laughs.xhtml", lambda: f'<?xml version="1.0"?>{laughs("html")}<html><body><p>&a9;</p></body></html>'.encode()),
    Bad("laughs.html", lambda: f"{laughs('html')}<html><body><p>Ask. &a9;</p></body></html>".encode()),
    Bad("stolen.html", lambda: f"{external('html', 'file:///etc/passwd')}<html><body><p>Ask. &x;</p></body></html>".encode()),
    Bad("calling.html", lambda: page(f"<p>Ask.</p><img src='{CALLED}'><link href='{CALLED}' rel=stylesheet>")),
    Bad("script.html", lambda: page("<p>Ask.</p><script>fetch('http://127.0.0.1/')</script><p onclick='x()'>Never.</p>")),
    Bad("links.html", lambda: page("<p><a href='file:///etc/passwd'>Ask.</a></p><object data='file:///etc/passwd'></object>")),
    Bad("span.html", lambda: page("<table><tr><td colspan=999999999 rowspan=999999999>Ask.</td></tr></table>")),
    Bad("attributes.html", lambda: page("<p " + " ".join(f"a{n}=x" for n in range(50_000)) + ">Ask.</p>")),
    Bad("unclosed.html", lambda: b"<html><body><p>Ask <b <i <" * 500),
    Bad("nothing.html", lambda: page("<script>x()</script>"), "found"),
    Bad("very-deep.html", lambda: page("<div>" * 100_000 + "Ask first."), "a few levels deep"),
    Bad("nul.html", lambda: page("<p>Ask\0 first.</p>"), "NUL"),
    Bad("binary.html", lambda: bytes(range(256)) * 200, "NUL"),
    Bad("noise.htm", lambda: b"<html><body><p>Ask \x81\x8d\xff\xfe \x01\x02.</p></body></html>"),
    Bad("charset.html", lambda: b"<html><head><meta charset=utf-16></head><body><p>Ask first.</p></body></html>"),
    Bad("wide-rows.html", lambda: page("<table>" + "<tr><td>Ask<td rowspan=65000>x" * 3000 + "</table>")),
    Bad("styles.html", lambda: page("<style>" + "/*" * 200_000 + "ol" * 200_000 + "</style><ol><li>Ask.</ol>")),
    Bad("types.html", lambda: b"<!DOCTYPE [" * 200_000 + b"<p>Ask."),
    Bad("titles.html", lambda: page("<title>" + "a - " * 500_000 + "</title><p>Ask.</p>")),
    Bad("unclosed-lists.xhtml", lambda: page("<ol><li value=99999999999999999999>Ask.</ol>" * 3000)),
    # PDF.
    Bad("cut.pdf", lambda: pdf()[: len(pdf()) // 2]),
    Bad("head-only.pdf", lambda: b"%PDF-1.7\n", "found"),
    Bad("noise.pdf", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 200, "found"),
    Bad("password.pdf", lambda: pdf_with(lambda w: w.encrypt("secret", "owner", algorithm="RC4-128")), "password"),
    Bad("scanned.pdf", lambda: pdf_page(b"0 0 612 792 re f"), "found"),
    Bad("script.pdf", lambda: pdf_with(action(S=NameObject("/JavaScript"), JS=TextStringObject(f"app.launchURL('{CALLED}')")))),
    Bad("launch.pdf", lambda: pdf_with(_RUNS)),
    Bad("calling.pdf", lambda: pdf_with(action(S=NameObject("/URI"), URI=TextStringObject(CALLED)))),
    Bad("attached.pdf", lambda: pdf_with(lambda w: w.add_attachment("run.sh", b"#!/bin/sh\ntouch ran\n"))),
    Bad("circle.pdf", lambda: pdf_with(pages_in_a_circle)),
    Bad("bomb.pdf", lambda: pdf_page(b"\0" * 400_000_000, flate=True), slow=True),
    Bad("strings.pdf", lambda: pdf_page(b"BT /F1 9 Tf 72 700 Td " + b"(Ask) Tj " * 400_000 + b"ET", flate=True), slow=True),
    Bad("nested.pdf", lambda: pdf_page(b"[" * 200_000, flate=True)),
    Bad("no-xref.pdf", lambda: re.sub(rb"startxref\s+\d+", b"startxref\n999999999", pdf())),
    # Word.
    Bad("cut.docx", lambda: word()[: len(word()) // 2], "found"),
    Bad("no-body.docx", lambda: packed([("[Content_Types].xml", b"<Types/>")]), "found"),
    Bad("broken-xml.docx", lambda: word_with({WORD: b"<w:document><w:body>"}), "found"),
    Bad("laughs.docx", lambda: word_with({WORD: body(said("&a9;"), laughs("w:document"))})),
    Bad("stolen.docx", lambda: word_with({WORD: body(said("Ask. &x;"), external("w:document", "file:///etc/passwd"))})),
    Bad("template.docx", lambda: word_with({"word/_rels/document.xml.rels": related("attachedTemplate", CALLED)})),
    Bad(
        "chunk.docx",
        lambda: word_with(
            {WORD: body(said("Ask.") + '<w:altChunk r:id="rId99"/>'), "word/_rels/document.xml.rels": related("aFChunk", CALLED)}
        ),
    ),
    Bad("bomb.docx", lambda: word_with({WORD: body(said("Ask.") * 3_000_000)}), "found"),
    Bad("macro.docx", lambda: word_with({"word/vbaProject.bin": OLE + bytes(500)})),
    Bad("deep.docx", lambda: word_with({WORD: body("<w:sdt><w:sdtContent>" * 5000 + said("Ask.") + "</w:sdtContent></w:sdt>" * 5000)})),
    Bad("wide.docx", lambda: word_with({WORD: body('<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr>'
                                                   + said("Ask.") + "</w:tc></w:tr></w:tbl>")})),
    Bad("climbing.docx", lambda: word_with({"../../ran.txt": b"x"})),
    Bad("laughs-styles.docx", lambda: word_with({"word/styles.xml": f"{laughs('x')}<x>&a9;</x>".encode()}), "found"),
    Bad("outside.docx", lambda: word_with({"word/_rels/document.xml.rels": related("subDocument", "file:///etc/passwd")})),
    Bad("chunk-inside.docx", lambda: word_with({WORD: body('<w:altChunk r:id="rId1"/>')}), "kept elsewhere"),
    Bad("deep-tables.docx", lambda: word_with({WORD: body("<w:tbl><w:tr><w:tc>" * 900 + "</w:tc></w:tr></w:tbl>" * 900)}), "few levels"),
    Bad("circles.docx", lambda: word_with({"word/styles.xml": CIRCLES, WORD: body(said("Ask.").replace("<w:p>", STYLED))})),
    Bad("counts.docx", lambda: word_with({"word/numbering.xml": COUNTS, WORD: body(said("Ask.").replace("<w:p>", COUNTED) * 3000)})),
    Bad("no-text.docx", lambda: word_with({WORD: body("<w:p/>" * 5000)}), "found"),
    Bad("not-xml.docx", lambda: word_with({WORD: bytes(range(256)) * 20}), "damaged"),
    # Archives: those that are refused whole.
    Bad("cut.zip", lambda: packed([("a.md", GOOD)])[:-30], "damaged"),
    Bad("hollow.zip", lambda: packed([]), "found none"),
    Bad("pictures.zip", lambda: packed([("a.png", b"x")]), "found none"),
    Bad("many.zip", lambda: packed([(f"{n}.md", b"x") for n in range(2001)]), "at most 2,000 files"),
    Bad("total.zip", lambda: packed([(f"{n}.md", bytes(40_000_000)) for n in range(4)]), "unpacked"),
    Bad("index.zip", lambda: b"PK\x03\x04" + struct.pack("<200x4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, 2**31, 2**31, 0), "damaged"),
)  # fmt: skip

# Members that are refused by name, whatever else the archive holds; the member `good.md` beside them is read.
MEMBERS: tuple[tuple[str, str, Callable[[], bytes]], ...] = (
    ("../out.md", "leads out", lambda: packed([("../out.md", GOOD), ("good.md", GOOD)])),
    ("a/../../out.md", "leads out", lambda: packed([("a/../../out.md", GOOD), ("good.md", GOOD)])),
    ("/etc/out.md", "leads out", lambda: packed([("/etc/out.md", GOOD), ("good.md", GOOD)])),
    ("C:/out.md", "leads out", lambda: packed([("C:/out.md", GOOD), ("good.md", GOOD)])),
    ("..\\out.md", "leads out", lambda: packed([("..\\out.md", GOOD), ("good.md", GOOD)])),
    ("link.md", "a link", lambda: packed([(link("link.md"), b"/etc/passwd"), ("good.md", GOOD)])),
    ("in.zip", "archive in the archive", lambda: packed([("in.zip", packed([("a.md", GOOD)])), ("good.md", GOOD)])),
    ("bomb.md", "packed into", lambda: packed([("bomb.md", bytes(40_000_000)), ("good.md", GOOD)])),
    ("large.md", "at most 50,000,000 bytes", lambda: packed([("large.md", bytes(60_000_000)), ("good.md", GOOD)])),
    ("lzma.md", "compression", lambda: _mixed("lzma.md", zipfile.ZIP_LZMA)),
    ("bzip.md", "compression", lambda: _mixed("bzip.md", zipfile.ZIP_BZIP2)),
    ("dam.md", "damaged", lambda: packed([("dam.md", b"QWERT"), ("good.md", GOOD)], zipfile.ZIP_STORED).replace(b"QWERT", b"qwert", 1)),
    ("old.doc", "found .doc", lambda: packed([("old.doc", OLE), ("good.md", GOOD)])),
    ("lying.md", "found a PDF", lambda: packed([("lying.md", pdf()), ("good.md", GOOD)])),
    ("empty.md", "found none", lambda: packed([("empty.md", b""), ("good.md", GOOD)])),
    ("esc\N{REPLACEMENT CHARACTER}[2J.md", "NUL", lambda: packed([("esc\x1b[2J.md", b"- Ask\0."), ("good.md", GOOD)])),
)  # fmt: skip


def _mixed(path: str, method: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(path, GOOD, compress_type=method)
        archive.writestr("good.md", GOOD)
    return stream.getvalue()


def sparse(path: Path) -> None:
    """Two gigabytes that take no room."""
    with path.open("wb") as stream:
        stream.truncate(2 << 30)


def pipe(path: Path) -> None:
    """A pipe that nobody writes to."""
    os.mkfifo(path)


def circle(path: Path) -> None:
    """A link to itself."""
    path.symlink_to(path)


def dangling(path: Path) -> None:
    """A link to nothing."""
    path.symlink_to(path.parent / "nothing.md")


def device(path: Path) -> None:
    """A link to what never ends."""
    path.symlink_to("/dev/zero")


# What is bad about these is not in their bytes: name, maker, words of the reason.
ON_DISK: tuple[tuple[str, Callable[[Path], None], str], ...] = (
    ("sparse.md", sparse, "at most 50,000,000 bytes"),
    ("sparse.pdf", sparse, "at most 50,000,000 bytes"),
    ("sparse.zip", sparse, "at most 50,000,000 bytes"),
    ("pipe.md", pipe, "something else"),
    ("circle-link.md", circle, "symbolic links"),
    ("dangling.md", dangling, "No such file"),
    ("device.md", device, "something else"),
)
