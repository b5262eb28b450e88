"""PDFs as organisations print them, each with the clauses that a reader of the page would name: text, number as cited, page."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageBreak, PageTemplate, Paragraph, Spacer, Table, TableStyle

Expected = list[tuple[str, str | None, int | None]]
Made = tuple[str, bytes, Expected]

TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=10.5, leading=13.5, spaceAfter=6)
JUSTIFIED = ParagraphStyle("justified", TEXT, alignment=TA_JUSTIFY)
FIRST_LINE = ParagraphStyle("first line", TEXT, firstLineIndent=18, spaceAfter=0)
TITLE = ParagraphStyle("title", TEXT, fontName="Helvetica-Bold", fontSize=18, leading=22, spaceAfter=12)
HEAD = ParagraphStyle("head", TEXT, fontName="Helvetica-Bold", fontSize=13, leading=16, spaceBefore=8)
SUBHEAD = ParagraphStyle("subhead", TEXT, fontName="Helvetica-Bold", fontSize=11, leading=14)
BOLD = ParagraphStyle("bold", TEXT, fontName="Helvetica-Bold")
CENTRED = ParagraphStyle("centred", BOLD, alignment=TA_CENTER)
SERIF = ParagraphStyle("serif", TEXT, fontName="Times-Roman", fontSize=11, leading=14)


def hanging(depth: int, of: ParagraphStyle = TEXT) -> ParagraphStyle:
    """A list item's style: its number stands left of its text."""
    return ParagraphStyle(f"{of.name} {depth}", of, leftIndent=22 * depth, bulletIndent=22 * (depth - 1), spaceAfter=3)


def item(number: str, text: str, depth: int = 1) -> Paragraph:
    return Paragraph(text, hanging(depth), bulletText=number)


def typeset(story: Sequence[Any], on_page: Callable[[Canvas, Any], None] = lambda _c, _d: None, columns: int = 1) -> bytes:
    """The story on A4 pages."""
    out = io.BytesIO()
    template = BaseDocTemplate(out, pagesize=A4, leftMargin=2.5 * cm, rightMargin=2.5 * cm, topMargin=2.5 * cm, bottomMargin=2.5 * cm)
    gap, width = 18, template.width
    each = (width - gap * (columns - 1)) / columns
    frames = [
        Frame(template.leftMargin + n * (each + gap), template.bottomMargin, each, template.height, 0, 0, 0, 0) for n in range(columns)
    ]
    template.addPageTemplates(PageTemplate(frames=frames, onPage=on_page))
    template.build(list(story))
    return out.getvalue()


def P(text: str, style: ParagraphStyle = TEXT) -> Paragraph:
    return Paragraph(text, style)


LONG = (
    "Employees who speak about the company on the internet say who they are, keep to what they know, and correct a mistake as soon as "
    "they see it, because a post that stays wrong is read by people whom a later correction never reaches."
)


def decimal_sections() -> Made:
    story = [
        P("Social Media Policy", TITLE),
        P("1. Purpose", HEAD), P("1.1 This policy protects employees and the company alike."), P(f"1.2 {LONG}"),
        P("2. Rules", HEAD), P("2.1 Employees must not:"),
        item("(a)", "share customer data;", 2), item("(b)", "announce results before they are published; or", 2), item("(c)", LONG, 2),
        P("2.2 Ask the communications team when in doubt."),
    ]  # fmt: skip
    return "decimal.pdf", typeset(story), [
        ("This policy protects employees and the company alike.", "1.1", 1), (LONG, "1.2", 1),
        ("Employees must not:", "2.1", 1), ("share customer data;", "2.1 (a)", 1),
        ("announce results before they are published; or", "2.1 (b)", 1), (LONG, "2.1 (c)", 1),
        ("Ask the communications team when in doubt.", "2.2", 1),
    ]  # fmt: skip


def letters_of_the_alphabet() -> Made:
    names = "abcdefghijklmnopqrst"
    texts = {n: f"Rule of the letter {n.upper()} about posts, replies and pictures." for n in names}
    story = [P("3. Everyday rules", HEAD), *(item(f"({n})", texts[n]) for n in names)]
    return "letters.pdf", typeset(story), [(texts[n], f"3 ({n})", 1) for n in names]


def roman_numbers() -> Made:
    numbers = ["i", "ii", "iii", "iv", "v", "vi"]
    story = [P("II. Conduct", HEAD), P("Staff agree to the following."), item("(a)", "Before they post, they check:")]
    story += [item(f"({n})", f"whether step {n} of the checklist is done;", 2) for n in numbers]
    story += [item("(b)", "After they post, they stay reachable.")]
    return "roman.pdf", typeset(story), [
        ("Staff agree to the following.", "II", 1), ("Before they post, they check:", "II (a)", 1),
        *((f"whether step {n} of the checklist is done;", f"II (a) ({n})", 1) for n in numbers),
        ("After they post, they stay reachable.", "II (b)", 1),
    ]  # fmt: skip


def bullets() -> Made:
    story = [
        P("Our principles", HEAD), P("Everyone follows these principles:"), item("•", "Be honest about who you work for."),
        item("•", LONG), item("–", "Never argue; thank people for their view.", 2), item("•", "Respect copyright."),
    ]  # fmt: skip
    return "bullets.pdf", typeset(story), [
        ("Everyone follows these principles:", None, 1), ("Be honest about who you work for.", None, 1), (LONG, None, 1),
        ("Never argue; thank people for their view.", None, 1), ("Respect copyright.", None, 1),
    ]  # fmt: skip


def bold_headings() -> Made:
    story = [
        P("Confidentiality", BOLD), P("Plans, prices and names of customers stay inside the company."), P(LONG),
        P("Private accounts", BOLD), P("A private account is private. The company does not ask for passwords."),
    ]  # fmt: skip
    return "bold.pdf", typeset(story), [
        ("Plans, prices and names of customers stay inside the company.", None, 1), (LONG, None, 1),
        ("A private account is private. The company does not ask for passwords.", None, 1),
    ]  # fmt: skip


class Bookmarked(Paragraph):
    """A paragraph that the outline names, printed as the text around it."""

    def __init__(self, text: str, style: ParagraphStyle, level: int) -> None:
        super().__init__(text, style)
        self.level, self.title = level, text

    def draw(self) -> None:
        self.canv.bookmarkPage(self.title)
        self.canv.addOutlineEntry(self.title, self.title, self.level)
        super().draw()


def outline() -> Made:
    story = [
        Bookmarked("Scope", TEXT, 0), P("This policy covers employees, trainees and volunteers."),
        Bookmarked("Who counts as an employee", TEXT, 1), P("Anyone who is paid by the company, by the hour or by the month."),
        PageBreak(), Bookmarked("Sanctions", TEXT, 0), P("Breaches are dealt with under the disciplinary code."),
    ]  # fmt: skip
    return "outline.pdf", typeset(story), [
        ("This policy covers employees, trainees and volunteers.", None, 1),
        ("Anyone who is paid by the company, by the hour or by the month.", None, 1),
        ("Breaches are dealt with under the disciplinary code.", None, 2),
    ]  # fmt: skip


def two_columns() -> Made:
    texts = [f"Rule {n} of the column. {LONG}" for n in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")]
    story = [Paragraph(f"{n}. {t}", JUSTIFIED) for n, t in enumerate(texts, 1)]
    story.insert(5, P("Between friends"))
    # The tenth paragraphs fit one page: about 7 lines each in two columns of 50.
    expected: Expected = [(t, str(n), 1) for n, t in enumerate(texts[:5], 1)]
    expected += [("Between friends", None, 1)] + [(t, str(n), 1) for n, t in enumerate(texts[5:], 6)]
    return "columns.pdf", typeset(story, columns=2), expected


NOTES = ("1 Act on the protection of personal data, as amended.", "2 The consent is kept with the picture.")


def footnotes() -> Made:
    def notes(canvas: Canvas, _: Any) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.line(2.5 * cm, 3.4 * cm, 7 * cm, 3.4 * cm)
        canvas.drawString(2.5 * cm, 3 * cm, NOTES[canvas.getPageNumber() - 1])

    filler = [P(f"{n}. {LONG}") for n in range(1, 15)]
    story = [P("Personal data are handled with care.<super size=7>1</super> Names are personal data."), *filler, PageBreak()]
    story += [P("Pictures of people<super size=7>2</super> need their consent.")]
    return "footnotes.pdf", typeset(story, notes), [
        ("Personal data are handled with care.¹ Names are personal data.", None, 1), *((LONG, str(n), 1) for n in range(1, 15)),
        (NOTES[0], None, 1),
        ("Pictures of people² need their consent.", None, 2), (NOTES[1], None, 2),
    ]  # fmt: skip


def running_heads() -> Made:
    def heads(canvas: Canvas, _: Any) -> None:
        canvas.setFont("Helvetica", 9)
        canvas.drawString(2.5 * cm, A4[1] - 1.5 * cm, "Example Ltd · Social Media Policy · version 3")
        canvas.drawRightString(A4[0] - 2.5 * cm, 1.4 * cm, f"Page {canvas.getPageNumber()} of 4")

    story: list[Any] = []
    expected: Expected = []
    for page in range(1, 5):
        for n in (1, 2):
            story.append(P(f"{page}.{n} {LONG}"))
            expected.append((LONG, f"{page}.{n}", page))
        story.append(PageBreak())
    return "heads.pdf", typeset(story, heads), expected


def contents() -> Made:
    def entry(left: str, page: int) -> P:  # type: ignore[valid-type]
        return P(f"{left} {'.' * 90} {page}", ParagraphStyle("entry", TEXT, splitLongWords=0, fontSize=9))

    story = [
        P("Contents", HEAD), entry("1. Purpose", 2), entry("2. Rules for private accounts", 2), entry("3. Sanctions", 3), PageBreak(),
        P("1. Purpose", HEAD), P("This policy explains what staff may publish."),
        P("2. Rules for private accounts", HEAD), P("Say that opinions are your own."), PageBreak(),
        P("3. Sanctions", HEAD), P("A breach may lead to a warning."),
    ]  # fmt: skip
    return "contents.pdf", typeset(story), [
        ("This policy explains what staff may publish.", "1", 2), ("Say that opinions are your own.", "2", 2),
        ("A breach may lead to a warning.", "3", 3),
    ]  # fmt: skip


def contents_by_tabs() -> Made:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("Helvetica-Bold", 13)
    canvas.drawString(70, 760, "Daftar Isi")
    canvas.setFont("Helvetica", 10)
    for n, (title, page) in enumerate((("Maksud dan tujuan", "2"), ("Kewajiban karyawan", "2"), ("Sanksi", "12"))):
        canvas.drawString(70, 730 - 16 * n, title)
        canvas.drawRightString(520, 730 - 16 * n, page)
    canvas.showPage()
    canvas.setFont("Helvetica", 10)
    canvas.drawString(70, 760, "Karyawan menjaga nama baik perusahaan di media sosial.")
    canvas.save()
    return "daftar-isi.pdf", out.getvalue(), [("Karyawan menjaga nama baik perusahaan di media sosial.", None, 2)]


def hyphenation() -> Made:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("Times-Roman", 11)
    lines = [
        "4.1 The confidentiality of customers outlasts the end of the employment relation-",
        "ship, and so does the duty to protect data. Staff use self-service tools and never ask a col-",
        "league to break a rule. A well-known name is no licence: the rules bind every-",
        "body.",
        "4.2 Undang-undang melindungi data pribadi; data-data pelanggan tidak boleh disebar-",
        "luaskan oleh karyawan tanpa izin tertulis dari pihak yang memiliki data-",
        "data tersebut.",
    ]
    for n, line in enumerate(lines):
        canvas.drawString(70, 760 - 14 * n, line)
    canvas.save()
    return "hyphens.pdf", out.getvalue(), [
        ("The confidentiality of customers outlasts the end of the employment relationship, and so does the duty to protect data. "
         "Staff use self-service tools and never ask a colleague to break a rule. A well-known name is no licence: the rules bind "
         "everybody.", "4.1", 1),
        ("Undang-undang melindungi data pribadi; data-data pelanggan tidak boleh disebarluaskan oleh karyawan tanpa izin tertulis "
         "dari pihak yang memiliki data-data tersebut.", "4.2", 1),
    ]  # fmt: skip


def pasal_and_ayat() -> Made:
    story = [
        P("PERATURAN PERUSAHAAN TENTANG MEDIA SOSIAL", ParagraphStyle("judul", TITLE, alignment=TA_CENTER, fontSize=15)),
        P("BAB I", CENTRED), P("KETENTUAN UMUM", CENTRED), P("Pasal 1", CENTRED),
        P("Dalam peraturan ini yang dimaksud dengan karyawan adalah setiap orang yang bekerja pada perusahaan."),
        P("BAB II", CENTRED), P("KEWAJIBAN", CENTRED), P("Pasal 2", CENTRED),
        item("(1)", "Karyawan wajib menyebutkan hubungannya dengan perusahaan."),
        item("(2)", "Kewajiban sebagaimana dimaksud pada ayat (1) berlaku pula bagi:"),
        item("a.", "karyawan magang;", 2), item("b.", "tenaga ahli dan konsultan.", 2),
        P("Pasal 3", CENTRED), P("Karyawan dilarang menyebarkan data pelanggan."),
    ]  # fmt: skip
    return "pasal.pdf", typeset(story), [
        ("Dalam peraturan ini yang dimaksud dengan karyawan adalah setiap orang yang bekerja pada perusahaan.", "1", 1),
        ("Karyawan wajib menyebutkan hubungannya dengan perusahaan.", "2 (1)", 1),
        ("Kewajiban sebagaimana dimaksud pada ayat (1) berlaku pula bagi:", "2 (2)", 1),
        ("karyawan magang;", "2 (2) (a)", 1), ("tenaga ahli dan konsultan.", "2 (2) (b)", 1),
        ("Karyawan dilarang menyebarkan data pelanggan.", "3", 1),
    ]  # fmt: skip


def plain_pasal() -> Made:
    story = [
        P("Pasal 7", ParagraphStyle("c", SERIF, alignment=TA_CENTER)), P("(1) Akun resmi dikelola oleh bagian komunikasi.", SERIF),
        P("(2) Kata sandi akun resmi tidak boleh dibagikan.", SERIF),
        P("Pasal 8", ParagraphStyle("c", SERIF, alignment=TA_CENTER)), P("Pelanggaran dikenai sanksi menurut Pasal 12.", SERIF),
    ]  # fmt: skip
    return "pasal-polos.pdf", typeset(story), [
        ("Akun resmi dikelola oleh bagian komunikasi.", "7 (1)", 1), ("Kata sandi akun resmi tidak boleh dibagikan.", "7 (2)", 1),
        ("Pelanggaran dikenai sanksi menurut Pasal 12.", "8", 1),
    ]  # fmt: skip


def chapters_without_bold() -> Made:
    """Chapters, parts and articles that only the middle of the line tells, beside short items that look like a left column."""
    middle = ParagraphStyle("middle", TEXT, alignment=TA_CENTER)
    story = [
        P("BAB I", middle), P("KETENTUAN UMUM", middle), P("Pasal 1", middle),
        P("Karyawan adalah setiap orang yang bekerja pada perusahaan."),
        P("BAB II", middle), P("KEWAJIBAN DAN LARANGAN", middle), P("Bagian Kesatu", middle), P("Kewajiban", middle),
        P("Pasal 2", middle), P("Karyawan wajib menjaga rahasia."),
        P("Bagian Kedua", middle), P("Larangan", middle), P("Pasal 3", middle), P("Karyawan dilarang:"),
        item("a.", "mengunggah dokumen;"), item("b.", "memotret pelanggan."),
        P("BAB III", middle), P("SANKSI", middle), P("Pasal 4", middle), P("Sanksi berupa:"),
        item("a.", "teguran; atau"), item("b.", "pemecatan."),
        P("Pasal 4A", middle), P("Sanksi ditetapkan Direksi."),
    ]  # fmt: skip
    return "bab.pdf", typeset(story), [
        ("Karyawan adalah setiap orang yang bekerja pada perusahaan.", "1", 1), ("Karyawan wajib menjaga rahasia.", "2", 1),
        ("Karyawan dilarang:", "3", 1), ("mengunggah dokumen;", "3 (a)", 1), ("memotret pelanggan.", "3 (b)", 1),
        ("Sanksi berupa:", "4", 1), ("teguran; atau", "4 (a)", 1), ("pemecatan.", "4 (b)", 1), ("Sanksi ditetapkan Direksi.", "4A", 1),
    ]  # fmt: skip


def slides() -> Made:
    """Bullets without full stops, some as long as the slide is wide."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(720, 405))
    bullets = ("Say that you work here when you talk about our products", "Never post under a false name", "Ask")
    for page, title in enumerate(("Be open about who you are", "Keep secrets secret"), 1):
        canvas.setFont("Helvetica-Bold", 28)
        canvas.drawString(40, 350, title)
        canvas.setFont("Helvetica", 18)
        for at, bullet in enumerate(bullets):
            canvas.drawString(50, 300 - 28 * at, f"• {bullet}")
        canvas.setFont("Helvetica", 9)
        canvas.drawRightString(690, 15, str(page))
        canvas.showPage()
    canvas.save()
    return "slides.pdf", out.getvalue(), [(bullet, None, page) for page in (1, 2) for bullet in bullets]


def articles() -> Made:
    story = [
        P("Article 5 – Photographs", SUBHEAD), item("1.", "Ask everyone in the picture."), item("2.", "Take it down when asked."),
        P("Article 6 – Music", SUBHEAD), P("Music needs a licence."),
    ]  # fmt: skip
    return "articles.pdf", typeset(story), [
        ("Ask everyone in the picture.", "5 (1)", 1), ("Take it down when asked.", "5 (2)", 1), ("Music needs a licence.", "6", 1),
    ]  # fmt: skip


def paragraph_signs() -> Made:
    story = [
        P("§ 3 Reporting", SUBHEAD),
        P("Report a leak within one hour."),
        P("§ 4 Sanctions", SUBHEAD),
        P("The works council is heard."),
    ]
    return "signs.pdf", typeset(story), [("Report a leak within one hour.", "3", 1), ("The works council is heard.", "4", 1)]


def ruled_table() -> Made:
    cells = [
        ["Account", "Who approves", "Time"],
        ["Company page", "Head of communications", "one day"],
        ["Team account", "Line manager", "two days"],
    ]
    style = TableStyle([("GRID", (0, 0), (-1, -1), 0.6, colors.black), ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold")])
    story = [P("7. Approval", HEAD), P("Posts in the company's name are approved first:"), Table(cells, style=style), Spacer(1, 8), P(LONG)]
    return "table.pdf", typeset(story), [
        ("Posts in the company's name are approved first:", "7", 1), ("Company page\u2003Head of communications\u2003one day", "7", 1),
        ("Team account\u2003Line manager\u2003two days", "7", 1), (LONG, "7", 1),
    ]  # fmt: skip


def table_over_pages() -> Made:
    rows = [[f"Channel {n}", f"Owner {n}"] for n in range(1, 61)]
    table = Table([["Channel", "Owner"], *rows], style=TableStyle([("GRID", (0, 0), (-1, -1), 0.6, colors.black)]), repeatRows=1)
    story = [P("8. Channels", HEAD), table]
    fit = 36  # rows of 18 points below heading and header row on the first page
    return "long-table.pdf", typeset(story), [(f"{a}\u2003{b}", "8", 1 if n <= fit else 2) for n, (a, b) in enumerate(rows, 1)]


def items_over_a_page() -> Made:
    first, second = f"{LONG} {LONG}", f"The second item goes on overleaf and {LONG[0].lower()}{LONG[1:]}"
    story = [P("9. Long lists", HEAD), item("(a)", first), Spacer(1, 560), item("(b)", second), item("(c)", "A short last item.")]
    return "over.pdf", typeset(story), [(first, "9 (a)", 1), (second, "9 (b)", 1), ("A short last item.", "9 (c)", 2)]


def cross_references() -> Made:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("Helvetica", 11)
    lines = [
        "5.1 Managers decide on exceptions, but for posts about customers they follow the rule in",
        "4.2 of this policy, and for posts about results they follow what is said under section",
        "6. Nothing in this policy limits rights that employees have by law.",
        "5.2 Exceptions are written down and kept for two years; they end as described in Article",
        "7 of the data protection code.",
    ]
    for n, line in enumerate(lines):
        canvas.drawString(70, 760 - 14 * n, line)
    canvas.save()
    return "references.pdf", out.getvalue(), [(" ".join(lines[:3])[4:], "5.1", 1), (" ".join(lines[3:])[4:], "5.2", 1)]


def first_line_indents() -> Made:
    texts = [LONG, f"A second thought: {LONG}", f"And a third one: {LONG}"]
    return "indents.pdf", typeset([P(t, FIRST_LINE) for t in texts]), [(t, None, 1) for t in texts]


def right_to_left() -> Made:
    """Hebrew as a PDF holds it: glyphs from left to right, the first word at the right."""
    pdfmetrics.registerFont(TTFont("DejaVu", str(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf")))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("DejaVu", 12)
    texts = ["עובדים אינם מפרסמים מידע על לקוחות.", "בכל ספק שואלים את מחלקת התקשורת."]
    for n, text in enumerate(texts):
        canvas.drawRightString(520, 760 - 40 * n, text[::-1])
    canvas.save()
    return "hebrew.pdf", out.getvalue(), [(text, None, 1) for text in texts]


def two_hundred_pages() -> Made:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    expected: Expected = []
    for page in range(1, 201):
        canvas.setFont("Helvetica", 9)
        canvas.drawString(70, 810, "Handbook of Example Ltd")
        canvas.drawCentredString(297, 30, str(page))
        canvas.setFont("Helvetica", 11)
        for n in range(1, 6):
            text = f"Staff of unit {page} follow rule {n} whenever they post."
            canvas.drawString(70, 780 - 24 * n, f"{page}.{n} {text}")
            expected.append((text, f"{page}.{n}", page))
        canvas.showPage()
    canvas.save()
    return "handbook.pdf", out.getvalue(), expected


SUBJECTS = ("Managers", "Employees", "Trainees", "Moderators", "Spokespersons", "Volunteers", "Designers", "Authors")


def prose(n: int, sentences: int = 3) -> str:
    """A paragraph of its own for each number, so that no page repeats another."""
    says = (
        "check every figure before it is published and keep the source with the draft",
        "thank those who point out a mistake and say openly what has been changed and when",
        "leave confidential plans, prices and the names of customers out of what they write",
        "ask the communications team whenever a journalist or an investor gets in touch",
        "use pictures only where the people shown and the photographer have agreed to it",
    )
    return " ".join(f"{SUBJECTS[(n + k) % 8]} of group {n} {says[(n * 3 + k) % 5]}." for k in range(sentences))


def handbook_with_everything() -> Made:
    """Title page, contents, heads for left and right pages, page numbers, paragraphs and items that run over pages."""

    def heads(canvas: Canvas, _: Any) -> None:
        page = canvas.getPageNumber()
        canvas.setFont("Times-Italic", 9)
        if page > 1:
            canvas.drawString(2.5 * cm, A4[1] - 1.6 * cm, "Example Ltd" if page % 2 else "Rules for social media")
            canvas.drawCentredString(A4[0] / 2, 1.5 * cm, f"– {page} –")

    serif = ParagraphStyle("flowing", SERIF, alignment=TA_JUSTIFY, spaceAfter=7)
    pages: dict[str, int] = {}

    class Noting(Paragraph):
        def draw(self) -> None:
            pages.setdefault(self.key, self.canv.getPageNumber())
            super().draw()

        def split(self, width: float, height: float) -> list[Any]:
            parts = super().split(width, height)
            for part in parts:
                part.__class__, part.key = Noting, self.key
            return parts

    story: list[Any] = [Spacer(1, 200), P("Rules for social media", TITLE), P("Adopted by the board"), PageBreak()]
    story += [P("Table of contents", HEAD)]
    story += [P(f"{n}. Chapter of rule {n} {'. ' * 60} {n + 2}", ParagraphStyle("e", TEXT, fontSize=9)) for n in range(1, 6)] + [
        PageBreak()
    ]
    wanted: list[tuple[str, str]] = []
    for n in range(1, 6):
        story.append(P(f"{n}. Chapter of rule {n}", HEAD))
        for k in range(1, 6):
            text = prose(10 * n + k, 4 + k % 3)
            story.append(_noting(Noting, f"{n}.{k} {text}", serif, text))
            wanted.append((text, f"{n}.{k}"))
            if k == 3:
                for letter in "abc":
                    inner = prose(100 * n + ord(letter), 2)
                    made = _noting(Noting, inner, hanging(2, serif), inner, f"({letter})")
                    story.append(made)
                    wanted.append((inner, f"{n}.3 ({letter})"))
    data = typeset(story, heads)
    return "everything.pdf", data, [("Adopted by the board", None, 1), *((t, number, pages[t]) for t, number in wanted)]


def _noting(of: type[Paragraph], text: str, style: ParagraphStyle, key: str, bullet: str | None = None) -> Paragraph:
    made = of(text, style, bulletText=bullet)
    made.key = key
    return made


def columns_under_a_title() -> Made:
    """A title across the page, then two columns with headings and items; the left column ends in mid-sentence."""

    def title(canvas: Canvas, _: Any) -> None:
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawCentredString(A4[0] / 2, 790, "A Social Media Policy for Our Organisation")

    texts = [prose(n, 4) for n in range(1, 9)]
    story: list[Any] = [P("1. Duties", SUBHEAD), *(item(f"({'abcd'[n]})", texts[n]) for n in range(4))]
    story += [P("2. Rights", SUBHEAD), *(item(f"({'abcd'[n]})", texts[4 + n]) for n in range(4))]
    expected: Expected = [(t, f"{1 + n // 4} ({'abcd'[n % 4]})", 1) for n, t in enumerate(texts)]
    return "title-columns.pdf", typeset(story, title, columns=2), expected


def nested_numbers() -> Made:
    """A., 1), a) and bullets within each other; items wrap flush with their number."""
    flush = ParagraphStyle("flush", TEXT, spaceAfter=0)
    one, two, three = prose(21), prose(22), prose(23)
    story = [
        P("A. Before posting", HEAD),
        P(f"1) {one}", flush),
        P(f"2) {two}", flush),
        P("a) check names;", flush),
        P("b) check dates.", flush),
        P(f"3) {three}", flush),
        P("B. After posting", HEAD),
        P("1) Stay reachable for questions.", flush),
        P("2) Correct mistakes.", flush),
    ]
    return (
        "nested.pdf",
        typeset(story),
        [
            (one, "A (1)", 1),
            (two, "A (2)", 1),
            ("check names;", "A (2) (a)", 1),
            ("check dates.", "A (2) (b)", 1),
            (three, "A (3)", 1),
            ("Stay reachable for questions.", "B (1)", 1),
            ("Correct mistakes.", "B (2)", 1),
        ],
    )


def wrapped_cells() -> Made:
    """A table whose cells wrap, beside a rule that is no table."""
    small = ParagraphStyle("cell", TEXT, fontSize=9, leading=11, spaceAfter=0)
    cells = [
        ["Kanal", "Yang boleh", "Yang dilarang"],
        ["Instagram", "Foto acara perusahaan dengan izin setiap orang yang tampak", "Foto pelanggan tanpa persetujuan tertulis"],
        ["LinkedIn", "Berita resmi yang sudah diumumkan", "Angka penjualan yang belum diumumkan kepada umum"],
    ]
    style = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("BACKGROUND", (0, 0), (-1, 0), colors.lightgrey)])
    table = Table([[P(c, small) for c in row] for row in cells], colWidths=[80, 180, 180], style=style)
    story = [
        P("Pasal 4", CENTRED),
        P("Kanal dan isinya diatur sebagai berikut:"),
        table,
        P("Pasal 5", CENTRED),
        P("Keraguan ditanyakan lebih dahulu."),
    ]
    return (
        "kanal.pdf",
        typeset(story),
        [
            ("Kanal dan isinya diatur sebagai berikut:", "4", 1),
            ("\u2003".join(cells[1]), "4", 1),
            ("\u2003".join(cells[2]), "4", 1),
            ("Keraguan ditanyakan lebih dahulu.", "5", 1),
        ],
    )


def run_in_headings() -> Made:
    """Bold words at a paragraph's beginning are part of it; so is a bold word within."""
    first, second = prose(31), prose(32)
    story = [P("Guidelines", TITLE), P(f"<b>Honesty.</b> {first}"), P(f"<b>Respect.</b> {second} <b>Never</b> insult anyone.")]
    return "run-in.pdf", typeset(story), [(f"Honesty. {first}", None, 1), (f"Respect. {second} Never insult anyone.", None, 1)]


def note_under_a_running_paragraph() -> Made:
    """A paragraph that runs over the page, past a footnote, a page number and a running head."""

    def notes(canvas: Canvas, _: Any) -> None:
        page = canvas.getPageNumber()
        canvas.setFont("Helvetica", 8)
        canvas.drawString(2.5 * cm, A4[1] - 1.5 * cm, "Data protection rules")
        canvas.drawCentredString(A4[0] / 2, 1.2 * cm, str(page))
        if page == 1:
            canvas.drawString(2.5 * cm, 2.3 * cm, "1 Regulation (EU) 2016/679 of the European Parliament and of the")
            canvas.drawString(2.5 * cm, 2 * cm, "Council, as corrected.")

    long = " ".join(prose(n, 3) for n in range(41, 44))
    story = [Spacer(1, 600), P(f"1.1 {long}<super size=7>1</super>", SERIF), P("1.2 Names are personal data.", SERIF)]
    return "past-note.pdf", typeset(story, notes), [
        (f"{long}¹", "1.1", 1), ("1 Regulation (EU) 2016/679 of the European Parliament and of the Council, as corrected.", "1.1", 1),
        ("Names are personal data.", "1.2", 2),
    ]  # fmt: skip


DOCUMENTS: tuple[Callable[[], Made], ...] = (
    decimal_sections, letters_of_the_alphabet, roman_numbers, bullets, bold_headings, outline, two_columns, footnotes, running_heads,
    contents, contents_by_tabs, hyphenation, pasal_and_ayat, plain_pasal, chapters_without_bold, slides, articles,
    paragraph_signs, ruled_table, table_over_pages, items_over_a_page, cross_references, first_line_indents, right_to_left,
    two_hundred_pages, handbook_with_everything,
    columns_under_a_title, nested_numbers, wrapped_cells, run_in_headings, note_under_a_running_paragraph,
)  # fmt: skip
