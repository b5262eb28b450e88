"""Clause → annotated clause: modality, topics, practices and contact. Explicit attributes win over what is inferred. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ingest.document import Refusal
from kb.clause import PRACTICE_NUMBERS, Clause, Modality
from kb.lexical import words

_MOST_TOPICS = 3


@dataclass(frozen=True, slots=True)
class Topic:
    """What a clause can be about: terms by language, its practices, its contact."""

    id: str
    name: Mapping[str, str]
    practices: tuple[int, ...]
    terms: Mapping[str, tuple[str, ...]]
    contact: str


# In order: the first pattern that is found decides. Forms of the law and of handbooks, English and Indonesian.
_PATTERNS: tuple[tuple[Modality, str], ...] = (
    (
        Modality.ASK_FIRST,
        r"\b(?:ask|check with|consult|contact|seek|obtain|get|needs?|requires?|with(?:out)?|after|until|unless|only (?:with|after))\b"
        r"[^.;]{0,60}\b(?:permission|approv\w*|consent|clear(?:ance|ed)|sign[- ]?off|authori[sz]\w+|guidance|advice)\b"
        r"|\b(?:must|should) be (?:approved|cleared|authori[sz]ed)\b|\bwhen in doubt\b|\bif (?:you are )?(?:unsure|in (?:any )?doubt)\b"
        r"|\bask (?:first|your|the|before)\b"
        r"|\b(?:izin|ijin|persetujuan|arahan) (?:tertulis |terlebih|dahulu|dulu|dari)|\b(?:minta|mintalah|meminta|perlu|memerlukan|mendapat\w*|"
        r"memperoleh|setelah|tanpa|atas) (?:\w+ ){0,3}(?:izin|ijin|persetujuan|arahan)\b|\btanya(?:kan|lah)?\b|\bjika ragu\b|\bbila ragu\b"
        r"|\bkonsultasi\w*\b",
    ),
    (
        Modality.MUST_NOT,
        r"\b(?:must|may|shall|can) ?not\b|\bcan't\b|\bmustn't\b|\b(?:is|are) (?:not (?:allowed|permitted|authori[sz]ed)|forbidden|prohibited|banned|barred)\b"
        r"|\bnever\b|\bdo not\b|\bdon't\b|\bno (?:\w+ ){1,4}(?:may|is|are)\b|^(?:no|not)\b|\bit is (?:forbidden|prohibited)\b|\bunder no circumstances\b"
        r"|\bdilarang\b|\btidak (?:boleh|diperbolehkan|diperkenankan|diizinkan|dibenarkan)\b|\bjangan\b|\bdiharamkan\b|\bterlarang\b",
    ),
    (
        Modality.SHOULD_NOT,
        r"\bshould ?n[o']t\b|\bavoid\b|\brefrain\b|\bought not\b|\bbetter not\b|\bdiscouraged\b|\bhindari\b|\bsebaiknya (?:tidak|jangan)\b|\bhendaknya tidak\b"
        r"|\bsebisa mungkin tidak\b|\bmenghindari\b",
    ),
    (
        Modality.MAY,
        r"\bmay\b|\bcan\b|\b(?:is|are) (?:free|allowed|permitted|welcome|entitled|encouraged) to\b|\bit is (?:fine|all right|acceptable)\b|\bfeel free\b"
        r"|\bboleh\b|\bdiperbolehkan\b|\bdiperkenankan\b|\bdapat\b|\bdipersilakan\b|\bsilakan\b|\bbebas\b",
    ),
    (
        Modality.MUST,
        r"\bmust\b|\bshall\b|\b(?:is|are) (?:required|obliged|expected) to\b|\bha(?:s|ve) to\b|\bneeds? to\b|\balways\b|\b(?:is|are) responsible for\b|\bensure\b"
        r"|\bwajib\b|\bharus\b|\bdiharuskan\b|\bdiwajibkan\b|\bmesti\b|\bperlu\b|\bpastikan\b|\bselalu\b",
    ),
    (
        Modality.SHOULD,
        r"\bshould\b|\bought to\b|\b(?:is|are) (?:advised|asked|recommended)\b|\bplease\b|\bpreferably\b|\bconsider\b|\bremember\b|\btry to\b"
        r"|\bsebaiknya\b|\bhendaknya\b|\bdisarankan\b|\bdianjurkan\b|\bdiimbau\b|\bdihimbau\b|\busahakan\b|\bseyogianya\b",
    ),
)
_COMPILED = tuple((modality, re.compile(pattern, re.IGNORECASE)) for modality, pattern in _PATTERNS)
_IMPERATIVE = re.compile(
    r"^(?:be|use|keep|make|say|tell|give|show|state|name|treat|follow|respect|credit|disclose|report|pass|send|answer|protect|think|"
    r"check|correct|read|write|post|share|leave|stay|know|own|apologi[sz]e|remove|delete|identify|add|take|ask|listen|link|"
    r"jaga|gunakan|pakai|sebutkan|tuliskan|cantumkan|hormati|patuhi|laporkan|teruskan|jawab|jawablah|minta|mintalah|periksa|baca|bacalah|"
    r"perlakukan|tunjukkan|pikirkan|ingat|ingatlah|bersikaplah|jadilah|kenali|lindungi|simpan)\b",
    re.IGNORECASE,
)


def modality_of(text: str) -> Modality:
    """The deontic force that the words of a clause express; `info` where they express none."""
    for modality, pattern in _COMPILED:
        if pattern.search(text):
            return modality
    return Modality.SHOULD if _IMPERATIVE.match(text.strip()) else Modality.INFO


@lru_cache(maxsize=10_000)
def _term(term: str) -> tuple[str, str]:
    """A term's first word, and all of them with a space at either end; kept, as every clause is compared with every term."""
    known = words(term)
    return (known[0], f" {' '.join(known)} ") if known else ("", "")


def topics_of(text: str, lang: str, topics: Sequence[Topic]) -> tuple[str, ...]:
    """Ids of at most three topics whose terms occur in the text, the most and longest matches first."""
    found = words(text)
    own, sentence = set(found), f" {' '.join(found)} "
    weights: dict[str, int] = {}
    for topic in topics:
        for first, known in map(_term, topic.terms.get(lang, ())):
            # Few terms have their first word here, and looking that up is quicker than looking for the whole.
            if first in own and known in sentence:
                weights[topic.id] = weights.get(topic.id, 0) + len(known) - 2
    return tuple(sorted(weights, key=lambda t: (-weights[t], t))[:_MOST_TOPICS])


def annotate(clause: Clause, attributes: Mapping[str, str], topics: Sequence[Topic]) -> Clause:
    """The clause with everything the file said of it, and inferred what it did not say; raises `Refusal` for a wrong value."""
    known = {topic.id: topic for topic in topics}
    line = f"line {clause.line}: " if clause.line else ""
    whole = f"{clause.lead} {clause.text}" if clause.lead else clause.text
    if "modality" in attributes:
        try:
            modality = Modality(attributes["modality"])
        except ValueError:
            raise Refusal(f"{line}expected a modality of {', '.join(Modality)}; found '{attributes['modality']}'; correct it") from None
    else:
        modality = modality_of(whole)
    if "topics" in attributes:
        found = tuple(t for t in attributes["topics"].split(",") if t)
        for topic in found:
            if topic not in known:
                raise Refusal(f"{line}expected a topic of topics.yaml; found '{topic}'; correct it or add the topic")
    else:
        found = topics_of(f"{clause.section} {whole}", clause.lang, topics)
    if "practices" in attributes:
        try:
            practices = tuple(int(n) for n in attributes["practices"].split(",") if n)
        except ValueError:
            practices = (0,)
        if not all(n in PRACTICE_NUMBERS for n in practices):
            raise Refusal(f"{line}expected practices from 1 to 25; found '{attributes['practices']}'; correct it")
    else:
        practices = tuple(dict.fromkeys(n for t in found for n in known[t].practices[:1]))
    contact = attributes.get("contact") or (known[found[0]].contact if found else None)
    return replace(clause, modality=modality, topics=found, practices=practices, contact=contact)
