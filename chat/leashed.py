"""The assistant with a language model on a leash: the rules answer first, and the model has what is left of the time limit.

It may turn a follow-up into a question of its own, make a verdict more cautious, explain it, and write a draft anew. Each
goes through `chat.leash` or `chat.proved`; whatever does not pass, and whatever comes too late, leaves the rules' answer.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Self

from chat.answer import Answer, Message, Verdict
from chat.ask import Assistant, Considered
from chat.decide import LICENSING, Informed, OffTopic
from chat.leash import Intervention, Proposal, doubted, leash, one_text, proposal, same_post, same_question, widened
from chat.licence import Asked, asked, licenses_no_more
from chat.llm import LanguageModel, Usage
from chat.masking import Mask, mask
from chat.prompts import Prompt, fingerprint, numbered, prompt
from chat.proved import MOST, Ground, Sentence, proved, sentences
from chat.question import clean
from chat.wording import heading, name, with_model
from kb.clause import Authority, Clause, digest
from kb.errors import LanguageModelError

_CLAUSES = 14  # that a model is shown
_REFERENCES = 2  # of them, how others do it
_KEPT = 256  # answers kept
_MESSAGE = 6000  # code points of a message that are sent
_HISTORY = 4  # earlier messages that are sent


class _Kept:
    """The latest answers, in memory only."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Answer | None:
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def put(self, key: str, answer: Answer) -> None:
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > _KEPT:
                self._answers.popitem(last=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeashedAssistant(Assistant):
    """An assistant whose answers a model may make clearer or more cautious; `seconds` bound all of its work on one answer."""

    model: LanguageModel
    seconds: float = 20.0
    widen: bool = False
    kept: _Kept = field(default_factory=_Kept, repr=False, compare=False)

    @classmethod
    def over(cls, assistant: Assistant, model: LanguageModel, *, seconds: float = 20.0, widen: bool = False) -> Self:
        """The same assistant with a model."""
        given = {f.name: getattr(assistant, f.name) for f in fields(Assistant)}
        return cls(**given, model=model, seconds=seconds, widen=widen)

    def answer(self, message: Message, *, day: date | None = None, groups: Collection[str] = (), stated: Sequence[Clause] = ()) -> Answer:
        """The answer to one message, the model's part in it proved; at the latest `seconds` after the rules' own."""
        *_, last = self.answers(message, day=day, groups=groups, stated=stated)
        return last

    def answers(
        self, message: Message, *, day: date | None = None, groups: Collection[str] = (), stated: Sequence[Clause] = ()
    ) -> Iterator[Answer]:
        """The answer as it grows: first with its final verdict, then sentence by sentence; nothing shown is taken back."""
        today = day or date.today()
        key = self._key(message, today, groups, stated)
        if before := self.kept.get(key):
            yield replace(before, id=message.id, explain=before.explain | {"llm": _reused(before.explain["llm"])})
            return
        work = _Work(self, message, today, groups, stated)
        answer = work.considered.answer
        for answer in work.answers():
            yield answer
        # Always last: what the work cost is known only now.
        answer = replace(answer, explain=work.considered.answer.explain | {"llm": work.account()})
        if not work.broken:
            self.kept.put(key, answer)
        yield answer

    def _key(self, message: Message, day: date, groups: Collection[str], stated: Sequence[Clause]) -> str:
        """Everything that an answer depends on."""
        return digest(
            {
                "index": self.knowledge.manifest.digest,
                "model": [self.model.name, self.model.place],
                "prompts": fingerprint(),
                "message": [message.text, message.draft, message.lang, message.account, message.history],
                "groups": sorted(groups),
                "day": day.isoformat(),
                "stated": [clause.hash for clause in stated],
                "limits": [str(self.limits), self.seconds, self.widen],
            }
        )


def _reused(account: dict[str, Any]) -> dict[str, Any]:
    return account | {"cached": True, "calls": 0, "tokens_in": 0, "tokens_out": 0, "seconds": 0.0, "interventions": {}}


class _Work:
    """A model's work on one answer."""

    def __init__(self, ours: LeashedAssistant, message: Message, day: date, groups: Collection[str], stated: Sequence[Clause]) -> None:
        self._ours, self._message, self._day, self._groups, self._stated = ours, message, day, groups, stated
        self.considered = self._consider(message)
        self._began = time.monotonic()
        self._deadline = self._began + ours.seconds
        self._lang = self.considered.question.lang
        history = tuple(clean(h) for h in message.history[-_HISTORY:])
        self._said = (clean(message.text)[:_MESSAGE], *(h[:_MESSAGE] for h in history))
        self._mask: Mask = mask(self._said, self._lang, ours.terms)
        question = self.considered.question
        self._asked = asked(question.text, draft=question.draft)
        if self._asked is Asked.UNCLEAR and question.history:
            self._asked = asked(question.sought)
        self._calls, self._taken, self._given = 0, 0, 0
        self._held: Counter[Intervention] = Counter()
        self._rewritten: str | None = None
        self.broken = False

    def answers(self) -> Iterator[Answer]:
        """The answer as it grows; where a call comes to nothing, it stays as it is."""
        shown = self.considered.answer
        try:
            self._follow_up()
            shown = self.considered.answer
            if isinstance(self.considered.decision, OffTopic):
                yield shown
                return
            evidence = _shown(self.considered)
            judged = self._judged(evidence)
            shown = judged or shown
            yield shown
            if judged is None:
                return
            explanation: list[str] = []
            for sentence in self._sentences(shown, evidence):
                explanation.append(sentence)
                yield with_model(shown, self._ours.model.name, explanation, None)
            if self._may_suggest(shown) and (better := self._suggestion(shown, evidence)):
                yield with_model(shown, self._ours.model.name, explanation, better)
        except LanguageModelError as error:
            self._hold(Intervention(error.kind))
            self.broken = True

    def account(self) -> dict[str, Any]:
        """What the work cost and what was held back."""
        return {
            "model": self._ours.model.name,
            "calls": self._calls,
            "tokens_in": self._taken,
            "tokens_out": self._given,
            "seconds": round(time.monotonic() - self._began, 3),
            "interventions": {kind.value: count for kind, count in sorted(self._held.items())},
            "question": self._rewritten,
            "masked": len(self._mask.words),
            "cached": False,
        }

    # --- steps ---

    def _follow_up(self) -> None:
        """Answers a follow-up as a question of its own, where that licenses no more than as it was sent."""
        question = self.considered.question
        if question.draft or not question.history:
            return
        earlier = "\n".join(self._said[1:])
        reply = self._call(prompt("rewrite", self._lang, {"earlier": self._hidden(earlier), "message": self._hidden(self._said[0])}))
        found = one_text(reply, "question")
        if found is None:
            raise _malformed()
        alone = self._mask.restore(found)
        if self._mask.strange(found) or not same_question(alone, question.text, self._said[1:], self._lang):
            self._hold(Intervention.REWRITE)
            return
        account = self._message.account or question.account
        again = self._consider(replace(self._message, text=alone, history=(), lang=self._lang, account=account))
        before, after = self.considered.answer, again.answer
        if not licenses_no_more(after.verdict, before.verdict, self._asked) or (before.in_scope and not after.in_scope):
            self._hold(Intervention.REWRITE)
            return
        self._rewritten = alone
        changed = after.verdict is not before.verdict
        self.considered = replace(again, answer=replace(after, model=self._ours.model.name)) if changed else again

    def _judged(self, evidence: Sequence[Clause]) -> Answer | None:
        """The answer with the verdict that stands after judging; `None` where the model overstepped and is not heard further."""
        decision = self.considered.decision
        if isinstance(decision, Informed):
            return self.considered.answer
        first = self._proposed(evidence)
        what = self._asked
        if self._ours.widen and doubted(decision, first, what, found=bool(self.considered.answer.findings)):
            turned = self._proposed(evidence[::-1])  # another order, so that a number or a place alone cannot agree with itself
            second = replace(turned, clauses=tuple(len(evidence) + 1 - n for n in turned.clauses))
            if wider := widened(decision, evidence, first, second):
                return replace(self._ours.reworded(self.considered, wider), model=self._ours.model.name)
        held = leash(decision, evidence, first, what)
        for kind in held.interventions:
            self._hold(kind)
        if held.interventions:
            return None
        if held.decision is decision:
            return self.considered.answer
        return replace(self._ours.reworded(self.considered, held.decision), model=self._ours.model.name)

    def _sentences(self, shown: Answer, evidence: Sequence[Clause]) -> Iterator[str]:
        """The explanation, each sentence once it is proved."""
        first = heading(shown.verdict, shown.in_scope, self._lang, draft=self._message.draft)
        parts = self._data(evidence) | {"verdict": f"{first}. {shown.reason}"}
        ground = Ground(tuple(evidence), " ".join(self._said), self._lang, shown.verdict, self._asked)
        told: set[str] = set()
        for line in self._lines(prompt("word", self._lang, parts)):
            for sentence in sentences(self._mask.restore(line)):
                match proved(sentence, ground):
                    case Sentence(text) if text not in told:
                        told.add(text)
                        yield text
                    case Intervention() as kind:
                        self._hold(kind)
                if len(told) >= MOST:
                    return

    def _may_suggest(self, shown: Answer) -> bool:
        # Never of a part of a draft.
        return self._message.draft and shown.verdict in (Verdict.NO, Verdict.ASK) and len(self._message.text) <= _MESSAGE

    def _suggestion(self, shown: Answer, evidence: Sequence[Clause]) -> str | None:
        """The draft written anew, where the rules pass it as they would any draft."""
        findings = "\n".join(f"“{self._hidden(finding.text)}”: {finding.why}" for finding in shown.findings)
        reply = one_text(self._call(prompt("draft", self._lang, self._data(evidence) | {"findings": findings})), "post")
        if reply is None:
            raise _malformed()
        if not reply:
            return None
        post = self._mask.restore(reply)
        lent = " ".join(self._ours.terms.get("disclosure_tags", ()))
        if not self._mask.strange(reply) and same_post(post, clean(self._message.text), self._lang, lent):
            checked = self._consider(replace(self._message, text=post)).answer
            if checked.verdict in LICENSING and not checked.findings:
                return post
        self._hold(Intervention.SUGGESTION)
        return None

    # --- calls ---

    def _proposed(self, evidence: Sequence[Clause]) -> Proposal:
        found = proposal(self._call(prompt("judge", self._lang, self._data(evidence))))
        if found is None:
            raise _malformed()
        return found

    def _data(self, evidence: Sequence[Clause]) -> dict[str, str]:
        account = self.considered.question.account
        parts = {"clauses": numbered(evidence, [name(clause, "en") for clause in evidence])}
        if len(self._said) > 1 and not self._message.draft:
            parts["earlier"] = self._hidden("\n".join(self._said[1:]))
        parts["draft" if self._message.draft else "message"] = self._hidden(self._said[0])
        return parts | ({"account": account.value} if account else {})

    def _hidden(self, text: str) -> str:
        return self._mask.hide(text)

    def _call(self, asking: Prompt) -> str:
        self._calls += 1
        reply = self._ours.model.call(asking, self._deadline)
        self._spend(reply.usage)
        return reply.text

    def _lines(self, asking: Prompt) -> Iterator[str]:
        """What a call streams, line by line."""
        self._calls += 1
        rest = ""
        for part in self._ours.model.stream(asking, self._deadline):
            if isinstance(part, Usage):
                self._spend(part)
                continue
            *lines, rest = (
                (rest + part).splitlines(keepends=False) if not (rest + part).endswith("\n") else [*(rest + part).splitlines(), ""]
            )
            yield from lines
        if rest:
            yield rest

    def _spend(self, usage: Usage) -> None:
        self._taken += usage.tokens_in
        self._given += usage.tokens_out

    def _hold(self, kind: Intervention) -> None:
        self._held[kind] += 1

    def _consider(self, message: Message) -> Considered:
        return self._ours.considered(message, day=self._day, groups=self._groups, stated=self._stated)


def _shown(considered: Considered) -> tuple[Clause, ...]:
    """What a model is shown of the evidence: what the answer cites first, then the nearest binding clauses, then a few of others."""
    cited = [citation.clause for citation in considered.answer.citations]
    binding = [clause for clause in considered.evidence if clause.policy.authority is Authority.BINDING]
    ours = list(dict.fromkeys([c for c in cited if c.policy.authority is Authority.BINDING] + binding))[: _CLAUSES - _REFERENCES]
    return tuple(dict.fromkeys([*ours, *considered.references[:_REFERENCES]]))


def _malformed() -> LanguageModelError:
    return LanguageModelError(
        kind=Intervention.MALFORMED.value, expected="a reply in the shape asked for", found="another", todo="the rules answer"
    )
