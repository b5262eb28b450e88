"""A small knowledge base for the screens: our rules in two languages, another's, one past, one for the board, one hostile."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from chat.answer import Contact
from chat.contacts import Contacts
from kb.clause import Authority, Clause, Modality, Policy
from kb.glossary import Glossary
from kb.lexical import Lexical
from kb.manifest import SCHEMA, Manifest
from kb.search import KnowledgeBase
from kb.store import ChromaStore
from tests.conftest import LetterEmbedder

# Everything that a browser may run where it is not escaped, one a way in.
PAYLOADS = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</option></select><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img/src/onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script href=data:,alert(1) />",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<marquee onstart=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<base href=https://example.com/>",
    "<meta http-equiv=refresh content=0;url=javascript:alert(1)>",
    "<link rel=stylesheet href=https://example.com/x.css>",
    "<style>@import 'https://example.com/x.css'</style>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    '" onmouseover=alert(1) x="',
    "' onmouseover='alert(1)' x='",
    '" autofocus onfocus=alert(1) "',
    "` onerror=alert(1)",
    "javascript:alert(1)",
    "jav\tascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\\u003cscript\\u003ealert(1)",
    "${alert(1)}{{constructor.constructor('alert(1)')()}}",
    "<\x00script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "\U0001f600\u202e<img src=x onerror=alert(1)>",
)


def library(folder: Path, more: Sequence[Clause] = ()) -> KnowledgeBase:
    """The knowledge base, with `more` in it."""
    clauses = [*_house(), *_practices(), *_others(), *more]
    embedder = LetterEmbedder()
    ChromaStore.create(folder / "chroma", clauses, embedder.embed([c.embedded for c in clauses]))
    owners = {f"{c.policy.id}@{c.lang}": c.policy for c in clauses}
    manifest = Manifest(
        schema=SCHEMA,
        digest="0123456789abcdef",
        model=embedder.model,
        corpus="test",
        policies=owners,
        clauses={c.key: (c.hash, f"{c.policy.id}@{c.lang}") for c in clauses},
        stats={},
        refused={},
        built="2026-03-09T08:00:00+00:00",
    )
    lexical = {lang: Lexical.build({c.key: c.embedded for c in clauses if c.lang == lang}, lang) for lang in ("en", "id")}
    return KnowledgeBase(manifest, ChromaStore.open(folder / "chroma", owners), lexical, embedder, Glossary([]))


def people() -> Contacts:
    """Two contacts, and a topic with a name."""

    def both(name: str) -> dict[str, Contact]:
        return {name: Contact(name, name.title(), f"{name}@example.com")}

    named = both("legal") | both("press")
    return Contacts(
        by_lang={"en": named, "id": named},
        default="press",
        by_topic={"logos": "legal"},
        topic_names={"en": {"logos": "Logos and names"}, "id": {"logos": "Logo dan nama"}},
    )


def _house() -> list[Clause]:
    policy = Policy(
        id="house/rules",
        title="House rules",
        lang="en",
        authority=Authority.BINDING,
        organisation="Acme",
        sector="technology",
        country="ID",
        version="3.1",
        published="2025-12-01",
        effective_from="2026-01-01",
        url="https://intranet.example/rules?a=1&b=2",
        url_is="publisher",
    )
    logos, names = ("4 Logos",), ("4 Logos", "4.1 Names")
    made = (
        ("3/1", "Greet people kindly.", ("3 Manners",), None, "", (5,), ("respect",)),
        ("4/a", "Ask the customer before you show a logo.", logos, "(a)", "Before posting, staff:", (22,), ("logos",)),
        ("4/b", "Keep the customer's written consent for a logo.", logos, "(b)", "Before posting, staff:", (22,), ("logos",)),
        ("4.1/1", "Never name a customer without consent.", names, None, "", (22,), ("logos",)),
        ("5/1", "Take part where it is useful.", ("5 Taking part",), None, "", (1,), ()),
    )
    return [
        Clause(
            *(f"house/rules/{place}", policy, text, Modality.MUST, heading, number, lead, topics, practices),
            start=100 * at,
            page=at + 1,
        )
        for at, (place, text, heading, number, lead, practices, topics) in enumerate(made)
    ]


def _practices() -> list[Clause]:
    texts = {"en": "A customer agrees to a logo first.", "id": "Pelanggan menyetujui logo lebih dulu."}
    titles = {"en": ("The practices", "22 Customers agree first"), "id": ("Praktik kita", "22 Pelanggan setuju dulu")}
    return [
        Clause(
            "practices/22/1",
            Policy("practices", titles[lang][0], lang, Authority.BINDING),
            *(text, Modality.MUST, (titles[lang][1],), "22", "", ("logos",), (22,)),
        )
        for lang, text in texts.items()
    ]


def _others() -> list[Clause]:
    reference = Policy("beta", "Beta guide", "en", Authority.REFERENCE, "Beta", "media", "GB", url="http://beta.example/guide")
    past = Policy("past", "Past rules", "en", Authority.BINDING, effective_to="2020-01-01")
    board = Policy("board", "Board rules", "en", Authority.BINDING, groups=("board",))
    return [
        Clause("beta/1", reference, "Show a customer's logo only with consent.", Modality.MUST, ("Logos",), practices=(22,)),
        Clause("beta/2", reference, "Show a logo once a customer consents.", Modality.MAY, ("Logos",), practices=(22,), start=50),
        Clause("past/1", past, "A logo was allowed.", Modality.MAY, ("Logos",), practices=(22,)),
        Clause("board/1", board, "A logo of the board.", Modality.MAY, ("Logos",), practices=(22,)),
    ]
