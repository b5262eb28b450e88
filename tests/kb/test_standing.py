"""The network that reads how a clause stands to the practices: what it is made of, and plain cases that a person can check."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from kb.clause import Authority, Clause, Modality, Policy
from kb.compare import Coverage, Sheet, against, cells_of
from kb.embedding import Embedder, ensure_export, open_embedder, shipped_model
from kb.errors import ModelError
from kb.network import PARAMETERS
from kb.standing import FEATURES, Relation, Standing, parts

OURS = Policy("ours", "Ours", "en", Authority.BINDING)
PLAIN = [
    (7, "Never post anything confidential about the company."),
    (18, "Say that you work for us when you recommend our products."),
    (14, "Do not run down our competitors."),
    (25, "If you are unsure, ask the communications team before you post."),
    (22, "Staff must have a customer's consent before they publish the customer's story."),
    (7, "Pegawai dilarang membocorkan informasi rahasia perusahaan di media sosial."),
    (25, "Jika ragu, tanyakan dahulu kepada tim komunikasi sebelum mengunggah."),
    (6, "Cantumkan sumber dan hormati hak cipta ketika memakai karya orang lain."),
]


@pytest.fixture(scope="module")
def standing() -> Standing:
    return Standing.open()


def clause(text: str, lead: str = "", modality: Modality = Modality.MUST) -> Clause:
    return Clause("ours/1", OURS, text, modality, lead=lead)


def sheet(standing: Standing, *texts: str) -> Sheet:
    """Clauses whose vectors are all alike, so that only words, practices and force tell them apart."""
    clauses = tuple(clause(text) for text in texts)
    return Sheet(OURS, clauses, np.ones((len(texts), 1), np.float32), standing.read(clauses))


def test_the_card_is_of_this_network_which_is_no_larger_than_it_may_be() -> None:
    card, network = json.loads((PARAMETERS / "standing.json").read_text("utf-8")), (PARAMETERS / "standing.onnx").read_bytes()
    assert card["sha256"] == hashlib.sha256(network).hexdigest() and len(network) <= 25_000_000
    assert np.shape(card["relations"]["first"]["weights"]) == (FEATURES, len(Relation))
    assert np.shape(card["relations"]["second"]["weights"]) == (FEATURES + len(Relation), len(Relation))


@pytest.fixture(scope="module")
def shipped(session_home: Path) -> tuple[Standing, Embedder]:
    """What reads clauses as a comparison does, with the second opinion."""
    model = shipped_model()
    embedder = open_embedder(ensure_export(model, "", session_home / "model", lambda _: None), model)
    return Standing.open(model=model), embedder


def as_compared(shipped: tuple[Standing, Embedder], text: str) -> Sheet:
    """A clause as a comparison reads it."""
    standing, embedder = shipped
    vectors = embedder.embed([text])
    return Sheet(OURS, (clause(text),), vectors, standing.read([clause(text)], vectors))


@pytest.mark.model
@pytest.mark.parametrize(("practice", "text"), PLAIN)
def test_a_plain_clause_is_read_as_anybody_would(standing: Standing, practice: int, text: str) -> None:
    found = sheet(standing, text)
    assert found.stances[0].sum(axis=1).argmax() == practice - 1
    assert cells_of(found, standing.bounds)[practice].coverage is Coverage.COVERED


@pytest.mark.model
@pytest.mark.parametrize(("practice", "text"), PLAIN)
def test_with_the_second_opinion_too(shipped: tuple[Standing, Embedder], practice: int, text: str) -> None:
    found = as_compared(shipped, text)
    assert found.stances[0].sum(axis=1).argmax() == practice - 1
    assert cells_of(found, shipped[0].bounds)[practice].coverage is Coverage.COVERED


@pytest.mark.model
def test_a_clause_of_several_rules_says_them_all(shipped: tuple[Standing, Embedder]) -> None:
    together = as_compared(shipped, "Never disclose confidential information of the company. Do not disparage our competitors.")
    read = cells_of(together, shipped[0].bounds)
    assert [number for number in (7, 14) if read[number].coverage is Coverage.COVERED] == [7, 14]


@pytest.mark.model
def test_a_clause_is_read_the_same_whatever_else_is_read_with_it(standing: Standing) -> None:
    other = Policy("other", "Other", "en", Authority.REFERENCE)
    two = clause("Never disclose confidential information of the company. Do not disparage our competitors.")
    many = [Clause(f"other/{at}", other, f"Form {at} is kept for a year.", Modality.MUST) for at in range(160)]
    assert np.allclose(standing.read([two, *many])[0], standing.read([two])[0], atol=1e-3)


@pytest.mark.model
def test_a_clause_too_long_to_be_read_whole_says_what_its_sentences_say(standing: Standing) -> None:
    rules = [
        *(f"Form {number} is kept for a year by the office in room {number}." for number in range(12)),
        "Do not run down our competitors.",
    ]
    assert len(" ".join(rules)) > 500
    together = standing.read([clause(" ".join(rules))])[0]
    assert np.allclose(together, np.max(standing.read([clause(rule) for rule in rules]), axis=0), atol=0.02)


def test_a_lead_in_goes_with_its_item_and_fragments_are_no_sentences() -> None:
    assert parts(clause("mocking rivals", lead="Employees must not:")) == ["Employees must not: mocking rivals"]
    assert parts(clause("Be kind to everybody. OK! Never post secrets.")) == ["Be kind to everybody.", "Never post secrets."]
    assert parts(clause("Mock nobody here. Post no secrets.", lead="Rules:")) == ["Rules: Mock nobody here.", "Rules: Post no secrets."]


def test_a_long_clause_without_sentences_is_read_to_its_end() -> None:
    text = ", ".join(f"thing {number}" for number in range(100))
    found = parts(clause(text))
    assert " ".join(found) == text and all(len(piece) <= 500 for piece in found)


@pytest.mark.model
def test_nothing_is_read_of_nothing(standing: Standing) -> None:
    assert standing.read([]).shape == (0, 25, 3)
    empty, some = sheet(standing), sheet(standing, "Be kind.")
    assert standing.relate(empty, some).shape == (0, 1, 4) and standing.relate(some, empty).shape == (1, 0, 4)


@pytest.mark.model
def test_a_policy_beside_itself_is_covered_wholly_and_contradicts_nothing(standing: Standing) -> None:
    own = sheet(standing, *(text for _, text in PLAIN))
    assert {rule.coverage for rule in against(own, own, standing.relate(own, own))} == {Coverage.COVERED}


@pytest.mark.model
def test_an_empty_draft_says_nothing(standing: Standing) -> None:
    assert {cell.coverage for cell in cells_of(sheet(standing), standing.bounds).values()} == {Coverage.MISSING}


@pytest.mark.parametrize("spoilt", ["", "{}", '{"sha256": "other"}', None])
def test_parameters_that_do_not_fit_are_one_clear_error(spoilt: str | None, tmp_path: Path) -> None:
    if spoilt is not None:
        (tmp_path / "standing.json").write_text(spoilt, "utf-8")
        (tmp_path / "standing.onnx").write_bytes(b"no network")
    with pytest.raises(ModelError, match=r"expected standing.onnx and its card"):
        Standing.open(tmp_path)
