"""Words of one language find clauses of the other."""

from __future__ import annotations

from kb.glossary import Glossary
from kb.lexical import tokens

GLOSSARY = Glossary([("data pribadi", "personal data"), ("data", "figures"), ("pelanggan", "customer"), ("pelanggan", "client")])


def test_the_longest_phrase_is_translated() -> None:
    assert GLOSSARY.translate("data pribadi pelanggan", "id") == [
        *tokens("personal data", "en"), *tokens("customer", "en"), *tokens("client", "en"),
    ]  # fmt: skip


def test_it_works_in_both_directions_and_passes_over_unknown_words() -> None:
    assert GLOSSARY.translate("The Customer xyz", "en") == tokens("pelanggan", "id")
    assert GLOSSARY.translate("xyz", "id") == []
    assert GLOSSARY.translate("xyz", "fr") == []
