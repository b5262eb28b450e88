"""Word files as organisations keep them; the expected clauses are what Word shows on the page, its automatic numbers included."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
from docx.document import Document

from tests.ingest.documents.word import cell, level, numbering, p, restart, run, style, table, word

Made = tuple[str, bytes, list[tuple[str, str | None, int | None]]]
HEADINGS = "".join(style(f"Heading{n}", f"heading {n}", "", f'<w:outlineLvl w:val="{n - 1}"/>') for n in (1, 2, 3)) + style(
    "Title", "Title"
)


def _made(name: str, data: bytes, *clauses: tuple[str, str | None]) -> Made:
    return name, data, [(text, number, None) for text, number in clauses]


def _saved(document: Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def handbook() -> Made:
    """Word's own styles: title, headings, lists, a table whose style prints its first row bold."""
    document = docx.Document()
    document.add_heading("Social media handbook", 0)
    document.add_heading("Who this is for", 1)
    document.add_paragraph("Everyone who works for Acme Ltd.")
    document.add_heading("What to keep to", 1)
    document.add_paragraph("Employees must not:")
    for text in ("name customers;", "share pictures of colleagues who did not agree.", "speak for the company."):
        document.add_paragraph(text, "List Number")
    document.add_paragraph("Be kind.", "List Bullet")
    document.add_paragraph("Also to competitors.", "List Bullet 2")
    document.add_heading("Where to ask", 2)
    grid = document.add_table(3, 2, "Light Grid Accent 1")
    for at, row in enumerate((("Channel", "Contact"), ("LinkedIn", "Communications"), ("Press", "Head of communications"))):
        for column, text in enumerate(row):
            grid.cell(at, column).text = text
    return _made(
        "handbook.docx",
        _saved(document),
        ("Everyone who works for Acme Ltd.", None),
        ("Employees must not:", None),
        ("name customers;", "1"),
        ("share pictures of colleagues who did not agree.", "2"),
        ("speak for the company.", "3"),
        ("Be kind.", None),
        ("Also to competitors.", None),
        ("LinkedIn\u2003Communications", None),
        ("Press\u2003Head of communications", None),
    )


def contract() -> Made:
    """Numbering through styles: "1.", "1.1" and "(a)" are the levels of one list that the heading styles belong to."""
    levels = [
        level(0, "decimal", "%1.", '<w:pStyle w:val="Heading1"/>'),
        level(1, "decimal", "%1.%2", '<w:pStyle w:val="Heading2"/>'),
        level(2, "lowerLetter", "(%3)", '<w:pStyle w:val="Heading3"/>'),
        level(3, "lowerRoman", "(%4)", '<w:pStyle w:val="Deepest"/>'),
    ]
    use = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    styles = style("Heading1", "heading 1", "", use) + style("Heading2", "heading 2", "Heading1")
    styles += style("Heading3", "heading 3", "Heading2") + style("Deepest", "Clause 4", "", use)
    body = (
        p("Purpose", "Heading1")
        + p("This policy protects the company and everyone who posts about it.", "Heading2")
        + p("It applies worldwide.", "Heading2")
        + p("Conduct", "Heading1")
        + p("Employees must not:", "Heading2")
        + p("disclose figures before they are published;", "Heading3")
        + p("post in the name of others, that is:", "Heading3")
        + p("of colleagues;", "Deepest")
        + p("of customers; or", "Deepest")
        + p("use the logo.", "Heading3")
        + p("Managers must answer questions within two days.", "Heading2")
    )
    return _made(
        "contract.docx",
        word(body, numbering({1: levels}), styles),
        ("This policy protects the company and everyone who posts about it.", "1.1"),
        ("It applies worldwide.", "1.2"),
        ("Employees must not:", "2.1"),
        ("disclose figures before they are published;", "2.1 (a)"),
        ("post in the name of others, that is:", "2.1 (b)"),
        ("of colleagues;", "2.1 (b) (i)"),
        ("of customers; or", "2.1 (b) (ii)"),
        ("use the logo.", "2.1 (c)"),
        ("Managers must answer questions within two days.", "2.2"),
    )


def peraturan() -> Made:
    """An Indonesian regulation in which Word counts chapters, Pasal through all of them, ayat and letters."""
    rules = [
        level(0, "upperRoman", "BAB %1"),
        level(1, "decimal", "Pasal %2", '<w:lvlRestart w:val="0"/>'),
        level(2, "decimal", "(%3)", left=567),
        level(3, "lowerLetter", "%4.", left=1134),
    ]
    body = (
        p("PERATURAN DIREKSI TENTANG MEDIA SOSIAL", "Title")
        + p(num=(1, 0))
        + p("KETENTUAN UMUM", bold=True)
        + p(num=(1, 1))
        + p("Dalam peraturan ini yang dimaksud dengan karyawan adalah setiap orang yang bekerja di perusahaan.")
        + p(num=(1, 0))
        + p("LARANGAN", bold=True)
        + p(num=(1, 1))
        + p("Karyawan dilarang:", num=(1, 2))
        + p("membagikan data pelanggan;", num=(1, 3))
        + p("mengatasnamakan perusahaan tanpa izin.", num=(1, 3))
        + p("Larangan pada ayat (1) berlaku juga bagi karyawan magang.", num=(1, 2))
        + p(num=(1, 1))
        + p("Setiap karyawan wajib meminta izin kepada bagian komunikasi.", num=(1, 2))
        + p("Izin diberikan secara tertulis.", num=(1, 2))
    )
    return _made(
        "peraturan.docx",
        word(body, numbering({1: rules}), HEADINGS),
        ("Dalam peraturan ini yang dimaksud dengan karyawan adalah setiap orang yang bekerja di perusahaan.", "Pasal 1"),
        ("Karyawan dilarang:", "Pasal 2 (1)"),
        ("membagikan data pelanggan;", "Pasal 2 (1) (a)"),
        ("mengatasnamakan perusahaan tanpa izin.", "Pasal 2 (1) (b)"),
        ("Larangan pada ayat (1) berlaku juga bagi karyawan magang.", "Pasal 2 (2)"),
        ("Setiap karyawan wajib meminta izin kepada bagian komunikasi.", "Pasal 3 (1)"),
        ("Izin diberikan secara tertulis.", "Pasal 3 (2)"),
    )


def typed() -> Made:
    """No styles at all: numbers typed with tabs, bold lines as headings, line breaks inside a paragraph."""
    body = (
        p("Guidelines for personal accounts", bold=True)
        + p("1.\tScope", bold=True)
        + p("1.1\tThese guidelines apply to personal accounts, as 4.2 of the code of conduct says.")
        + p("1.2\tThey do not apply to the accounts of the company.")
        + p("2.\tRules", bold=True)
        + p("2.1\tPlease:\n(a) say that you speak for yourself;\n(b) ask before you post pictures.")
        + p("2.2\tA post should be", raw=run(" deleted", bold=True) + run(" when a colleague asks for it."))
        + p("Contact", bold=True)
        + p("•\tWrite to communications.")
        + p("•\tCall the hotline.")
    )
    return _made(
        "typed.docx",
        word(body),
        ("These guidelines apply to personal accounts, as 4.2 of the code of conduct says.", "1.1"),
        ("They do not apply to the accounts of the company.", "1.2"),
        ("Please:", "2.1"),
        ("say that you speak for yourself;", "2.1 (a)"),
        ("ask before you post pictures.", "2.1 (b)"),
        ("A post should be deleted when a colleague asks for it.", "2.2"),
        ("Write to communications.", None),
        ("Call the hotline.", None),
    )


def tables() -> Made:
    """A marked head, cells merged down and across, rows numbered automatically, a table for the look, and one in another."""
    counted = [level(0, "decimal", "%1.")]
    inner = table(("Kind", "Rule"), ("Photos", "Ask everyone shown."), head=True)
    body = (
        p("Channels", "Title")
        + p("Approvals", "Heading1")
        + table(
            ("Channel", "Who", "Approval"),
            ("LinkedIn", "All employees", "None"),
            (cell("Press blog", "restart"), cell("Managers"), cell("Communications")),
            (cell("", "continue"), cell("Others"), f"<w:tc>{p('Manager, then')}{p('communications')}</w:tc>"),
            (cell("Everything else must be asked for.", span=3),),
            head=True,
        )
        + p("Steps", "Heading1")
        + table((p(num=(1, 0)), "Write a draft."), (p(num=(1, 0)), "Have it read."))
        + p("Content", "Heading1")
        + table((p("Employees must label advertising."), p("Interns too.") + inner))
        + table((p("Only a frame around this sentence."),))
    )
    return _made(
        "tables.docx",
        word(body, numbering({1: counted}), HEADINGS),
        ("LinkedIn\u2003All employees\u2003None", None),
        ("Press blog\u2003Managers\u2003Communications", None),
        ("Others\u2003Manager, then communications", None),
        ("Everything else must be asked for.", None),
        ("Write a draft.", "1"),
        ("Have it read.", "2"),
        ("Employees must label advertising.", None),
        ("Interns too.", None),
        ("Photos\u2003Ask everyone shown.", None),
        ("Only a frame around this sentence.", None),
    )


def notes() -> Made:
    """Footnotes and endnotes behind what refers to them, a text box that is there in two forms, running heads."""

    def note(kind: str, key: int, text: str) -> str:
        return f'<w:{kind} w:id="{key}">{p(raw=f"<w:r><w:{kind}Ref/></w:r>" + run(f" {text}"))}</w:{kind}>'

    box = "<w:txbxContent>" + p("Ask first: press@acme.example.") + "</w:txbxContent>"
    drawn = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    body = (
        p("Code of conduct", "Title")
        + p("Posting", "Heading1")
        + p("Employees must not post inside information", num=(1, 0), raw='<w:r><w:footnoteReference w:id="2"/></w:r>' + run("."))
        + p("They must keep to the law.", num=(1, 0), raw='<w:r><w:endnoteReference w:id="1"/></w:r>')
        + p("Help", "Heading1")
        + p("There is a mailbox for questions.", raw=drawn)
    )
    rules = '<w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    data = word(
        body,
        numbering({1: [level(0, "decimal", "%1.")]}),
        HEADINGS,
        footnotes=rules + note("footnote", 2, "Figures that are not published yet."),
        endnotes=note("endnote", 1, "Above all the Data Protection Act."),
        header=p("Acme Ltd · confidential"),
        footer=p("Page ", raw='<w:fldSimple w:instr=" PAGE ">' + run("7") + "</w:fldSimple>"),
    )
    return _made(
        "notes.docx",
        data,
        ("Employees must not post inside information.", "1"),
        ("Figures that are not published yet.", "1"),
        ("They must keep to the law.", "2"),
        ("Above all the Data Protection Act.", "2"),
        ("There is a mailbox for questions.", None),
        ("Ask first: press@acme.example.", None),
    )


def tracked() -> Made:
    """Changes not yet accepted: what is inserted counts, what is deleted is gone and not counted, what moved stands once."""
    mark = '<w:ins w:id="1" w:author="A"/>'
    gone = '<w:del w:id="2" w:author="A"/>'

    def deleted(text: str) -> str:
        return f'<w:del w:id="3" w:author="A"><w:r><w:delText>{text}</w:delText></w:r></w:del>'

    def inserted(text: str) -> str:
        return f'<w:ins w:id="4" w:author="A">{run(text)}</w:ins>'

    body = (
        p("Rules", "Heading1")
        + p("Employees ", num=(1, 0), raw=deleted("may") + inserted("must not") + run(" post pictures of clients."))
        + p(num=(1, 0), more=f"<w:rPr>{gone}</w:rPr>", raw=deleted("Nobody reads this."))
        + p(num=(1, 0), more=f"<w:rPr>{mark}</w:rPr>", raw=inserted("Ask the press office first."))
        + p("A paragraph that was ", num=(1, 0), more=f"<w:rPr>{gone}</w:rPr>")
        + p("joined with the next.", num=(1, 0))
        + p(raw=f'<w:moveFrom w:id="5" w:author="A">{run("Moved down.")}</w:moveFrom>', more='<w:rPr><w:moveFrom w:id="6"/></w:rPr>')
        + p("Contact", "Heading1")
        + p(raw=f'<w:moveTo w:id="7" w:author="A">{run("Moved down.")}</w:moveTo>')
        + p("Comments are not the text", raw='<w:commentRangeEnd w:id="8"/><w:r><w:commentReference w:id="8"/></w:r>' + run("."))
    )
    comment = f'<w:comment w:id="8">{p("Really?")}</w:comment>'
    return _made(
        "tracked.docx",
        word(body, numbering({1: [level(0, "decimal", "%1)")]}), HEADINGS, comments=comment),
        ("Employees must not post pictures of clients.", "1"),
        ("Ask the press office first.", "2"),
        ("A paragraph that was joined with the next.", "3"),
        ("Moved down.", None),
        ("Comments are not the text.", None),
    )


def controls() -> Made:
    """Contents in a content control and as a bare field, controls in and around paragraphs and cells, links, fields, hidden text."""

    def control(inside: str, gallery: str = "") -> str:
        part = f'<w:docPartObj><w:docPartGallery w:val="{gallery}"/></w:docPartObj>' if gallery else ""
        return f"<w:sdt><w:sdtPr>{part}</w:sdtPr><w:sdtContent>{inside}</w:sdtContent></w:sdt>"

    def step(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    def field(instruction: str, result: str) -> str:
        return f"{step('begin')}<w:r><w:instrText> {instruction} </w:instrText></w:r>{step('separate')}{result}{step('end')}"

    entries = p("1 Scope\t1") + p("2 Rules\t2")
    tables_of = p(raw=f"{step('begin')}<w:r><w:instrText> TOC \\h \\c </w:instrText></w:r>{step('separate')}{run('Table 1')}")
    body = (
        p("Web policy", "Title")
        + control(p("Contents", "TOCHeading") + entries, "Table of Contents")
        + tables_of
        + p("Table 2\t3", raw=step("end"))
        + p("Scope", "Heading1")
        + control(p("This policy applies to ", raw=control(run("all offices")) + run(" of the group.")))
        + p("Rules", "Heading1")
        + p(
            "See ",
            raw='<w:hyperlink w:anchor="a">'
            + run("the portal")
            + "</w:hyperlink>"
            + run(" and section ")
            + field("REF s \\r", run("4.2"))
            + run("."),
        )
        + p("Ask", raw=run(" (draft note)", more="<w:vanish/>") + run(" before you post."))
        + table((cell("Blog"), control(cell("Allowed."))))
        + p("An e", raw="<w:r><w:noBreakHyphen/></w:r>" + run("mail is no pub\u00adlic post,\u00a0but keep it po") + run("lite."))
    )
    styles = HEADINGS + style("TOCHeading", "TOC Heading", "Heading1", '<w:outlineLvl w:val="9"/>')
    return _made(
        "controls.docx",
        word(body, styles=styles),
        ("This policy applies to all offices of the group.", None),
        ("See the portal and section 4.2.", None),
        ("Ask before you post.", None),
        ("Blog\u2003Allowed.", None),
        ("An e-mail is no public post, but keep it polite.", None),
    )


def arabic() -> Made:
    """A policy written from the right, with automatic numbers; its text in the order it is read."""
    levels = [level(0, "decimal", "%1.", left=360), level(1, "decimal", "%1.%2", left=720)]
    right = "<w:bidi/>"
    body = (
        p("سياسة وسائل التواصل الاجتماعي", "Title", more=right)
        + p("القواعد", "Heading1", num=(1, 0), more=right)
        + p("يجب على الموظفين عدم نشر معلومات العملاء.", num=(1, 1), more=right)
        + p("لا يجوز التحدث باسم الشركة (Acme Ltd) دون إذن.", num=(1, 1), more=right)
        + p("الاتصال", "Heading1", num=(1, 0), more=right)
        + p("اسأل قسم الاتصالات أولاً.", num=(1, 1), more=right)
    )
    return _made(
        "arabic.docx",
        word(body, numbering({1: levels}), HEADINGS),
        ("يجب على الموظفين عدم نشر معلومات العملاء.", "1.1"),
        ("لا يجوز التحدث باسم الشركة (Acme Ltd) دون إذن.", "1.2"),
        ("اسأل قسم الاتصالات أولاً.", "2.1"),
    )


def legal() -> Made:
    """Roman articles whose clauses are legal ("2.1"), lists begun anew and continued, a list taken from a style, levels skipped."""
    articles = [
        level(0, "upperRoman", "Article %1", left=0),
        level(1, "decimal", "%1.%2", "<w:isLgl/>", left=720),
        level(2, "lowerLetter", "%3)", left=1440),
    ]
    steps = [level(0, "decimal", "%1.", left=1440), level(1, "upperLetter", "%2.", left=1800)]
    lists = {1: articles, 2: steps, 3: ['<w:styleLink w:val="Steps"/>', *steps], 4: ['<w:numStyleLink w:val="Steps"/>']}
    uses = {1: (1, ""), 2: (2, ""), 3: (2, restart(0, 1)), 5: (3, ""), 6: (4, "")}
    body = (
        p("Scope", "Heading1", num=(1, 0))
        + p("This code covers personal accounts.", num=(1, 1))
        + p("Duties", "Heading1", num=(1, 0))
        + p("Employees shall, before posting:", num=(1, 1))
        + p("read the text once more;", num=(2, 0))
        + p("leave out:", num=(2, 0))
        + p("names;", num=(2, 1))
        + p("figures.", num=(2, 1))
        + p("After posting, employees shall:", num=(1, 1))
        + p("answer questions;", num=(3, 0))
        + p("correct mistakes.", num=(3, 0))
        + p("This belongs to the item above.", left=1440)
        + p("keep a copy.", num=(3, 0))
        + p("Reports", "Heading1", num=(1, 0))
        + p("A report states:", num=(1, 1))
        + p("who posted;", num=(6, 0))
        + p("when.", num=(6, 0))
    )
    styles = HEADINGS + style("Steps", "Steps", "", '<w:numPr><w:numId w:val="5"/></w:numPr>', kind="numbering")
    return _made(
        "legal.docx",
        word(body, numbering(lists, uses), styles),
        ("This code covers personal accounts.", "1.1"),
        ("Employees shall, before posting:", "2.1"),
        ("read the text once more;", "2.1 (1)"),
        ("leave out:", "2.1 (2)"),
        ("names;", "2.1 (2) (A)"),
        ("figures.", "2.1 (2) (B)"),
        ("After posting, employees shall:", "2.2"),
        ("answer questions;", "2.2 (1)"),
        ("correct mistakes.", "2.2 (2)"),
        ("This belongs to the item above.", "2.2 (2)"),
        ("keep a copy.", "2.2 (3)"),
        ("A report states:", "3.1"),
        ("who posted;", "3.1 (1)"),
        ("when.", "3.1 (2)"),
    )


def pedoman() -> Made:
    """Indonesian names of styles, a style of one's own that builds on a heading, an outline level set by hand, bullets of symbols."""
    styles = style("Judul", "Judul") + style("Judul1", "Judul 1", letters="<w:b/>") + style("BabKami", "Bab Kami", "Judul1")
    bullets = [level(0, "bullet", "\uf0b7", left=360), level(1, "bullet", "o", left=720)]
    body = (
        p("Pedoman Media Sosial", "Judul")
        + p("PT Contoh Sejahtera", "Judul")
        + p("Tujuan", "Judul1")
        + p("Pedoman ini melindungi karyawan dan perusahaan.")
        + p("Yang boleh", "BabKami")
        + p("Karyawan boleh:")
        + p("membagikan unggahan resmi;", num=(1, 0))
        + p("menulis tentang pekerjaan, kecuali:", num=(1, 0))
        + p("gaji;", num=(1, 1))
        + p("nama pelanggan.", num=(1, 1))
        + p("Yang wajib", more='<w:outlineLvl w:val="0"/>')
        + p("", raw='<w:r><w:sym w:font="Symbol" w:char="F0B7"/><w:tab/></w:r>' + run("Minta izin sebelum mengunggah foto rekan."))
    )
    return _made(
        "pedoman.docx",
        word(body, numbering({1: bullets}), styles),
        ("Pedoman ini melindungi karyawan dan perusahaan.", None),
        ("Karyawan boleh:", None),
        ("membagikan unggahan resmi;", None),
        ("menulis tentang pekerjaan, kecuali:", None),
        ("gaji;", None),
        ("nama pelanggan.", None),
        ("Minta izin sebelum mengunggah foto rekan.", None),
    )


def manual() -> Made:
    """Two hundred pages: forty chapters, each of ten clauses with three letters, all counted by Word."""
    levels = [
        level(0, "decimal", "%1", '<w:pStyle w:val="Heading1"/>'),
        level(1, "decimal", "%1.%2"),
        level(2, "lowerLetter", "(%3)"),
    ]
    body, clauses = p("Staff manual", "Title"), []
    for chapter in range(1, 41):
        body += p(f"Subject {chapter}", "Heading1", num=(1, 0))
        for clause in range(1, 11):
            text = f"Employees in department {chapter} must keep to rule {clause} and to each of these:"
            body += p(text, num=(1, 1))
            clauses.append((text, f"{chapter}.{clause}"))
            for letter in "abc":
                text = f"condition {letter} of rule {clause} in department {chapter};"
                body += p(text, num=(1, 2))
                clauses.append((text, f"{chapter}.{clause} ({letter})"))
    return _made("manual.docx", word(body, numbering({1: levels}), HEADINGS), *clauses)


DOCUMENTS: list[Callable[[], Made]] = [
    handbook,
    contract,
    peraturan,
    typed,
    tables,
    notes,
    tracked,
    controls,
    arabic,
    legal,
    pedoman,
    manual,
]
