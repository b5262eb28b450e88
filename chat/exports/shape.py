"""A report as JSON: everything in it, under stable keys, in English whatever the language of the words."""

from __future__ import annotations

import json
from typing import Any

from chat.exports.notes import told
from chat.exports.parts import policies, sectors, share_of
from chat.exports.report import Report
from kb.clause import Clause, Policy, public_shape
from kb.compare import Cell, Row, Share


def shape(report: Report) -> str:
    """One JSON object, indented, ending in a line break."""
    text = json.dumps(to_json(report), ensure_ascii=False, indent=1)
    return text.encode("utf-8", "replace").decode("utf-8") + "\n"


def to_json(report: Report) -> dict[str, Any]:
    """The report in plain values. A clause is named as everywhere (CONTRACT, section 2) with its exact text as `quote`."""
    comparison = report.comparison
    return {
        "made": report.made,
        "index": report.index,
        "lang": report.lang,
        "draft": _policy(comparison.draft) if comparison.draft else None,
        "counts": {coverage.value: count for coverage, count in comparison.counts().items()} if comparison.draft else None,
        "gaps": [row.subject for row in comparison.gaps()],
        "practices": [
            {"practice": row.subject, "title": report.titles.get(row.subject, "")}
            | {"asks": report.facts.get(int(row.subject)), "model_clause": report.models.get(int(row.subject))}
            | _counted(report, int(row.subject))
            | {"disagreements": [{"title": head, "text": text} for head, text in report.disagreements.get(int(row.subject), ())]}
            | _row(row, report)
            for row in comparison.practices
        ],
        "topics": [{"topic": row.subject, "title": report.titles.get(row.subject, "")} | _row(row, report) for row in comparison.topics],
        "peers": [{"policy_id": peer.policy.id, "likeness": round(peer.likeness, 4)} for peer in comparison.peers],
        "rules": {
            policy_id: [
                {"theirs": _clause(rule.theirs), "coverage": rule.coverage.value, "ours": _clause(rule.ours)}
                | {"likeness": round(rule.likeness, 4)}
                for rule in rules
            ]
            for policy_id, rules in comparison.rules.items()
        },
        "notes": [
            {
                "kind": note.kind,
                "legal": note.legal,
                "title": note.title,
                "text": note.sentence,
                "quote": note.quote,
                "clause_id": note.clause.id if note.clause else None,
                "sources": list(note.sources),
            }
            for note in told(report)
        ],
        "policies": [_policy(policy) for policy in policies(report)],
    }


def _row(row: Row, report: Report) -> dict[str, Any]:
    by_sector = {sector: _share(share_of(row, sector)) for sector in sectors(report)}
    return {
        "draft": _cell(row.draft) if row.draft else None,
        "common": _share(row.share()) | {"firm": round(row.firm, 4), "sectors": by_sector},
        "published": [_cell(cell) for cell in row.published],
        "beside": [
            {"ours": _clause(pair.ours), "theirs": _clause(pair.theirs), "likeness": round(pair.likeness, 4)} for pair in row.beside
        ],
    }


def _share(share: Share) -> dict[str, Any]:
    return {"covering": share.covering, "of": share.of, "unknown": share.unknown}


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "policy_id": cell.policy.id,
        "coverage": cell.coverage.value,
        "modality": cell.modality.value if cell.modality else None,
        "clauses": [_clause(clause) for clause in cell.clauses],
        "against": [_clause(clause) for clause in cell.against],
    }


def _clause(clause: Clause | None) -> dict[str, Any] | None:
    return public_shape(clause) | {"quote": clause.text, "url": clause.policy.url} if clause else None


_OF_POLICY = (
    "title", "organisation", "lang", "authority", "sector", "country", "version", "published", "effective_from", "effective_to",
    "coverage", "missing", "url", "url_is",
)  # fmt: skip


def _counted(report: Report, number: int) -> dict[str, Any]:
    counts = report.counts.get(number)
    return {"covered_by": counts.covered if counts else None, "partly_by": counts.partly if counts else None}


def _policy(policy: Policy) -> dict[str, Any]:
    return {"policy_id": policy.id} | {key: getattr(policy, key) for key in _OF_POLICY}
