"""Notes on how a draft is written: what is vague, leads nowhere or is hard to read, and where law may have a say. Pure.

Patterns are narrow on purpose: a note that is wrong costs an author more than one that is lacking. Legal notes are information with
their source, never advice. Readability is the automated readability index (a United States school grade) for English and LIX for
Indonesian, which counts long words and needs no syllables; Flesch and Kincaid's grade needs a dictionary that is downloaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kb.clause import Clause, Modality
from kb.quality_words import LEGAL, Rule

LONGEST = 45  # words of a sentence
HARDEST = {"en": 16.0, "id": 60.0}
_ENOUGH = 120  # words of a text whose readability means anything
_BANS = frozenset({Modality.MUST_NOT, Modality.SHOULD_NOT})
_SENTENCE = re.compile(r"[^.!?;]+[.!?;]?(?:\s+|$)")
_WORD = re.compile(r"\w[\w'-]*")


@dataclass(frozen=True, slots=True)
class Note:
    """One remark: what kind, on which clause (`None`: the whole draft), its exact words (empty where none), data, sources.

    `detail` holds what the words of a report may fill in: `measure` and `value`, `words`, `reference`, `term` or `rule`.
    """

    kind: str
    clause: Clause | None = None
    text: str = ""
    detail: Mapping[str, str | float] = field(default_factory=dict)
    sources: tuple[str, ...] = ()


_VAGUE = {
    "en": re.compile(r"\b(?:common sense|good (?:judg(?:e)?ment|sense)|(?:be|stay) careful|(?:where|when|as|if) appropriate)\b", re.I),
    "id": re.compile(r"\b(?:akal sehat|(?:secara |dengan |bersikap )?bijak(?:sana)?|sewajarnya|seperlunya)\b", re.I),
}
# What makes a vague duty say more than itself: a reason, an example, a condition, someone to ask.
_EXPLAINED = re.compile(
    r"\b(?:for example|such as|e\.g|because|if|before|never|do not|don't|ask|contact|misalnya|seperti|contoh|karena|bila|jika|"
    r"sebelum|jangan|tanya\w*|hubungi)\b|[:(]",
    re.I,
)
_RULELIKE = {
    "en": re.compile(r"^(?:it is (?:important|essential|advisable|desirable)|we (?:expect|hope|prefer|ask)|employees (?:try|aim))\b", re.I),
    "id": re.compile(r"^(?:(?:sangat )?penting (?:untuk|bagi)|kami (?:berharap|mengharapkan)|diharapkan)\b", re.I),
}
_CONTACT = re.compile(
    r"@\w|\b\d{3}[\d -]{3,}\d\b|\b(?:contact|ask|consult|speak to|talk to|turn to|check with|call|e-?mail|refer(?:red)? to|report to|"
    r"(?:approval|permission|guidance) (?:from|of))\b|\b(?:hubungi|menghubungi|tanya\w*|bertanya|konsultasi\w*|berkonsultasi|lapor\w*|"
    r"melapor\w*|izin (?:dari|kepada)|persetujuan)\b",
    re.I,
)
_ESCALATION = re.compile(
    r"\b(?:report|notify|inform|alert|escalat\w+|tell|raise|forward(?:ed)?|refer(?:red)?|hand(?:ed)? (?:on|over)|"
    r"pass(?:ed)? (?:it )?(?:on|to)|let .{1,40} know)\b"
    r"|\b(?:lapor\w*|melapor\w*|beri tahu|diberi tahu|memberi ?tahu|sampaikan|teruskan|diteruskan|eskalasi)\b",
    re.I,
)
_REFERENCE = re.compile(
    r"\b(?:see|under|in|per|lihat|dalam|pada|sesuai) (?P<whole>(?:(?P<kind>section|clause|paragraph|article|annex|appendix|chapter|pasal|"
    r"lampiran|bab|butir) )?(?P<place>\d+(?:\.\d+)+|(?<=section )\d+|(?<=clause )\d+|(?<=article )\d+|(?<=paragraph )\d+|(?<=chapter )\d+|"
    r"(?<=annex )[A-Z0-9]\b|(?<=appendix )[A-Z0-9]\b|(?<=pasal )\d+|(?<=bab )[IVX]+\b|(?<=lampiran )[A-Z0-9]+\b|(?<=butir )\d+)"
    r"(?![\d.]*\d))"
    r"(?! *(?:of|from|dari|[Uu]ndang|UU|PP|[Pp]eraturan|ayat \(\d+\) (?:UU|Undang)|to the)\b)",
    re.I,
)
_DEFINED = re.compile(r"[\"“](?P<term>[^\"”“]{2,40})[\"”] (?:means?|refers? to|is (?:any|every|a|an|the)|adalah|berarti|ialah)\b")


def notes(clauses: Sequence[Clause], lang: str) -> tuple[Note, ...]:
    """Everything that stands out in a draft in `lang`, clause by clause, then of the whole; nothing for an empty one."""
    if not clauses:
        return ()
    lang = lang if lang in HARDEST else "en"
    found = [note for clause in clauses for note in _of_clause(clause, lang, clauses)]
    return (*found, *_unused(clauses), *_of_whole(clauses, lang))


def _of_clause(clause: Clause, lang: str, clauses: Sequence[Clause]) -> Iterator[Note]:
    text = clause.text
    for sentence in (m[0].strip() for m in _SENTENCE.finditer(text)):
        vague = _VAGUE[lang].search(sentence)
        if (
            vague
            and clause.modality is not Modality.INFO
            and len(_WORD.findall(sentence)) <= 18
            and not _EXPLAINED.search(sentence.replace(vague[0], ""))
        ):
            yield Note("ambiguous", clause, vague[0])
        if (length := len(_WORD.findall(sentence))) > LONGEST:
            yield Note("readability", clause, sentence, {"measure": "sentence", "words": length})
    if clause.modality is Modality.INFO and not clause.lead and (rulelike := _RULELIKE[lang].match(text)):
        yield Note("no-modality", clause, rulelike[0])
    for reference in _REFERENCE.finditer(text):
        if not _is_there(reference["kind"], reference["place"], clauses):
            yield Note("broken-reference", clause, reference["whole"], {"reference": reference["whole"]})
    for rule in LEGAL:
        if rule.lang == lang and (spoken := _struck(rule, clause)):
            yield Note("legal", clause, spoken, {"rule": rule.id}, rule.sources)


def _struck(rule: Rule, clause: Clause) -> str:
    """The words for which the rule has a note, empty for none."""
    if rule.bans and clause.modality not in _BANS:
        return ""
    if rule.unless and rule.unless.search(clause.text):
        return ""
    found = rule.says.search(clause.text)
    return found[0] if found else ""


def _is_there(kind: str | None, place: str, clauses: Sequence[Clause]) -> bool:
    """Whether the draft has such a place; a draft that prints no numbers of the kind says nothing about it."""
    printed = [heading for clause in clauses for heading in clause.heading] + [c.number for c in clauses if c.number]
    if kind and kind.lower() in ("annex", "appendix", "pasal", "bab", "lampiran"):
        return any(re.match(rf"{kind} {re.escape(place)}\b", text, re.I) for text in printed)
    bare = [re.sub(r"^(?:section|clause|article|chapter|§)\s*", "", text, flags=re.I) for text in printed]
    return any(re.match(rf"{re.escape(place)}(?:[.):\s]|$)", text) or text.startswith(f"{place}.") for text in bare)


def _unused(clauses: Sequence[Clause]) -> Iterator[Note]:
    whole = " ".join(clause.embedded for clause in clauses).lower()
    for clause in clauses:
        for defined in _DEFINED.finditer(clause.text):
            stem = defined["term"].lower().rstrip("s")
            if len(re.findall(rf"\b{re.escape(stem)}", whole)) < 2:
                yield Note("unused-term", clause, defined["term"], {"term": defined["term"]})


def _of_whole(clauses: Sequence[Clause], lang: str) -> Iterator[Note]:
    texts = [f"{clause.lead} {clause.text}" for clause in clauses]
    # What was available only in part is never said to lack something.
    if all(clause.policy.coverage == "full" for clause in clauses):
        if not any(_CONTACT.search(text) for text in texts) and all(c.modality is not Modality.ASK_FIRST for c in clauses):
            yield Note("no-contact")
        if not any(_ESCALATION.search(text) for text in texts):
            yield Note("no-escalation")
    whole = " ".join(text if text.rstrip().endswith((".", "!", "?")) else f"{text}." for text in texts)
    if len(_WORD.findall(whole)) >= _ENOUGH:
        measure, value = readability(whole, lang)
        if value > HARDEST[lang]:
            yield Note("readability", None, "", {"measure": measure, "value": round(value, 1)})


def prepare() -> None:
    """Loads the library that measures readability: it takes seconds to import, and only drafts need it."""
    import textstat  # noqa: F401


def readability(text: str, lang: str) -> tuple[str, float]:
    """The measure's name and value: `ari`, a school grade, for English, `lix` (above 60 is very hard) for Indonesian."""
    import textstat  # as `prepare` says

    if lang == "id":
        return "lix", float(textstat.lix(text))
    return "ari", float(textstat.automated_readability_index(text))
