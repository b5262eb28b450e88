"""The leash: what a language model proposed, held to what the rules allow. Pure.

A model may move a verdict toward less licence, or leave it. It may point to clauses that were given to it, and to no
others. Everything that it did beyond that is an intervention, named and counted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chat.answer import Verdict
from chat.decide import LICENSING, Conflict, Decided, Decision, Informed, OffTopic, Uncovered, grants
from chat.licence import Asked, asked, licenses_no_more
from chat.question import clean
from kb.clause import Authority, Clause, Modality
from kb.language import detect
from kb.lexical import tokens, words

_MOST_CLAUSES = 3
_LONGEST_QUESTION = 600  # code points of a question written anew
_OWN_WORDS = 0.7  # share of its words that a rewritten question has from the person
_OWN_DRAFT = 0.7  # and a rewritten draft from the draft


class Intervention(StrEnum):
    """Why something of the model is not in an answer: first what became of a call, then what was wrong with its reply."""

    TIMEOUT = "timeout"
    BUSY = "busy"
    REFUSAL = "refusal"
    MALFORMED = "malformed"
    TRANSPORT = "transport"
    LICENCE = "licence"  # a verdict that licenses more
    GROUND = "ground"  # a verdict without a clause that could carry it
    INVENTED_CITATION = "invented_citation"
    UNCITED = "uncited"
    ALTERED_QUOTE = "altered_quote"
    NUMBER = "number"
    NAME = "name"
    CONTACT = "contact"
    LANGUAGE = "language"
    PERMISSIVE = "permissive"  # a sentence that licenses more than the verdict
    UNSUPPORTED = "unsupported"  # a sentence that is not about what it cites
    LEAK = "leak"
    MARKUP = "markup"
    LENGTH = "length"
    REWRITE = "rewrite"  # a question written anew that is another question
    SUGGESTION = "suggestion"  # a draft written anew that does not pass


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a judging call came to: a verdict, and the numbers of the clauses that decide, counted from 1."""

    verdict: Verdict | None
    clauses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Leashed:
    """The decision that stands after a proposal, and what was held back."""

    decision: Decision
    interventions: tuple[Intervention, ...] = ()


def proposal(reply: str) -> Proposal | None:
    """A judging call's reply, read strictly; `None` for anything that is not wholly of its shape."""
    found = _json(reply)
    if found is None or set(found) != {"verdict", "clauses"}:
        return None
    verdict, clauses = found["verdict"], found["clauses"]
    if verdict is not None and (not isinstance(verdict, str) or verdict not in tuple(Verdict)):
        return None
    if not isinstance(clauses, list) or not all(isinstance(n, int) and not isinstance(n, bool) for n in clauses):
        return None
    return Proposal(Verdict(verdict) if verdict else None, tuple(dict.fromkeys(clauses)))


def one_text(reply: str, key: str) -> str | None:
    """The text in a reply of the shape `{key: "…"}`; `None` for any other."""
    found = _json(reply)
    if found is None or set(found) != {key} or not isinstance(found[key], str):
        return None
    return clean(found[key])


def standing(decision: Decision) -> Verdict | None:
    """The verdict that a decision comes to."""
    match decision:
        case Decided(verdict):
            return verdict
        case Uncovered() | Conflict():
            return Verdict.ASK
        case OffTopic() | Informed():
            return None


def leash(decision: Decision, evidence: Sequence[Clause], proposed: Proposal, what: Asked) -> Leashed:
    """The decision with the model's verdict where that licenses no more and stands on a clause, else as it was."""
    cited, interventions = _cited(evidence, proposed)
    before = standing(decision)
    if proposed.verdict is before:
        return Leashed(decision, interventions)
    if not licenses_no_more(proposed.verdict, before, what) or proposed.verdict is None:
        return Leashed(decision, (*interventions, Intervention.LICENCE))
    own = tuple(clause for clause in cited if clause.policy.authority is Authority.BINDING)
    if not own or isinstance(decision, Conflict):
        return Leashed(decision, (*interventions, Intervention.GROUND))
    if proposed.verdict is not Verdict.ASK and not (grants(proposed.verdict, own[0]) and _about(own[0], decision)):
        return Leashed(decision, (*interventions, Intervention.GROUND))
    doubt = decision.doubt if isinstance(decision, Decided | Uncovered) else 0.0
    # Asking out of the model's caution is worded as doubt; asking because a clause says so, as that clause's doing.
    asks = proposed.verdict is Verdict.ASK and own[0].modality is not Modality.ASK_FIRST
    meant = decision.meant if asks and isinstance(decision, Decided) else proposed.verdict
    before_it = decision.clauses if isinstance(decision, Decided) else ()
    clauses = tuple(dict.fromkeys((*own, *before_it)))[:_MOST_CLAUSES]
    return Leashed(Decided(proposed.verdict, clauses, doubt, meant), interventions)


def doubted(decision: Decision, proposed: Proposal, what: Asked, *, found: bool) -> bool:
    """Whether doubt alone kept the rules from the licence that a model proposes; `found` says that a draft holds something."""
    if not isinstance(decision, Decided) or decision.verdict is not Verdict.ASK or found or what is not Asked.ACT:
        return False
    return decision.meant in LICENSING and proposed.verdict is decision.meant


def widened(decision: Decision, evidence: Sequence[Clause], first: Proposal, second: Proposal) -> Decision | None:
    """The verdict that doubt alone kept back (`doubted`), where two calls agree and a binding clause carries it; `None` elsewhere."""
    verdict = first.verdict
    if not isinstance(decision, Decided) or verdict is None or verdict is not second.verdict:
        return None
    both = [clause for clause in _cited(evidence, first)[0] if clause in _cited(evidence, second)[0]]
    carrying = [clause for clause in both if clause.policy.authority is Authority.BINDING and grants(verdict, clause)]
    # An organisation's own clause that bears on it is never passed over for one of the practices.
    if not carrying or carrying[0].policy.rank < max(clause.policy.rank for clause in decision.clauses):
        return None
    return Decided(verdict, tuple(dict.fromkeys((*carrying, *decision.clauses)))[:_MOST_CLAUSES], decision.doubt, verdict)


def same_question(rewritten: str, original: str, history: Sequence[str], lang: str) -> bool:
    """Whether a follow-up written anew is still the person's: their words, their kind of question, their language."""
    said = " ".join((*history, original))
    if not rewritten or len(rewritten) > _LONGEST_QUESTION or detect(rewritten) != lang:
        return False
    before = asked(original)
    if before is Asked.UNCLEAR:
        before = asked(said)
    if asked(rewritten) is not before:
        return False
    return of_own_words(rewritten, said, lang) and set(re.findall(r"\d+", rewritten)) <= set(re.findall(r"\d+", said))


def of_own_words(text: str, source: str, lang: str, share: float = _OWN_WORDS) -> bool:
    """Whether most of a text's words, and every capitalised one within a sentence, are of the source's."""
    mine, theirs = set(tokens(text, lang)), set(tokens(source, lang))
    known = set(words(source))
    named = re.findall(r"(?<=[^\s.?!:“\"]\s)[A-Z][\w’'-]*", text)
    return bool(mine) and len(mine & theirs) >= share * len(mine) and all(set(words(name)) <= known for name in named)


def _about(clause: Clause, decision: Decision) -> bool:
    """Whether a clause is about what the rules found the message to be about: a verdict is not fetched from elsewhere."""
    near = decision.clauses if isinstance(decision, Decided | Uncovered) else ()
    return clause in near or any(set(clause.practices) & set(other.practices) for other in near)


def _cited(evidence: Sequence[Clause], proposed: Proposal) -> tuple[tuple[Clause, ...], tuple[Intervention, ...]]:
    """The clauses of the evidence that a proposal points to."""
    real = [n for n in proposed.clauses if 1 <= n <= len(evidence)]
    invented = (Intervention.INVENTED_CITATION,) if len(real) < len(proposed.clauses) else ()
    return tuple(evidence[n - 1] for n in real), invented


def _json(reply: str) -> Mapping[str, Any] | None:
    """The one JSON object that a reply is, in a fence or not."""
    text = reply.strip()
    if fenced := re.fullmatch(r"```(?:json)?\s*(.*?)\s*```", text, re.DOTALL):
        text = fenced[1]

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) < len(pairs):
            raise ValueError("a key twice")
        return dict(pairs)

    try:
        found = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


# A fact that would make a draft pass: it may be in the person's words, never in a model's.
_AGREED = re.compile(
    r"\b(?:approv\w*|consent\w*|agree\w*|permi\w+|authori[sz]\w*|cleared|signed|release\w*|confirmed|allowed|granted|"
    r"izin\w*|diizinkan|mengizinkan|setuju\w*|disetujui|menyetujui|persetujuan|resmi|dikonfirmasi|diumumkan|announced)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"@|://|^www\.|\.[a-z]{2,}|\d", re.IGNORECASE)


def same_post(rewritten: str, draft: str, lang: str, lent: str) -> bool:
    """Whether a draft written anew is still that draft: no new fact, address or agreement; `lent` are words it may also use."""
    if rewritten == draft or len(rewritten) > 2 * len(draft) + 300 or detect(rewritten) != lang:
        return False
    if not _agreements(rewritten) <= _agreements(draft) or not _addresses(rewritten) <= _addresses(draft):
        return False
    return of_own_words(rewritten, f"{draft} {lent}", lang, _OWN_DRAFT)


def _agreements(text: str) -> set[str]:
    return {found.casefold() for found in _AGREED.findall(text)}


def _addresses(text: str) -> set[str]:
    """Every word that holds a number, or may be an address."""
    return {word.strip(".,;:!?()\"'“”").casefold() for word in text.split() if _ADDRESS.search(word)}
