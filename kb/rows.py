"""A clause as the flat row that a vector store keeps, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from kb.clause import Clause, Modality, Policy

# The fields of a clause that a row keeps; those that are as `Clause` has them by default are left out.
_KEPT = tuple(field.name for field in fields(Clause) if field.name not in ("policy", "text"))
_ABSENT = {field.name: field.default for field in fields(Clause)}


def flat(clause: Clause) -> dict[str, str]:
    """Everything but the text: what is filtered by, and the rest as one JSON text.

    Chroma writes a row of its database for every value, so one value for all is a third of the time to write and read.
    """
    kept = {name: getattr(clause, name) for name in _KEPT if getattr(clause, name) != _ABSENT[name]}
    return {"owner": f"{clause.policy.id}@{clause.lang}", "clause": json.dumps(kept, ensure_ascii=False)}


def whole(text: str, row: Mapping[str, Any], policies: Mapping[str, Policy]) -> Clause:
    """The clause that `flat` made `row` of; `policies` maps `id@lang`."""
    kept = json.loads(row["clause"])
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    given["modality"] = Modality(kept["modality"])
    return Clause(policy=policies[row["owner"]], text=text, **given)


def owner(key: str, policies: Mapping[str, Policy]) -> str:
    """The key (`id@lang`) of the policy that a clause belongs to; ids may hold slashes, so the longest that fits."""
    place, _, lang = key.rpartition("@")
    while (at := place.rfind("/")) > 0:
        place = place[:at]
        if (found := f"{place}@{lang}") in policies:
            return found
    return ""
