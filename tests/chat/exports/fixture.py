"""A comparison small enough to check by eye: a draft, four published policies, 25 practices of which three matter."""

from __future__ import annotations

import numpy as np

from chat.exports import Report
from kb.clause import Authority, Clause, Modality, Policy
from kb.compare import Comparison, Sheet, compare
from kb.coverage import Counts
from kb.quality import Note
from kb.standing import Bounds, Relation, Stance

FORMULA = '=HYPERLINK("http://evil.example","click")'
MARKUP = "<script>alert(1)</script> **bold** | pipe [link](http://evil.example) `code` # not a heading"
CONTROLS = "Never post\x00 a bell\x07 or an escape\x1b[31m."
HOSTILE = (FORMULA, MARKUP, CONTROLS, "+1 for posting", "-- drop it", "@everyone may post", "1. Not a list", "> not a quotation")
ENGLISH = {22: "Ask before you tell a customer's story", 18: "Say who you are", 25: "When in doubt, ask"}
INDONESIAN = {22: "Minta izin sebelum menceritakan pelanggan", 18: "Sebutkan siapa Anda", 25: "Kalau ragu, tanya"}


def policy(name: str, sector: str | None = None, coverage: str = "full", lang: str = "en") -> Policy:
    """A published policy called by its id."""
    return Policy(
        name, f"{name.title()} Guidelines", lang, Authority.REFERENCE, f"{name.title()} Inc.", sector, "US", published="2015",
        coverage=coverage, url=f"https://{name}.example/policy", missing="chapters 3 to 9" if coverage == "partial" else None,
    )  # fmt: skip


def sheet(of: Policy, *said: tuple[str, int, Stance]) -> Sheet:
    """Clauses that stand so to one practice each; a clause's vector points at its practice."""
    clauses = tuple(
        Clause(
            f"{of.id}/{at}", of, text, Modality.MUST, heading=("Conduct",), number=f"4.{at}", page=at, topics=("respect",),
            practices=(number,),
        )
        for at, (text, number, _) in enumerate(said, 1)
    )  # fmt: skip
    vectors = np.zeros((len(said), 25), np.float32)
    stances = np.zeros((len(said), 25, 3), np.float32)
    for at, (_, number, stance) in enumerate(said):
        vectors[at, number - 1] = 1
        stances[at, number - 1, stance] = 0.9
    return Sheet(of, clauses, vectors, stances)


PUBLISHED = (
    sheet(
        policy("alpha", "government"),
        ("Ask a customer before you tell their story.", 22, Stance.SAME),
        ("Say where you work.", 18, Stance.SAME),
    ),
    sheet(policy("beta", "government"), ("Get a customer's consent in writing.", 22, Stance.SAME)),
    sheet(policy("gamma", "media", "partial"), ("State your affiliation.", 18, Stance.SAME)),
    sheet(policy("delta", "media"), *((text, 25, Stance.SAME) for text in HOSTILE)),
)
DRAFT = policy("handbook", "government")
DRAFTED = sheet(
    DRAFT,
    ("Staff may share customers' stories without asking them.", 22, Stance.OPPOSITE),
    ("Name your employer when you recommend our products.", 18, Stance.SAME),
    *((text, 1, Stance.SAME) for text in HOSTILE),
)
EMPTY = sheet(DRAFT)
NOTES = (
    Note("ambiguous", DRAFTED.clauses[1], "Name your employer", sources=("https://source.example/judgement",)),
    Note("legal", DRAFTED.clauses[0], "without asking them", {"rule": "criticism"}, ("Stericycle, Inc., 372 NLRB No. 113 (2023)",)),
    Note("no-contact"),
)


def comparison(draft: Sheet | None, *named: Sheet) -> Comparison:
    """The draft beside the published policies, and rule by rule beside the named ones: alike where their practice is the same."""
    rules = {number: np.eye(25, dtype=np.float32)[number - 1] for number in range(1, 26)}
    related = []
    for other in named:
        alike = draft.vectors @ other.vectors.T if draft else np.zeros((0, 0))
        relations = np.zeros((*alike.shape, 4), np.float32)
        relations[..., Relation.SAME], relations[..., Relation.UNRELATED] = alike, 1 - alike
        related.append((other, relations))
    return compare(draft, PUBLISHED, rules, ("respect",), Bounds(), related)


def report(draft: Sheet | None = DRAFTED, lang: str = "en", *named: Sheet) -> Report:
    """A whole report with notes where there is a draft."""
    told = ENGLISH if lang == "en" else INDONESIAN
    titles: dict[int | str, str] = {
        number: told.get(number, f"{'Practice' if lang == 'en' else 'Praktik'} {number}") for number in range(1, 26)
    }
    return Report(
        comparison(draft, *named),
        NOTES if draft and draft.clauses else (),
        lang,
        "2026-03-01",
        "0123456789abcdef",
        titles | {"respect": "Respect" if lang == "en" else "Sopan santun"},
        {number: f"fact of {number}" for number in range(1, 26)},
        {number: f"[Somebody] settles {number}." for number in range(1, 26)},
        {22: (("Consent in writing or not", "Beta wants it in writing, Alpha does not say."),)},
        {number: Counts(f"the whole of {number}", f"a piece of {number}") for number in range(1, 26)},
    )
