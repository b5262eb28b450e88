"""Word files written part by part: what Word itself writes, without what no reader looks at."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_BASE = "http://schemas.openxmlformats.org"
_SPACES = (
    f'xmlns:w="{_BASE}/wordprocessingml/2006/main" xmlns:r="{_BASE}/officeDocument/2006/relationships" '
    f'xmlns:mc="{_BASE}/markup-compatibility/2006" xmlns:m="{_BASE}/officeDocument/2006/math" '
    f'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"'
)
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TYPES = f"""<Types xmlns="{_BASE}/package/2006/content-types"><Default Extension="rels"
 ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>"""


def run(text: str, bold: bool = False, more: str = "") -> str:
    """Letters of one look; a tab and a line break are written as Word does."""
    properties = f"<w:rPr>{'<w:b/>' if bold else ''}{more}</w:rPr>" if bold or more else ""
    said = escape(text).replace("\t", "</w:t><w:tab/><w:t xml:space='preserve'>").replace("\n", "</w:t><w:br/><w:t xml:space='preserve'>")
    return f"<w:r>{properties}<w:t xml:space='preserve'>{said}</w:t></w:r>"


def p(
    text: str = "",
    style: str = "",
    num: tuple[int, int] | None = None,
    left: int | None = None,
    bold: bool = False,
    more: str = "",
    raw: str = "",
) -> str:
    """A paragraph: its text and then `raw`, XML of runs; `more` are further properties."""
    properties = "".join(
        (
            f'<w:pStyle w:val="{style}"/>' if style else "",
            f'<w:numPr><w:ilvl w:val="{num[1]}"/><w:numId w:val="{num[0]}"/></w:numPr>' if num else "",
            f'<w:ind w:left="{left}"/>' if left is not None else "",
            more,
        )
    )
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{run(text, bold) if text else ''}{raw}</w:p>"


def table(*rows: Sequence[str], head: bool = False, look: str = "") -> str:
    """A table; a cell is its text, or XML where it begins with "<"."""
    found = ""
    for at, row in enumerate(rows):
        cells = "".join(
            cell if cell.startswith(("<w:tc>", "<w:sdt>")) else f"<w:tc>{cell if cell.startswith('<') else p(cell)}</w:tc>" for cell in row
        )
        found += f"<w:tr>{'<w:trPr><w:tblHeader/></w:trPr>' if head and at == 0 else ''}{cells}</w:tr>"
    return f"<w:tbl><w:tblPr>{look}</w:tblPr>{found}</w:tbl>"


def cell(text: str, merge: str = "", span: int = 1) -> str:
    """A cell that is merged with those below ("restart") or above ("continue"), or as wide as several."""
    down = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/>{down}</w:tcPr>{p(text)}</w:tc>'


def level(depth: int, form: str, text: str, more: str = "", left: int | None = None) -> str:
    """A level of a list."""
    start = "" if "<w:start" in more else '<w:start w:val="1"/>'
    moved = f'<w:pPr><w:ind w:left="{left}" w:hanging="360"/></w:pPr>' if left is not None else ""
    return f'<w:lvl w:ilvl="{depth}">{start}<w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/>{moved}</w:lvl>'


def numbering(lists: Mapping[int, Sequence[str]], uses: Mapping[int, tuple[int, str]] | None = None) -> str:
    """numbering.xml: abstract lists with their levels, and their uses by numId, each with XML that changes it; one each by default."""
    uses = uses or {key: (key, "") for key in lists}
    abstract = "".join(f'<w:abstractNum w:abstractNumId="{key}">{"".join(levels)}</w:abstractNum>' for key, levels in lists.items())
    return abstract + "".join(
        f'<w:num w:numId="{key}"><w:abstractNumId w:val="{of}"/>{changes}</w:num>' for key, (of, changes) in uses.items()
    )


def restart(depth: int, at: int) -> str:
    """A list used anew from a number."""
    return f'<w:lvlOverride w:ilvl="{depth}"><w:startOverride w:val="{at}"/></w:lvlOverride>'


def style(key: str, name: str, on: str = "", properties: str = "", letters: str = "", kind: str = "paragraph") -> str:
    """A style and what it builds on."""
    return (
        f'<w:style w:type="{kind}" w:styleId="{key}"><w:name w:val="{name}"/>{f"<w:basedOn w:val={on!r}/>" if on else ""}'
        f"<w:pPr>{properties}</w:pPr><w:rPr>{letters}</w:rPr></w:style>"
    )


def word(body: str, numbers: str = "", styles: str = "", **others: str) -> bytes:
    """The file; `others` are further parts: footnotes, endnotes, header, footer."""
    parts = {"styles": styles, "numbering": numbers, **others}
    tags = {"header": "hdr", "footer": "ftr"}
    relations = "".join(
        f'<Relationship Id="r{at}" Type="{_BASE}/officeDocument/2006/relationships/{kind}" Target="{kind}.xml"/>'
        for at, kind in enumerate(parts)
    )
    begin = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    main = f'<Relationship Id="r1" Type="{_BASE}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    files = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": f'<Relationships xmlns="{_BASE}/package/2006/relationships">{main}</Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_BASE}/package/2006/relationships">{relations}</Relationships>',
        "word/document.xml": f"<w:document {_SPACES}><w:body>{body}</w:body></w:document>",
    }
    files |= {f"word/{kind}.xml": f"<w:{tags.get(kind, kind)} {_SPACES}>{xml}</w:{tags.get(kind, kind)}>" for kind, xml in parts.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in files.items():
            archive.writestr(name, begin + xml)
    return stream.getvalue()
