"""A clause as the flat row that a vector store keeps, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kb.clause import Clause, Modality, Policy


def flat(clause: Clause) -> dict[str, str | int]:
    """Everything but the text: lists as JSON text, absent values left out."""
    row: dict[str, str | int | None] = {
        "id": clause.id,
        "policy": clause.policy.id,
        "owner": f"{clause.policy.id}@{clause.lang}",
        "lang": clause.lang,
        "authority": clause.policy.authority.value,
        "modality": clause.modality.value,
        "heading": json.dumps(clause.heading, ensure_ascii=False),
        "number": clause.number,
        "lead": clause.lead or None,
        "topics": json.dumps(clause.topics),
        "practices": json.dumps(clause.practices),
        "contact": clause.contact,
        "start": clause.start,
        "end": clause.end,
        "line": clause.line,
        "page": clause.page,
        "hash": clause.hash,
    }
    return {key: value for key, value in row.items() if value is not None}


def whole(text: str, row: Mapping[str, Any], policies: Mapping[str, Policy]) -> Clause:
    """The clause that `flat` made `row` of; `policies` maps `id@lang`."""
    return Clause(
        id=row["id"],
        policy=policies[f"{row['policy']}@{row['lang']}"],
        text=text,
        modality=Modality(row["modality"]),
        heading=tuple(json.loads(row["heading"])),
        number=row.get("number"),
        lead=row.get("lead", ""),
        topics=tuple(json.loads(row["topics"])),
        practices=tuple(json.loads(row["practices"])),
        contact=row.get("contact"),
        start=row["start"],
        end=row["end"],
        line=row.get("line"),
        page=row.get("page"),
    )


def owner(key: str, policies: Mapping[str, Policy]) -> str:
    """The key (`id@lang`) of the policy that a clause belongs to; ids may hold slashes, so the longest that fits."""
    place, _, lang = key.rpartition("@")
    while (at := place.rfind("/")) > 0:
        place = place[:at]
        if (found := f"{place}@{lang}") in policies:
            return found
    return ""
