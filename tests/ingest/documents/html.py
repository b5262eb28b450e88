"""Web pages as organisations publish them; the expected clauses are written by reading the page, not by running the reader."""

from __future__ import annotations

from collections.abc import Callable

Made = tuple[str, bytes, list[tuple[str, str | None, int | None]]]
CELL = "\N{EM SPACE}"


def _made(name: str, page: str, *clauses: tuple[str, str | None], encoding: str = "utf-8") -> Made:
    return name, page.encode(encoding), [(clause, number, None) for clause, number in clauses]


def intranet() -> Made:
    """Navigation, a cookie banner, a table of contents, anchors and a footer around numbered sections."""
    return _made(
        "intranet.html",
        """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Social Media Policy | Acme Intranet</title>
<style>.c{color:red}</style><script>var policy = "Never shown.";</script></head>
<body class="page has-sidebar">
<a class="skip-link" href="#main">Skip to main content</a>
<header class="site-header"><a href="/">Acme</a>
<nav aria-label="Main"><ul><li><a href="/news">News</a></li><li><a href="/hr">HR</a></li></ul></nav></header>
<div id="cookie-banner" role="dialog"><p>We use cookies to make this site better.</p><button>Accept all</button></div>
<nav class="breadcrumb"><a href="/">Home</a> › <a href="/hr">HR</a> › Social media</nav>
<main id="main">
<h1>Social Media Policy<a class="headerlink" href="#social">¶</a></h1>
<div class="toc"><p>On this page</p>
<ul><li><a href="#purpose">1 Purpose</a></li><li><a href="#rules">2 Rules</a></li><li><a href="#help">3 Help</a></li></ul></div>
<!-- Draft: employees may post anything. -->
<h2 id="purpose">1. Purpose<a class="headerlink" href="#purpose">#</a></h2>
<p>1.1 This policy tells employees how to use
   social media&nbsp;well.<sup><a href="#note1">1</a></sup></p>
<h2 id="rules">2. Rules</h2>
<p>2.1 Employees must not:</p>
<ol type="a"><li>share customer data;</li><li>announce results early; or</li>
<li>speak for <strong>Acme</strong> with&shy;out leave.</li></ol>
<p>2.2 Section 2.1 does not apply to the press&#160;office &amp; its contractors.</p>
<p class="top"><a href="#main">Back to top ↑</a></p>
<h2 id="help">3. Help</h2>
<p>3.1 Ask the <a href="/people">communications team</a> when in doubt.</p>
<div style="display:none">This draft sentence is not shown.</div>
</main>
<aside><h2>News</h2><p>Canteen closed on Friday.</p></aside>
<footer><p>© 2026 Acme Ltd</p><a href="/imprint">Imprint</a></footer>
</body></html>""",
        ("This policy tells employees how to use social media well.", "1.1"),
        ("Employees must not:", "2.1"),
        ("share customer data;", "2.1 (a)"),
        ("announce results early; or", "2.1 (b)"),
        ("speak for Acme without leave.", "2.1 (c)"),
        ("Section 2.1 does not apply to the press office & its contractors.", "2.2"),
        ("Ask the communications team when in doubt.", "3.1"),
    )


def nested_lists() -> Made:
    """Lists three deep with types, starts, values, further paragraphs and text behind an inner list."""
    return _made(
        "nested.html",
        """<html><head><title>Posting rules</title></head><body><article>
<h1>Posting rules</h1>
<h2>Before you post</h2>
<ol>
 <li>Check that you may speak of it:
  <ol type="a">
   <li>your own work is yours to speak of;</li>
   <li>the work of others is not, unless
    <ol type="i"><li>they agree, and</li><li>it is public.</li></ol></li>
  </ol>
  <p>When none of this fits, ask.</p></li>
 <li><p>Say who you are.</p><p>A nickname is enough on a private account.</p></li>
 <li value="5">Keep a copy.</li>
 <li>Read it once more.</li>
</ol>
<h2>After you posted</h2>
<ol start="7"><li>Answer within a day.</li><li>Correct mistakes openly.</li></ol>
<ol reversed><li>Third</li><li>Second</li><li>First</li></ol>
<ul><li>Never argue.<ul><li>Not even when provoked.</li></ul></li><li>Never delete a comment in secret.</li></ul>
</article></body></html>""",
        ("Check that you may speak of it:", "1"),
        ("your own work is yours to speak of;", "1 (a)"),
        ("the work of others is not, unless", "1 (b)"),
        ("they agree, and", "1 (b) (i)"),
        ("it is public.", "1 (b) (ii)"),
        ("When none of this fits, ask.", "1"),
        ("Say who you are.", "2"),
        ("A nickname is enough on a private account.", "2"),
        ("Keep a copy.", "5"),
        ("Read it once more.", "6"),
        ("Answer within a day.", "7"),
        ("Correct mistakes openly.", "8"),
        ("Third", "3"),
        ("Second", "2"),
        ("First", "1"),
        ("Never argue.", None),
        ("Not even when provoked.", None),
        ("Never delete a comment in secret.", None),
    )


def tables() -> Made:
    """Tables with a head, with spans, without head tags, one for the look of the page only, and a list of terms."""
    return _made(
        "tables.html",
        """<!doctype html><html><head><title>Channels</title></head><body><main>
<h1>Channels</h1>
<h2>1 Who may post</h2>
<table><caption>Table 1: accounts</caption>
<thead><tr><th>Channel</th><th>Who</th><th>Approval</th></tr></thead>
<tbody><tr><td>LinkedIn</td><td>All employees</td><td>None</td></tr>
<tr><td rowspan="2">Press blog</td><td>Managers</td><td>Communications team</td></tr>
<tr><td>Others</td><td><p>Manager, then</p><p>communications team</p></td></tr></tbody></table>
<h2>2 What is checked</h2>
<table><tr><td><b>Kind</b></td><td><b>Rule</b></td></tr><tr><td>Photos</td><td>Ask everyone shown.</td></tr>
<tr><td colspan="2">Videos are treated as photos are.</td></tr></table>
<table role="presentation"><tr><td><p>Employees must label advertising.</p></td><td><p>Interns too.</p></td></tr></table>
<h2>3 Terms</h2>
<dl><dt>Post</dt><dd>Anything put on the internet.</dd><dt>Account</dt><dd>A name on a platform.</dd><dd>Also a page.</dd></dl>
</main></body></html>""",
        ("Table 1: accounts", "1"),
        (f"LinkedIn{CELL}All employees{CELL}None", "1"),
        (f"Press blog{CELL}Managers{CELL}Communications team", "1"),
        (f"Others{CELL}Manager, then communications team", "1"),
        (f"Photos{CELL}Ask everyone shown.", "2"),
        ("Videos are treated as photos are.", "2"),
        ("Employees must label advertising.", "2"),
        ("Interns too.", "2"),
        (f"Post{CELL}Anything put on the internet.", "3"),
        (f"Account{CELL}A name on a platform.", "3"),
        ("Also a page.", "3"),
    )


def peraturan() -> Made:
    """An Indonesian regulation: BAB and Pasal in centred paragraphs, ayat typed, letters in lists."""
    return _made(
        "peraturan.html",
        """<!DOCTYPE html><html lang="id"><head><meta charset="utf-8"><title>Peraturan Media Sosial - PT Maju</title></head><body>
<div class="header"><div class="menu">
<ul><li><a href="/">Beranda</a></li><li><a href="/profil">Profil</a></li><li><a href="/kontak">Kontak</a></li></ul></div></div>
<div id="content">
<h1>Peraturan Direksi tentang Media Sosial</h1>
<p style="text-align:center"><strong>BAB I<br>KETENTUAN UMUM</strong></p>
<p style="text-align:center"><b>Pasal 1</b></p>
<p>Dalam peraturan ini yang dimaksud dengan:</p>
<ol type="a"><li>karyawan adalah setiap orang yang bekerja di perusahaan;</li><li>akun resmi adalah akun atas nama perusahaan.</li></ol>
<p style="text-align:center"><strong>BAB II</strong></p><p style="text-align:center"><strong>LARANGAN</strong></p>
<p style="text-align:center"><b>Pasal 2</b></p>
<p>(1) Karyawan dilarang:</p>
<ol style="list-style-type: lower-alpha"><li>membagikan data pelanggan;</li>
<li>mengatasnamakan perusahaan sebagaimana dimaksud dalam Pasal 1.</li></ol>
<p>(2) Larangan pada ayat (1) berlaku juga bagi karyawan magang.</p>
<p style="text-align:center"><b>Pasal 3</b></p>
<p>Setiap karyawan wajib meminta izin kepada bagian komunikasi.</p>
<p><a href="#content">Kembali ke atas</a></p>
</div>
<div class="footer"><p>Hak cipta PT Maju</p></div>
</body></html>""",
        ("Dalam peraturan ini yang dimaksud dengan:", "Pasal 1"),
        ("karyawan adalah setiap orang yang bekerja di perusahaan;", "Pasal 1 (a)"),
        ("akun resmi adalah akun atas nama perusahaan.", "Pasal 1 (b)"),
        ("Karyawan dilarang:", "Pasal 2 (1)"),
        ("membagikan data pelanggan;", "Pasal 2 (1) (a)"),
        ("mengatasnamakan perusahaan sebagaimana dimaksud dalam Pasal 1.", "Pasal 2 (1) (b)"),
        ("Larangan pada ayat (1) berlaku juga bagi karyawan magang.", "Pasal 2 (2)"),
        ("Setiap karyawan wajib meminta izin kepada bagian komunikasi.", "Pasal 3"),
    )


def div_soup() -> Made:
    """Nothing but boxes, spans and line breaks; numbers in boxes of their own; a sidebar without a landmark."""
    return _made(
        "soup.htm",
        """<html><head><title>Blogging at Foo :: Foo Wiki</title></head><body>
<div class="sidebar"><div><a href="/1">Recent changes</a></div>
<div><a href="/2">All pages</a></div><div><a href="/3">Random page</a></div></div>
<div class="wrap"><div class="inner">
<div role="heading" aria-level="1">Blogging at Foo</div>
<div><span style="font-weight:bold">4. Content</span></div>
<div class="row"><div class="num">4.1</div>
<div class="txt">Bloggers must write in their own name, and never in the name of the company.</div></div>
<div class="row"><div class="num">4.2</div><div class="txt">Bloggers must not:</div></div>
<div class="row"><div class="num">(a)</div><div class="txt">publish source code without a licence;</div></div>
<div class="row"><div class="num">(b)</div><div class="txt">publish what a customer told them.</div></div>
<div><span style="font-weight:bold">5. Comments</span></div>
<div>5.1 Answer every comment within two working days, and be kind about it.<br>5.2 Remove comments only when they break the law.<br>
     Say that you did.<br><br>Ask the legal team when you are not certain what the law is.</div>
</div></div>
</body></html>""",
        ("Bloggers must write in their own name, and never in the name of the company.", "4.1"),
        ("Bloggers must not:", "4.2"),
        ("publish source code without a licence;", "4.2 (a)"),
        ("publish what a customer told them.", "4.2 (b)"),
        ("Answer every comment within two working days, and be kind about it.", "5.1"),
        ("Remove comments only when they break the law. Say that you did.", "5.2"),
        ("Ask the legal team when you are not certain what the law is.", "5.2"),
    )


def from_word() -> Made:
    """What Word saves as a web page: numbers in spans to be ignored, bullets in fonts of symbols, Windows-1252."""

    def item(level: int, mark: str, text: str, font: str = "") -> str:
        return (
            f"<p class=MsoListParagraph style='margin-left:{36 * level}.0pt;text-indent:-18.0pt;mso-list:l0 level{level} lfo1'>"
            f"<![if !supportLists]><span style='mso-list:Ignore'><span{font}>{mark}</span><span style='font:7.0pt \"Times New Roman\"'>"
            f"&nbsp;&nbsp;&nbsp; </span></span><![endif]>{text}<o:p></o:p></p>"
        )

    symbol = " style='font-family:Symbol'"
    return _made(
        "word.htm",
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>'
        '<meta http-equiv=Content-Type content="text/html; charset=windows-1252"><title>Social media – guidance</title>'
        "<style><!-- p.MsoNormal {margin:0cm} --></style></head><body lang=EN-GB><div class=WordSection1>"
        "<p class=MsoTitle>Social media – guidance</p>"
        "<p class=MsoToc1><a href='#_Toc1'>1. Conduct<span>........</span>2</a></p>"
        "<h1 style='mso-list:l1 level1 lfo2'><![if !supportLists]>"
        "<span style='mso-list:Ignore'>1.<span>&nbsp; </span></span><![endif]>Conduct</h1>"
        "<p class=MsoNormal>Staff – all of them – must follow the rules\r\nbelow:<o:p></o:p></p>"
        + item(1, "a)", "never share a customer’s data;")
        + item(2, "i)", "neither in public,")
        + item(2, "ii)", "nor in a private message;")
        + item(1, "b)", "never announce results.")
        + "<h1><span style='mso-list:Ignore'>2.<span>&nbsp; </span></span>Advice</h1>"
        "<p class=MsoNormal>Good posts are:</p>"
        + item(1, "·", "short,", symbol)
        + item(1, "·", "true.", symbol)
        + "<p class=MsoListParagraph style='margin-left:36.0pt;text-indent:-18.0pt'><span style='font-family:Symbol'>·<span "
        "style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span>Kind ones are read twice.</p>"
        "<p class=MsoNormal><span style='display:none;mso-hide:all'>Hidden by the author.</span>Costs of more than €10 need leave.</p>"
        "</div></body></html>",
        ("Staff – all of them – must follow the rules below:", "1"),
        ("never share a customer’s data;", "1 (a)"),
        ("neither in public,", "1 (a) (i)"),
        ("nor in a private message;", "1 (a) (ii)"),
        ("never announce results.", "1 (b)"),
        ("Good posts are:", "2"),
        ("short,", "2"),
        ("true.", "2"),
        ("Kind ones are read twice.", "2"),
        ("Costs of more than €10 need leave.", "2"),
        encoding="windows-1252",
    )


def weblog() -> Made:
    """A post of a weblog: the article among widgets, sharing links, comments and related posts."""
    return _made(
        "weblog.html",
        """<!DOCTYPE html><html lang="en-US"><head><meta charset="UTF-8"><title>Our blogging guidelines – Example Corp</title>
<meta property="og:title" content="Our blogging guidelines"></head>
<body class="post-template single single-post menu-open">
<div id="page" class="site"><header id="masthead" class="site-header"><p class="site-title"><a href="/">Example Corp</a></p>
<nav id="site-navigation"><button aria-controls="primary-menu">Menu</button>
<ul id="primary-menu"><li><a href="/about">About</a></li></ul></nav></header>
<div id="content" class="site-content"><div id="primary" class="content-area"><main id="main" class="site-main">
<article id="post-7" class="post type-post">
<header class="entry-header"><h1 class="entry-title">Our blogging guidelines</h1>
<div class="entry-meta">Posted on <a href="/d">1 May 2026</a> by <a href="/a">ann</a></div></header>
<div class="entry-content">
<p>These guidelines are for everyone at Example Corp who blogs.</p>
<h3>Be yourself</h3>
<ul class="wp-block-list"><li>Write in the first person.</li><li>Say that your opinions are your own.</li></ul>
<h3>Be careful</h3>
<blockquote class="wp-block-quote"><p>When in doubt, ask your manager first.</p></blockquote>
<ul style="list-style:none"><li>(a) Do not publish secrets.</li><li>(b) Do not name customers without their leave.</li></ul>
<figure><img src="x.png" alt="A chart"><figcaption>Nobody was fired for a post that was asked about.</figcaption></figure>
<div class="sharedaddy"><h3>Share this:</h3><ul><li><a href="https://x.example">X</a></li></ul></div>
<div id="jp-relatedposts" class="jp-relatedposts"><h3>Related</h3><a href="/r">Another post</a></div>
</div>
<footer class="entry-footer"><span class="tags">Tagged <a href="/t">blog</a></span></footer></article>
<nav class="navigation post-navigation"><a href="/p">Previous post</a></nav>
<div id="comments" class="comments-area"><h2>2 thoughts</h2><ol class="comment-list"><li>You must not believe this.</li></ol>
<form><label>Comment</label><textarea></textarea><button>Post Comment</button></form></div>
</main></div>
<aside id="secondary" class="widget-area">
<section class="widget"><h2>Recent Posts</h2><ul><li><a href="/r1">One</a></li></ul></section></aside></div>
<footer id="colophon" class="site-footer">Proudly powered by a press</footer></div></body></html>""",
        ("These guidelines are for everyone at Example Corp who blogs.", None),
        ("Write in the first person.", None),
        ("Say that your opinions are your own.", None),
        ("When in doubt, ask your manager first.", None),
        ("Do not publish secrets.", "a"),
        ("Do not name customers without their leave.", "b"),
        ("Nobody was fired for a post that was asked about.", None),
    )


def right_to_left() -> Made:
    """An Arabic page, right to left, with an English part and numbers typed and automatic."""
    return _made(
        "arabic.html",
        """<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>سياسة التواصل الاجتماعي</title></head><body>
<nav><a href="/">الرئيسية</a></nav>
<main><h1>سياسة التواصل الاجتماعي</h1>
<h2>1. القواعد</h2>
<p>1.1 يجب على الموظفين حماية بيانات العملاء.</p>
<p>1.2 لا يجوز للموظفين:</p>
<ol><li>نشر أسرار الشركة؛</li><li>التحدث باسم الشركة.</li></ol>
<p dir="ltr" lang="en">1.3 Employees must ask before they post.</p></main></body></html>""",
        ("يجب على الموظفين حماية بيانات العملاء.", "1.1"),
        ("لا يجوز للموظفين:", "1.2"),
        ("نشر أسرار الشركة؛", "1.2 (1)"),
        ("التحدث باسم الشركة.", "1.2 (2)"),
        ("Employees must ask before they post.", "1.3"),
    )


def handbook() -> Made:
    """Forty chapters of five sections with lists: a long page with its contents before it."""
    parts = [f'<li><a href="#c{chapter}">{chapter}. Chapter {chapter}</a></li>' for chapter in range(1, 41)]
    page = f"<h1>Handbook</h1><h2>Contents</h2><ul>{''.join(parts)}</ul>"
    clauses: list[tuple[str, str | None]] = []
    for chapter in range(1, 41):
        page += f'<section id="c{chapter}"><h2>{chapter}. Chapter {chapter}</h2>'
        for section in range(1, 6):
            text = f"Whoever works in area {chapter} keeps rule {section} of it:"
            items = [f"before the working day of area {chapter} begins;", f"until task {section} is done."]
            page += f'<p><b>{chapter}.{section}</b> {text}</p><ol type="i"><li>{items[0]}</li><li><p>{items[1]}</p></li></ol>'
            number = f"{chapter}.{section}"
            clauses += [(text, number), (items[0], f"{number} (i)"), (items[1], f"{number} (ii)")]
        page += "</section>"
    return _made(
        "handbook.xhtml",
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><title>Handbook</title><script src="x.js" /></head><body><a id="top" />'
        f"<div>{page}</div></body></html>",
        *clauses,
    )


def accordion() -> Made:
    """Questions that unfold: panels hidden until a button shows them, details with a summary, section signs."""
    return _made(
        "faq.html",
        """<!doctype html><html><head><title>FAQ</title></head><body>
<form action="/all" id="aspnetForm"><input type="hidden" name="state" value="x">
<div role="main"><h1>Social media: questions and answers</h1>
<h2><button aria-controls="p1" aria-expanded="false">§ 1 Can I post a photo of the office?</button></h2>
<div id="p1" hidden><p>You may, once your manager agrees.</p></div>
<h2><button data-bs-toggle="collapse" data-bs-target="#p2">§ 2 Can I name a customer?</button></h2>
<div id="p2" class="collapse" style="display: none"><p>Never without their written leave.</p></div>
<h2>§ 3 Others</h2>
<details><summary>May I answer a journalist?</summary><p>Pass the question on to the press office.</p></details>
<p><i class="icon" aria-hidden="true">warning</i> Ask when in doubt.</p>
<p hidden>An old answer.</p></div></form></body></html>""",
        ("You may, once your manager agrees.", "§ 1"),
        ("Never without their written leave.", "§ 2"),
        ("May I answer a journalist?", "§ 3"),
        ("Pass the question on to the press office.", "§ 3"),
        ("Ask when in doubt.", "§ 3"),
    )


def from_google() -> Made:
    """What Google Docs exports: inner lists behind outer ones, numbers and bold text in the style sheet."""
    style = (
        '.lst-kix_x-0>li:before{content:"" counter(lst-ctn-kix_x-0,decimal) ". "}'
        '.lst-kix_x-1>li:before{content:"(" counter(lst-ctn-kix_x-1,lower-latin) ") "}'
        '.lst-kix_y-0>li:before{content:"\\0025cf  "}ul.lst-kix_y-0{list-style-type:none}ol.lst-kix_x-0{list-style-type:none}'
        ".c1{font-weight:700}.c2{color:#000;font-weight:400}"
    )
    return _made(
        "google.html",
        f"""<html><head><meta content="text/html; charset=UTF-8" http-equiv="content-type"><style type="text/css">{style}</style></head>
<body class="c9 doc-content"><p class="c3 title"><span class="c1">Acceptable posts</span></p>
<p class="c3"><span class="c1">Rules</span></p>
<p class="c3"><span class="c2">These rules bind all who work for us.</span></p>
<ol class="c5 lst-kix_x-0 start" start="1"><li class="c4 li-bullet-0"><span class="c2">Staff must not post:</span></li></ol>
<ol class="c5 lst-kix_x-1 start" start="1"><li class="c4"><span class="c2">confidential data;</span></li><li class="c4">
<span class="c2">pictures of visitors.</span></li></ol>
<ol class="c5 lst-kix_x-0" start="2"><li class="c4"><span class="c2">Staff must ask first when unsure.</span></li></ol>
<p class="c3"><span class="c1">Tips</span></p>
<ul class="c5 lst-kix_y-0 start"><li class="c4"><span class="c2">Be </span><span class="c1">brief</span><span class="c2">.</span></li></ul>
</body></html>""",
        ("These rules bind all who work for us.", None),
        ("Staff must not post:", "1"),
        ("confidential data;", "1 (a)"),
        ("pictures of visitors.", "1 (b)"),
        ("Staff must ask first when unsure.", "2"),
        ("Be brief.", None),
    )


def legal() -> Made:
    """Sections counted by the style sheet ("1.1"), as many legal pages print them."""
    style = 'ol.law{counter-reset:item;list-style:none} ol.law > li::before{content:counters(item, ".") " ";counter-increment:item}'
    return _made(
        "legal.html",
        f"""<!doctype html><html><head><title>Terms</title><style>{style}</style></head><body><main><h1>Terms for contributors</h1>
<ol class="law"><li>Contributions
  <ol class="law"><li>You may contribute only what you wrote yourself.</li><li>You must not contribute:
    <ol type="a"><li>code under another licence;</li><li>data of customers.</li></ol></li></ol></li>
<li>Conduct
  <ol class="law"><li>Be kind.</li></ol></li></ol></main></body></html>""",
        ("You may contribute only what you wrote yourself.", "1.1"),
        ("You must not contribute:", "1.2"),
        ("code under another licence;", "1.2 (a)"),
        ("data of customers.", "1.2 (b)"),
        ("Be kind.", "2.1"),
    )


def wiki() -> Made:
    """A wiki's page: edit links, a jump to the search, a box of contents, notes at the foot, categories."""
    return _made(
        "wiki.html",
        """<!DOCTYPE html><html class="client-nojs" lang="id"><head><meta charset="UTF-8"><title>Panduan blog - Wiki Maju</title></head>
<body class="mediawiki skin-vector"><div id="mw-page-base" class="noprint"></div>
<div id="content" class="mw-body" role="main"><a id="top"></a>
<h1 id="firstHeading" class="firstHeading">Panduan blog</h1>
<div id="siteSub" class="noprint">Dari Wiki Maju</div><a class="mw-jump-link" href="#mw-head">Lompat ke navigasi</a>
<div class="mw-parser-output"><p>Panduan ini berlaku bagi semua karyawan yang menulis blog.<sup
class="reference"><a href="#cite_note-1">[1]</a></sup></p>
<div id="toc" class="toc"><div class="toctitle"><h2>Daftar isi</h2></div>
<ul><li><a href="#A"><span>1</span> <span>Sebelum menulis</span></a></li>
<li><a href="#B"><span>2</span> <span>Sesudah menulis</span></a></li>
<li><a href="#C">3 Catatan kaki</a></li></ul></div>
<h2><span class="mw-headline" id="A">Sebelum menulis</span><span class="mw-editsection">[<a href="/e1">sunting</a>]</span></h2>
<ol><li>Baca panduan ini.</li>
<li>Tanyakan kepada atasan:<ul><li>bila ragu; atau</li><li>bila menyebut pelanggan.</li></ul></li></ol>
<h2><span class="mw-headline" id="B">Sesudah menulis</span><span class="mw-editsection">[<a href="/e2">sunting</a>]</span></h2>
<table class="wikitable"><tbody><tr><th>Keadaan</th><th>Tindakan</th></tr>
<tr><td>Ada kesalahan</td><td>Perbaiki secara terbuka.</td></tr></tbody></table>
</div>
<div class="printfooter">Diperoleh dari "https://wiki.example/blog"</div>
<div id="catlinks" class="catlinks">Kategori: <a href="/k">Panduan</a></div></div>
<div id="footer" role="contentinfo"><ul><li>Halaman ini terakhir diubah kemarin.</li></ul></div></body></html>""",
        ("Panduan ini berlaku bagi semua karyawan yang menulis blog.", None),
        ("Baca panduan ini.", "1"),
        ("Tanyakan kepada atasan:", "2"),
        ("bila ragu; atau", "2"),
        ("bila menyebut pelanggan.", "2"),
        (f"Ada kesalahan{CELL}Perbaiki secara terbuka.", None),
    )


DOCUMENTS: list[Callable[[], Made]] = [
    intranet,
    nested_lists,
    tables,
    peraturan,
    div_soup,
    from_word,
    weblog,
    right_to_left,
    handbook,
    accordion,
    from_google,
    legal,
    wiki,
]
