"""A model's sentences, each proved or not shown: cited, quoted exactly, with nothing in them from nowhere. Pure.

A sentence is held against the clauses it cites and the person's message. What cannot be compared (a clause in another
language) proves nothing. The message lends words, never an address, and never a quotation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chat.answer import Verdict
from chat.leash import Intervention
from chat.licence import Asked, conditional, permits, says_no_more
from chat.prompts import shingles
from chat.question import clean
from kb.clause import Authority, Clause
from kb.language import detect
from kb.lexical import STOPWORDS, tokens, words

MOST = 4  # sentences of an explanation
_LONGEST = 320  # code points of one
_ABOUT = 0.6  # share of its words that are the cited clauses' or the message's
_LEAKED = 6  # words in a row that a sentence may not share with the prompts
_TERM = 3  # words of a quotation that is a term and need not be a whole sentence

_SENTENCE = re.compile(r"\S.*?[.!?…][\"”’»)]*(?:\s*\[\d+(?:\s*,\s*\d+)*\])*[.]?(?=\s|$)|\S.*$")
_MARKER = re.compile(r"\s*\[(\d+(?:\s*,\s*\d+)*)\]")
_LIST = re.compile(r"^\s*(?:[-*•–]|\(?\d{1,2}[.)])\s+")
_MARKUP = re.compile(r"[<>{}|\\`~^=_*\[\]]|!\(|\]\(|^#|^>|&\w+;")
_FOREIGN = re.compile(r"[^\W\d_a-zA-Z\u00c0-\u024f]|[^\x00-\x7f\u00a0-\u024f\u2010-\u2027\u2030-\u203a\u20ac]")
_QUOTED = re.compile(r"[\"“”„«»](.*?)[\"“”«»]|(?<!\w)['‘‚](.*?)['’](?!\w)")
_MARKS = re.compile(r"[\"“”„«»]|(?<!\w)['‘‚’]|['‘‚’](?!\w)")
_ADDRESS = re.compile(
    r"\w[\w.+-]*@\S+|@\w+|https?:\S+|www\.\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b(?:/\S*)?|\b\w+ ?[\[(](?:at|dot)[\])] ?\w+",
    re.IGNORECASE,
)
_SCAFFOLD = re.compile(r"\((?:binding|reference)\b|\b[A-Z]{4,}_\d+\b|\b(?:must_not|should_not|ask_first|yes_if)\b")
_DIGITS = re.compile(r"\d+(?:[.,:/-]\d+)*")
_LONG_NUMBER = 5  # digits from which a number is one to call or to pay to, which only a clause may give
_NUMBER_WORDS = frozenset(
    "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty ninety hundred thousand "
    "million half twice dozen percent "
    "dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas belas puluh ratus seratus ribu seribu juta sejuta setengah "
    "persen separuh".split()
)
# Whom to turn to comes from the contacts, never from a model: what follows these words has to be known.
_TURN_TO = re.compile(
    r"\b(?:ask(?:ing)?|contact(?:ing)?|call(?:ing)?|tell(?:ing)?|e-?mail(?:ing)?|text|message|notify|inform|consult(?:ing)?|reach|"
    r"write to|speak to|talk to|"
    r"by|hubungi|menghubungi|tanya(?:kan)?|bertanya|kepada|kontak|telepon|lapor(?:kan)?|oleh)\s+((?:[\w’'-]+\s*){1,2})",
    re.IGNORECASE,
)
_PLAIN = frozenset(
    "a an the this that these those there here it its he she they we you your our my i as at by before after because since so if "
    "when while where unless until under "
    "for from in on to with without only also not no never always first please according both each every any all and or but "
    "however therefore "
    "rule rules clause clauses practice post posts posting message draft say says means asks "
    "ini itu anda kamu kami kita karena sebelum sesudah setelah jika bila kalau saat untuk dari di ke pada oleh dengan tanpa hanya "
    "juga tidak jangan belum "
    "menurut aturan klausul praktik pesan draf unggahan kiriman sebaiknya agar supaya semua setiap dan atau tetapi namun jadi maka "
    "yang siapa lain orang someone somebody anyone people them him her us what who whom which how".split()
)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a sentence is held against."""

    evidence: tuple[Clause, ...]
    message: str
    lang: str
    verdict: Verdict | None
    asked: Asked


@dataclass(frozen=True, slots=True)
class Sentence:
    """A proved sentence, without its markers, and the clauses that it rests on."""

    text: str
    clauses: tuple[Clause, ...]


def sentences(line: str) -> Iterator[str]:
    """The sentences of one line, each with the markers that follow it."""
    for found in _SENTENCE.finditer(_LIST.sub("", clean(line).replace("**", ""))):
        yield found[0].strip()


def proved(sentence: str, ground: Ground) -> Sentence | Intervention:
    """The sentence where everything in it is proved, else the first thing that is not."""
    numbers = [int(n) for marker in _MARKER.finditer(sentence) for n in marker[1].split(",")]
    text = " ".join(_MARKER.sub("", sentence).split())
    if not numbers:
        return Intervention.UNCITED
    if any(not 1 <= n <= len(ground.evidence) for n in numbers):
        return Intervention.INVENTED_CITATION
    cited = tuple(dict.fromkeys(ground.evidence[n - 1] for n in numbers))
    if len(text) > _LONGEST:
        return Intervention.LENGTH
    if _MARKUP.search(text):
        return Intervention.MARKUP
    if _FOREIGN.search(text) or _other_language(text, ground.lang):
        return Intervention.LANGUAGE
    if _leaks(text):
        return Intervention.LEAK
    if not _quotes_exactly(text, cited):
        return Intervention.ALTERED_QUOTE
    known = " ".join((c.lead + " " + c.text + " " + c.section + " " + (c.number or "") + " " + c.policy.title) for c in cited)
    if any(found[0].rstrip(".,;:!?)") not in known for found in _ADDRESS.finditer(text)):
        return Intervention.CONTACT
    if not _numbers_known(text, known, ground.message):
        return Intervention.NUMBER
    if not _names_known(text, f"{known} {ground.message}", ground.lang):
        return Intervention.NAME
    if not says_no_more(text, ground.verdict, ground.asked) or not _as_far_as(text, cited):
        return Intervention.PERMISSIVE
    if not _about(text, known, ground) or all(clause.lang != ground.lang for clause in cited):
        return Intervention.UNSUPPORTED
    return Sentence(text, cited)


def _other_language(text: str, lang: str) -> bool:
    return detect(text) != lang


def _leaks(text: str) -> bool:
    """Whether a sentence gives away how the model was asked: our instructions, or how its data is written."""
    if _SCAFFOLD.search(text):
        return True
    found = re.findall(r"\w+", text.casefold())
    given = shingles(_LEAKED)
    return any(tuple(found[at : at + _LEAKED]) in given for at in range(len(found) - _LEAKED + 1))


def _quotes_exactly(text: str, cited: Sequence[Clause]) -> bool:
    """Whether every quotation is whole sentences of a cited clause, or a term of it."""
    spans = [a or b for a, b in _QUOTED.findall(text)]
    if _MARKS.search(_QUOTED.sub(" ", text)):
        return False  # a mark without its partner: where the quotation ends cannot be said
    return all(any(_quotes(span, clause.text) for clause in cited) for span in spans)


def _quotes(span: str, text: str) -> bool:
    at = text.find(span) if span.strip() else -1
    while at >= 0:
        before, after = text[:at].rstrip(), text[at + len(span) :].lstrip()
        whole = (not before or before[-1] in ".!?") and (not after or span.rstrip()[-1] in ".!?" or after in (".", "!", "?"))
        inside = not text[at - 1 : at].isalnum() and not text[at + len(span) : at + len(span) + 1].isalnum()
        if whole or (inside and len(words(span)) <= _TERM):
            return True
        at = text.find(span, at + 1)
    return False


def _numbers_known(text: str, known: str, message: str) -> bool:
    given, said = set(_DIGITS.findall(known)), set(_DIGITS.findall(message))
    for number in _DIGITS.findall(text):
        if number not in given and (number not in said or sum(map(str.isdigit, number)) >= _LONG_NUMBER):
            return False
    return _NUMBER_WORDS & set(words(text)) <= set(words(f"{known} {message}"))


def _names_known(text: str, source: str, lang: str) -> bool:
    """Whether every capitalised word, and whoever is to be turned to, is known: of the sources, or a word that names nobody."""
    known = set(words(source)) | _PLAIN | STOPWORDS["en"] | STOPWORDS["id"]
    stems = set(tokens(source, lang))
    named = re.findall(r"[A-Z\u00c0-\u00de][\w’'-]*|#\w+", text)
    turned_to = [found[1] for found in _TURN_TO.finditer(text)]
    first = set(words(text)[:1])
    # A sentence begins with a capital whether or not it begins with a name: a plain word of its length is enough there.
    return all(set(words(name)) <= known or (set(words(name)) == first and not _name_like(name, known)) for name in named) and all(
        set(words(whom)) <= known or set(tokens(whom, lang)) <= stems for whom in turned_to
    )


def _name_like(name: str, known: set[str]) -> bool:
    """Whether the first word of a sentence may be a name: no form of any known word begins as it does."""
    stem = name.casefold()[:4]
    return not any(word.startswith(stem) for word in known)


def _as_far_as(text: str, cited: Sequence[Clause]) -> bool:
    """Whether a sentence permits no more than its clauses: only ours permit, and a condition of theirs is not left out."""
    if not permits(text):
        return True
    ours = all(clause.policy.authority is Authority.BINDING for clause in cited)
    return ours and (conditional(text) or not any(conditional(clause.text) for clause in cited))


def _about(text: str, known: str, ground: Ground) -> bool:
    mine = [token for token in tokens(text, ground.lang) if token not in _PLAIN]
    theirs = set(tokens(f"{known} {ground.message}", ground.lang))
    cited = set(tokens(known, ground.lang))
    return bool(mine) and sum(token in theirs for token in mine) >= _ABOUT * len(mine) and any(token in cited for token in mine)
