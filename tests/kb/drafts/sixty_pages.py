"""Makes the draft of sixty pages: an employee handbook of which a few pages are about social media.

The chapters of `handbook.md` come once, its annex once for each line of `sites.tsv`. The same bytes every time.
"""

from __future__ import annotations

import csv
from io import BytesIO
from pathlib import Path

_SOURCE = Path(__file__).with_name("handbook.md")
_SITES = Path(__file__).with_name("sites.tsv")
_ANNEX = "# Annex {letter}"


def sixty_pages() -> str:
    """The handbook as Markdown: about sixty pages of type, over 250 paragraphs."""
    chapters, annex = _SOURCE.read_text("utf-8").split(_ANNEX)
    parts = [f"# Northmoor Foods: Employee Handbook\n\n{chapters.strip()}"]
    for at, site in enumerate(csv.DictReader(_SITES.read_text("utf-8").splitlines(), delimiter="\t")):
        parts.append((_ANNEX + annex.rstrip()).format_map(site | {"letter": chr(ord("A") + at)}))
    return "\n\n".join(parts) + "\n"


def sixty_pages_pdf() -> bytes:
    """The same as a PDF, set as offices set such handbooks: A4, 12 point, wide spacing, each chapter on a page of its own."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate

    body = ParagraphStyle("body", fontName="Times-Roman", fontSize=12, leading=18, spaceAfter=10)
    heading = ParagraphStyle("heading", fontName="Helvetica-Bold", fontSize=16, leading=22, spaceBefore=14, spaceAfter=10, keepWithNext=1)
    out = BytesIO()
    blocks = [block for block in sixty_pages().split("\n\n") if block.strip()]
    flow: list[Flowable] = []
    for block in blocks:
        if block.startswith("# "):
            flow.append(PageBreak())
        flow.append(Paragraph(block.lstrip("# ").replace("&", "&amp;"), heading if block.startswith("#") else body))
    SimpleDocTemplate(out, pagesize=A4, leftMargin=85, rightMargin=85, topMargin=80, bottomMargin=80, invariant=1).build(flow)
    return out.getvalue()
