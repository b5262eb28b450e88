"""Validates a corpus: what the reader refused, what is not covered, what does not resolve, what stands twice.

Every finding names a file, a line where there is one, and the remedy. Takes policies and clauses as values; the
command line reads them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from chat.contacts import read_contacts
from chat.report import Report, counts
from chat.scenarios import TEST, Scenario, bank_files, read_files
from kb.clause import LANGUAGES, PRACTICE_NUMBERS, PRACTICES_POLICY, Clause, Policy
from kb.embedding import Embedder
from kb.errors import CorpusError
from kb.lexical import words
from kb.support import Support, read_contact_files, read_entries, read_glossary, read_yaml

# Two cases closer than these are the same case: share of equal word trigrams, and cosine of their embeddings.
SAME_WORDS = 0.6
SAME_MEANING = 0.93
_ID_LISTS = frozenset({"company", "brands", "code_names", "customers", "partners", "competitors", "official_accounts", "disclosure_tags"})

# What `test` must hold to be worth measuring on; shares are of its permission and draft cases.
TEST_LEAST: Mapping[str, int] = {
    "cases": 1000,
    "drafts": 220,
    "follow_ups": 120,
    "off_topic": 150,
    "near_misses": 80,
    "adversarial": 120,
    "stated clause": 120,
    "cases a practice and language": 14,
}


def validate(
    corpus: Path,
    policies: Mapping[str, Policy],
    clauses: Mapping[str, Clause],
    refused: Mapping[str, str],
    embedder: Callable[[], Embedder] | None = None,
) -> Report:
    """Everything that is wrong with the corpus in `corpus`; `embedder` is asked for only where cases must be compared."""
    report = Report()
    report.errors += [f"{file}: {reason}" for file, reason in refused.items()]
    topics = _topics(report, corpus)
    contacts = _contacts(report, corpus, topics)
    _glossary(report, corpus)
    _terms(report, corpus)
    _policies(report, policies, clauses, contacts)
    if any(p.id == PRACTICES_POLICY for p in policies.values()):
        _coverage(report, clauses, [t["id"] for t in topics])
    _scenarios(report, corpus, embedder)
    return report


def _topics(report: Report, corpus: Path) -> list[Mapping[str, Any]]:
    file = corpus / "topics.yaml"
    if not file.is_file():
        return []
    found: dict[str, Mapping[str, Any]] = {}
    try:
        entries = read_entries(file)
    except CorpusError as error:
        report.errors.append(str(error))
        return []
    for line, entry in entries:
        where = f"{file} line {line}"
        if not isinstance(entry, dict) or not entry.get("id"):
            report.errors.append(f"{where}: expected a topic with an id; found {entry!r:.60}; add it")
            continue
        if entry["id"] in found:
            report.errors.append(f"{where}: expected an id of its own; found '{entry['id']}' twice; remove one")
        missing = [key for key in ("name", "practices", "terms", "contact") if not entry.get(key)]
        names, terms = (entry[key] if isinstance(entry.get(key), dict) else {} for key in ("name", "terms"))
        missing += [f"{key} in {lang}" for lang in LANGUAGES for key, have in (("name", names), ("terms", terms)) if not have.get(lang)]
        if missing:
            report.errors.append(f"{where}: expected {', '.join(missing)}; found none; add it")
        if any(n not in PRACTICE_NUMBERS for n in entry.get("practices") or ()):
            report.errors.append(f"{where}: expected practices from 1 to 25; found {entry['practices']}; correct it")
        found[str(entry["id"])] = entry
    report.facts["Topics"] = {"topics": len(found)}
    return list(found.values())


def _contacts(report: Report, corpus: Path, topics: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    file = corpus / "contacts.yaml"
    if not file.is_file():
        return frozenset()
    try:
        contacts = read_contacts(Support(tuple(topics), read_contact_files([file]), {}, ()))
    except CorpusError as error:
        report.errors.append(str(error))
        return frozenset()
    known = frozenset(contacts.by_lang[LANGUAGES[0]])
    for topic in topics:
        if topic.get("contact") not in known:
            report.errors.append(
                f"{corpus / 'topics.yaml'}: expected the contact of topic '{topic['id']}' in contacts.yaml; "
                f"found '{topic.get('contact')}'; add or correct it"
            )
    for contact in contacts.by_lang[LANGUAGES[0]].values():
        if not (contact.email or contact.phone or contact.url):
            report.errors.append(f"{file}: expected a way to reach '{contact.id}'; found none; add email, phone or url")
    if contacts.placeholders:
        report.warnings.append(f"{file}: placeholders: {', '.join(contacts.placeholders)}; put your own contacts in")
    return known


def _glossary(report: Report, corpus: Path) -> None:
    file = corpus / "glossary.csv"
    if file.is_file():
        try:
            report.facts["Glossary"] = {"pairs": len(read_glossary(file))}
        except CorpusError as error:
            report.errors.append(str(error))


def _terms(report: Report, corpus: Path) -> None:
    file = corpus / "terms.yaml"
    if not file.is_file():
        return
    try:
        data = read_yaml(file)
    except CorpusError as error:
        report.errors.append(str(error))
        return
    for key, value in (data if isinstance(data, dict) else {"?": data}).items():
        if key not in _ID_LISTS or not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            report.errors.append(f"{file}: expected lists of words under {', '.join(sorted(_ID_LISTS))}; found '{key}'; correct it")


def _policies(report: Report, policies: Mapping[str, Policy], clauses: Mapping[str, Clause], contacts: frozenset[str]) -> None:
    by_policy: dict[str, list[Clause]] = defaultdict(list)
    for clause in clauses.values():
        by_policy[f"{clause.policy.id}@{clause.lang}"].append(clause)
        if clause.contact and contacts and clause.contact not in contacts:
            report.errors.append(
                f"{clause.policy.source} line {clause.line}: expected a contact of contacts.yaml; found '{clause.contact}'; correct it"
            )
    for key, policy in policies.items():
        if not by_policy[key]:
            report.errors.append(f"{policy.source}: expected clauses; found headings only; write them")
        if policy.authority == "reference" and not policy.url and policy.id != "guide":
            report.warnings.append(f"{policy.source}: expected the url of the source; found none; add it")
        other = next((p for k, p in policies.items() if p.id == policy.id and k != key), None)
        if other and policy.lang == LANGUAGES[0]:
            mine = {c.id: c for c in by_policy[key]}
            theirs = {c.id: c for c in by_policy[f"{other.id}@{other.lang}"]}
            for clause_id in sorted(mine.keys() ^ theirs.keys()):
                report.errors.append(f"{policy.source}: expected {clause_id} in both languages; found it in one; add or rename it")
            for clause_id in sorted(mine.keys() & theirs.keys()):
                if mine[clause_id].modality is not theirs[clause_id].modality:
                    report.errors.append(
                        f"{other.source} line {theirs[clause_id].line}: expected modality {mine[clause_id].modality} of {clause_id}, "
                        f"as in {LANGUAGES[0]}; found {theirs[clause_id].modality}; make them agree"
                    )
    report.facts["Policies"] = {
        "policies": len({p.id for p in policies.values()}),
        "authority": counts(Counter(p.authority.value for p in policies.values())),
        "sector": counts(Counter(p.sector for p in policies.values() if p.sector)),
        "coverage": counts(Counter(p.coverage for p in policies.values())),
    }
    report.facts["Clauses"] = {
        "clauses": len({c.id for c in clauses.values()}),
        "language": counts(Counter(c.lang for c in clauses.values())),
        "modality": counts(Counter(c.modality.value for c in clauses.values())),
        "practice": counts(Counter(f"{n:02}" for c in clauses.values() for n in c.practices)),
        "topic": counts(Counter(t for c in clauses.values() for t in c.topics)),
        "policy": counts(Counter(c.policy.id for c in clauses.values())),
    }


def _coverage(report: Report, clauses: Mapping[str, Clause], topics: Sequence[str]) -> None:
    binding = [c for c in clauses.values() if c.policy.authority == "binding"]
    for lang in LANGUAGES:
        for number in PRACTICE_NUMBERS:
            if not any(number in c.practices and c.lang == lang for c in binding):
                report.errors.append(f"practices ({lang}): expected a binding clause of practice {number}; found none; write one")
    for topic in topics:
        if not any(topic in c.topics for c in clauses.values()):
            report.errors.append(f"topics.yaml: expected a clause of topic '{topic}'; found none; write one or remove the topic")


def _scenarios(report: Report, corpus: Path, embedder: Callable[[], Embedder] | None) -> None:
    files = bank_files(corpus)
    tests = sorted((corpus / "scenarios" / TEST).glob("*.yaml"))
    cases: list[Scenario] = []
    for file in files + tests:
        try:
            cases += read_files([file])
        except CorpusError as error:
            report.errors.append(str(error))
    if not cases:
        return
    for case_id, count in Counter(case.id for case in cases).items():
        if count > 1:
            where = ", ".join(sorted({case.file for case in cases if case.id == case_id}))
            report.errors.append(f"{where}: expected an id of its own; found '{case_id}' {count} times; rename it")
    splits: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        splits[case.group].add(case.split)
    for group, found in splits.items():
        if TEST in found and len(found) > 1:
            report.errors.append(f"scenarios: expected group '{group}' in one split; found it in {', '.join(sorted(found))}; rename it")
    for case in cases:
        if not case.in_scope and any(case.ok):
            report.errors.append(f"{case.file}: expected no verdict out of scope; found {case.ok} in {case.id}; correct it")
        if case.in_scope and not case.ok and case.kind not in ("information", "follow_up", "adversarial", "near_miss"):
            report.errors.append(f"{case.file}: expected a verdict; found none in {case.id}; label it")
    test = [case for case in cases if case.split == TEST]
    bank = [case for case in cases if case.split != TEST]
    for heading, part in (("Scenarios (bank)", bank), ("Scenarios (test)", test)):
        if part:
            report.facts[heading] = _described(part)
    if test:
        report.errors += _balance(test)
    if test and bank:
        report.errors += same_words(test, bank)
        if embedder:
            report.errors += same_meaning(test, bank, embedder())


def _described(cases: Sequence[Scenario]) -> dict[str, Any]:
    return {
        "cases": len(cases),
        "split": counts(Counter(c.split for c in cases)),
        "language": counts(Counter(c.lang for c in cases)),
        "kind": counts(Counter(c.kind for c in cases)),
        "verdict": counts(Counter(c.best.value if c.best else "none" for c in cases)),
        "practice": counts(Counter(f"{n:02}" for c in cases for n in c.practices[:1])),
        "stated clause": sum(bool(c.clause) for c in cases),
        "account": counts(Counter(c.account.value if c.account else "not said" for c in cases)),
    }


def _balance(test: Sequence[Scenario]) -> list[str]:
    """What the test split lacks."""
    kinds = Counter(case.kind for case in test)
    have = {
        "cases": len(test),
        "drafts": kinds["draft"],
        "follow_ups": kinds["follow_up"],
        "off_topic": kinds["off_topic"],
        "near_misses": kinds["near_miss"],
        "adversarial": kinds["adversarial"],
        "stated clause": sum(bool(case.clause) for case in test),
        "cases a practice and language": min(
            sum(case.lang == lang and number in case.practices for case in test) for lang in LANGUAGES for number in PRACTICE_NUMBERS
        ),
    }
    found = [
        f"scenarios/test: expected at least {least} {name}; found {have[name]}; write more"
        for name, least in TEST_LEAST.items()
        if have[name] < least
    ]
    asked = [case for case in test if case.kind in ("permission", "draft")]
    drafts = [case for case in asked if case.kind == "draft"]
    other = [case for case in asked if case.best != "ask"]

    def share(part: Sequence[Scenario], whole: Sequence[Scenario]) -> float:
        return len(part) / max(len(whole), 1)

    for name, value, least, most in (
        ("cases with one acceptable verdict", share([c for c in asked if len(c.ok) == 1], asked), 0.60, 1.0),
        ("other verdicts that also accept ask", share([c for c in other if "ask" in c.ok], other), 0.0, 0.25),
        ("yes or yes_if as best", share([c for c in asked if c.best in ("yes", "yes_if")], asked), 0.40, 1.0),
        ("plain yes as best", share([c for c in asked if c.best == "yes"], asked), 0.15, 1.0),
        ("clean drafts", share([c for c in drafts if c.best == "yes"], drafts), 0.40, 0.60),
    ):
        if not least <= value <= most:
            found.append(f"scenarios/test: expected {least:.0%} to {most:.0%} {name}; found {value:.0%}; write others")
    return found


def same_words(test: Sequence[Scenario], bank: Sequence[Scenario]) -> list[str]:
    """Cases of the test split that stand, nearly word for word, in the bank."""
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    grams = [_trigrams(case) for case in bank]
    for at, found in enumerate(grams):
        for gram in found:
            holders[gram].append(at)
    errors = []
    for case in test:
        mine = _trigrams(case)
        overlap = Counter(at for gram in mine for at in holders.get(gram, ()))
        for at, shared in overlap.most_common(1):
            if shared / max(len(mine | grams[at]), 1) >= SAME_WORDS:
                errors.append(f"{case.file}: expected a case of its own; found {case.id} in the bank as {bank[at].id}; rewrite one")
    return errors


def _trigrams(case: Scenario) -> set[tuple[str, ...]]:
    found = words(case.text)
    # A text of one or two words is compared whole.
    return {tuple(found[at : at + 3]) for at in range(max(len(found) - 2, 1))}


def same_meaning(test: Sequence[Scenario], bank: Sequence[Scenario], embedder: Embedder) -> list[str]:
    """Cases of the test split whose meaning stands in the bank, by the cosine of their embeddings.

    Short greetings and one-word messages are all alike to an embedder and are left to `same_words`.
    """
    long_test = [case for case in test if len(words(case.text)) > 4]
    long_bank = [case for case in bank if len(words(case.text)) > 4]
    if not long_test or not long_bank:
        return []
    mine = embedder.embed([_asked(case) for case in long_test])
    theirs = embedder.embed([_asked(case) for case in long_bank])
    nearest = mine @ theirs.T
    return [
        f"{case.file}: expected a case of its own; found {case.id} in the bank as {long_bank[int(at)].id} (cosine {score:.2f}); rewrite one"
        for case, at, score in zip(long_test, nearest.argmax(1), nearest.max(1), strict=True)
        if score >= SAME_MEANING and case.lang == long_bank[int(at)].lang and np.isfinite(score)
    ]


def _asked(case: Scenario) -> str:
    return " ".join([*case.history[-1:], case.text, case.clause.get("text", "")])[:1000]
