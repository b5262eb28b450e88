"""The whole answer path: message → question → evidence → decision → answer → proof."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from chat.answer import Answer, Message
from chat.cite import prove
from chat.contacts import Contacts
from chat.decide import Decided, Decision, Limits, OffTopic, Rule, Uncovered, confidence, decide, nearest, tempered
from chat.draft import Examined, examine
from chat.judge import Judge, Reading
from chat.licence import licensing
from chat.question import Question, understand
from chat.wording import word
from kb.clause import PRACTICES_POLICY, Clause, Evidence, Rank
from kb.embedding import Embedder, Vectors
from kb.search import KnowledgeBase

RULES = 6  # an organisation's clauses that are read with the message
PRACTICES = 60
REFERENCES = 6
# A reference is shown only if it is about the same thing; below this cosine it rarely is. It decides nothing.
_CLOSE = 0.4
_EMBEDDED = 1500  # code points of a message that are embedded; the model reads 256 tokens
# The practice behind everything: when in doubt, ask; and its clause for what no rule covers.
_IN_DOUBT = (f"{PRACTICES_POLICY}/25/2", f"{PRACTICES_POLICY}/25/1")


@dataclass(frozen=True, slots=True)
class Considered:
    """An answer with what it was made from: enough to word another decision over the same evidence."""

    answer: Answer
    question: Question
    decision: Decision
    evidence: tuple[Clause, ...]
    references: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Assistant:
    """Everything that answering needs, opened once."""

    knowledge: KnowledgeBase
    judge: Judge
    contacts: Contacts
    limits: Limits
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # The judge reads embeddings of the model it was fitted over; set where the index is of another.
    judging: Embedder | None = None

    def answer(self, message: Message, *, day: date | None = None, groups: Collection[str] = (), stated: Sequence[Clause] = ()) -> Answer:
        """The answer to one message: verdict, proved quotations and a person to ask, in the message's language.

        `stated` are clauses of the organisation given with the message, binding for it alone.
        """
        return self.considered(message, day=day, groups=groups, stated=stated).answer

    def considered(
        self, message: Message, *, day: date | None = None, groups: Collection[str] = (), stated: Sequence[Clause] = ()
    ) -> Considered:
        """The answer of the rules alone, with what it was made from."""
        today = day or date.today()
        question = understand(message)
        vector = self.knowledge.embedder.embed([question.sought[:_EMBEDDED]], [question.lang])[0]
        judged = vector if self.judging is None else self.judging.embed([question.sought[:_EMBEDDED]], [question.lang])[0]
        reading = self.judge.read(question, judged)
        found = self._evidence(question, vector, today, groups)
        found[Rank.ORGANISATION] += [Evidence(clause, 0.0) for clause in stated]
        rules = self._rules(question, judged, found[Rank.ORGANISATION])
        rules.sort(key=lambda rule: rule.relevance, reverse=True)
        practices = self._completed(found[Rank.PRACTICES], reading, question.lang, today, groups)
        in_doubt = self._in_doubt(question.lang, today, groups)
        decision = decide(
            reading,
            rules,
            practices,
            in_doubt,
            self.limits,
            draft=question.draft,
            lang=question.lang,
            ours=question.asks_to_post or question.draft,
            licensing=licensing(question.text, question.sought, draft=question.draft),
        )
        examined = examine(message.text, question.lang, question.account, self.terms) if question.draft else Examined()
        behind = self._behind(examined, question.lang, today, groups)
        examined = _located(examined, behind)
        sure = behind.get(examined.sure.clause_id) if examined.sure and examined.sure.clause_id else None
        decision = tempered(decision, sure, list(behind.values()), found=bool(examined.findings))
        references = self._references(decision, question, vector, today, groups)
        evidence = [e.clause for e in (*found[Rank.ORGANISATION], *practices, *references)] + in_doubt
        evidence += behind.values()
        answer = self._worded(message, question, decision, evidence, references, reading, rules, examined, nearest(rules, practices))
        return Considered(answer, question, decision, tuple(evidence), tuple(e.clause for e in references))

    def reworded(self, considered: Considered, decision: Decision) -> Answer:
        """The answer that another decision over the same evidence comes to."""
        before = considered.answer
        said = word(decision, considered.question, considered.references, self.contacts, before.findings)
        return replace(
            before,
            verdict=said.verdict,
            in_scope=said.in_scope,
            doubt=said.doubt,
            text=said.text,
            reason=said.reason,
            contact=said.contact,
            conditions=said.conditions,
            citations=prove(said.citations, considered.evidence),
        )

    def _evidence(self, question: Question, vector: Vectors, day: date, groups: Collection[str]) -> dict[Rank, list[Evidence]]:
        """The best binding clauses of each rank: an organisation's own are never crowded out by the practices."""
        tops = {Rank.ORGANISATION: RULES, Rank.PRACTICES: PRACTICES}
        return {
            rank: self.knowledge.search(question.sought, question.lang, top=top, day=day, ranks={rank}, groups=groups, vector=vector)
            for rank, top in tops.items()
        }

    def _references(self, decision: Decision, question: Question, vector: Vectors, day: date, groups: Collection[str]) -> list[Evidence]:
        """How others put the rule that decides: neighbours of its English text, or of the message where no rule decides."""
        if isinstance(decision, OffTopic):
            return []
        deciding = None if isinstance(decision, Uncovered) or not decision.clauses else decision.clauses[0]
        text, lang = question.sought, question.lang
        if deciding and (english := self.knowledge.visible_clause(deciding.id, "en", day, groups)):
            text, lang = english.text, english.lang
            vector = self.knowledge.store.vectors([english.key])[english.key]
        found = self.knowledge.search(text, lang, top=REFERENCES, day=day, ranks={Rank.REFERENCE}, groups=groups, vector=vector)
        return [
            e
            for e in found
            if e.dense >= _CLOSE and (deciding is None or not deciding.practices or set(deciding.practices) & set(e.clause.practices))
        ]

    def _rules(self, question: Question, vector: Vectors, found: Sequence[Evidence]) -> list[Rule]:
        """The organisation's clauses, each with how it bears on the message."""
        clauses = [evidence.clause for evidence in found]
        known = self.knowledge.store.vectors([clause.key for clause in clauses]) if self.judging is None and clauses else {}
        embedder = self.judging or self.knowledge.embedder
        vectors = [known[c.key] if c.key in known else embedder.embed([c.embedded], [c.lang])[0] for c in clauses]
        bearing = self.judge.beside(question, vector, list(zip(clauses, vectors, strict=True)))
        return [Rule(evidence, each.relevance, each.stance) for evidence, each in zip(found, bearing, strict=True)]

    def _confidence(self, decision: Decision, reading: Reading, rules: list[Rule], *, draft: bool) -> list[float]:
        """Probability of the verdict meant and of the next: what doubt is calibrated from."""
        if not isinstance(decision, Decided):
            return []
        bearing = [rule for rule in rules if rule.relevance >= self.limits.relevance]
        return list(confidence(bearing[0].stance if bearing else reading.verdicts, draft=draft)[1:])

    def _completed(self, found: list[Evidence], reading: Reading, lang: str, day: date, groups: Collection[str]) -> list[Evidence]:
        """The practices' evidence, with the rule of each likely practice that the search did not bring up."""
        if not found:
            return found
        present = {n for evidence in found for n in evidence.clause.practices}
        least = min(evidence.score for evidence in found)
        likely = sorted(reading.practices, key=lambda n: -reading.practices[n])[:3]
        rules = (f"{PRACTICES_POLICY}/{n}/1" for n in likely if n not in present)
        missing = [self.knowledge.visible_clause(rule, lang, day, groups) for rule in rules]
        return found + [Evidence(clause, least) for clause in missing if clause]

    def _behind(self, examined: Examined, lang: str, day: date, groups: Collection[str]) -> dict[str, Clause]:
        """The rules behind the findings, in their order, where the corpus has them, in force and for these groups."""
        wanted = dict.fromkeys(finding.clause_id for finding in examined.findings if finding.clause_id)
        found = {clause_id: self.knowledge.visible_clause(clause_id, lang, day, groups) for clause_id in wanted}
        return {clause_id: clause for clause_id, clause in found.items() if clause}

    def _in_doubt(self, lang: str, day: date, groups: Collection[str]) -> list[Clause]:
        return [clause for clause_id in _IN_DOUBT if (clause := self.knowledge.visible_clause(clause_id, lang, day, groups))]

    def _worded(
        self,
        message: Message,
        question: Question,
        decision: Decision,
        evidence: list[Clause],
        references: list[Evidence],
        reading: Reading,
        rules: list[Rule],
        examined: Examined,
        near: float,
    ) -> Answer:
        answer = word(decision, question, [e.clause for e in references], self.contacts, examined.findings)
        explain = {
            "decision": type(decision).__name__,
            "meant": decision.meant.value if isinstance(decision, Decided) else None,
            "confidence": self._confidence(decision, reading, rules, draft=question.draft),
            "scope": round(reading.scope, 3),
            "nearest": round(near, 3),
            "verdicts": {v.value if v else "none": round(p, 3) for v, p in reading.verdicts.items()},
            "practices": {n: round(reading.practices[n], 2) for n in sorted(reading.practices, key=lambda n: -reading.practices[n])[:5]},
            "rules": [
                {
                    "clause_id": r.evidence.clause.id,
                    "relevance": round(r.relevance, 3),
                    "stance": {v.value if v else "none": round(p, 3) for v, p in r.stance.items()},
                }
                for r in rules
            ],
            "sought": question.sought,
            "licensing": sorted(licensing(question.text, question.sought, draft=question.draft)),
            "account": question.account,
        }
        return Answer(
            verdict=answer.verdict,
            in_scope=answer.in_scope,
            lang=question.lang,
            doubt=answer.doubt,
            text=answer.text,
            reason=answer.reason,
            contact=answer.contact,
            index=self.knowledge.manifest.digest,
            conditions=answer.conditions,
            citations=prove(answer.citations, evidence),
            findings=examined.findings,
            id=message.id,
            explain=explain,
        )


def _located(examined: Examined, behind: Mapping[str, Clause]) -> Examined:
    """The findings, without the names of rules that this corpus does not have."""
    found = tuple(f if f.clause_id in behind else replace(f, clause_id=None, practices=()) for f in examined.findings)
    return replace(examined, findings=found)
