"""The network that reads messages: what it is given, that it is its card's, and how the judge weighs it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from chat.answer import Account, Message, Verdict
from chat.judge import CLASSES, Judge, log_softmax, softmax
from chat.question import Question, understand
from chat.reader import PARAMETERS, Alone, Paired, Reader, ruled, said
from kb.clause import Authority, Clause, Modality, Policy
from kb.errors import ModelError

OURS = Policy("ours", "Ours", "en", Authority.BINDING)
RULE = Clause("ours/1", OURS, "Staff must not post the menu.", Modality.MUST_NOT)
OTHER = Clause("ours/2", OURS, "Staff may share the logo.", Modality.MAY)


def asked(text: str, history: tuple[str, ...] = (), account: Account | None = None, *, draft: bool = False) -> Question:
    return understand(Message(text, draft, "en", account, history))


def test_a_message_is_given_with_its_kind_its_account_and_what_it_leans_on() -> None:
    (brand,) = said(asked("May I post the menu?", account=Account.BRAND))
    assert brand.startswith("question, brand account: May I post the menu")
    assert said(asked("Fish today!", draft=True))[0].startswith("post, any account: Fish today")
    assert "menu of Monday" in said(asked("And if they agreed?", ("May I post the menu of Monday?",)))[0]


def test_a_long_message_is_given_in_parts_to_its_end_and_history_never_crowds_it_out() -> None:
    text = " ".join(f"word{at}" for at in range(400))
    parts = said(asked(text, draft=True))
    assert "".join(part.partition(": ")[2] for part in parts) == text and all(len(part) < 700 for part in parts)
    assert len(said(asked("post " * 5000))) <= 10
    (last,) = said(asked("And from my own account, with the names left out?", ("May I " + "x" * 600, "And " + "y" * 600)), 240)
    assert last.endswith("with the names left out?") and len(last) < 320


class Parts:
    """A network that lets everything be done but what speaks of a secret, and asks where it is told to."""

    def run(self, texts: list[str], pairs: list[str] | None = None) -> list[np.ndarray]:
        free, stop, ask = [5, 0, 0, 0, 0], [0, 0, 5, 0, 0], [0, 0, 0, 5, 0]
        verdicts = np.array([stop if "secret" in text else ask if "askme" in text else free for text in texts], np.float32)
        n = len(texts)
        return [np.full(n, 2, np.float32), np.zeros((n, 25), np.float32), verdicts, np.full(n, 3, np.float32), verdicts]


@pytest.mark.parametrize("beside", [False, True])
def test_of_a_long_post_the_part_that_must_not_go_out_decides(beside: bool) -> None:
    reader = Reader(Parts())  # type: ignore[arg-type]
    for text, column in (("fine " * 300, 0), ("fine " * 300 + "our secret price", 2)):
        question = asked(text, draft=True)
        read = reader.beside(question, [RULE, OTHER]).stances[1] if beside else reader.read(question).verdicts
        assert int(read.argmax()) == column


def test_of_a_long_question_the_part_that_asks_decides() -> None:
    read = Reader(Parts()).read(asked("so " * 300 + "askme " + "well " * 300))  # type: ignore[arg-type]
    assert CLASSES[int(read.verdicts.argmax())] is Verdict.ASK


def test_a_rule_is_given_with_its_force() -> None:
    assert ruled(RULE.text, RULE.modality.value) == "must not: Staff must not post the menu."


class Fixed(Reader):
    """Says the same of everything, and remembers how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    def read(self, question: Question) -> Alone:
        self.calls += 1
        return Alone(2.0, np.arange(25, dtype=np.float32), np.array([5, 0, 0, 0, 0], np.float32))

    def beside(self, question: Question, rules: list[Clause]) -> Paired:  # type: ignore[override]
        self.calls += 1
        return Paired(np.full(len(rules), 3, np.float32), np.tile(np.array([0, 0, 5, 0, 0], np.float32), (len(rules), 1)))


WHOLE = dict.fromkeys(("scope", "practices", "verdicts", "relevance", "stances"), 1.0)
VECTOR = np.full(384, 384**-0.5, np.float32)


def test_weighed_wholly_the_network_alone_speaks() -> None:
    judge = Judge.load(opened=(Fixed(), WHOLE))
    reading = judge.read(asked("May I post the menu?"), VECTOR)
    assert reading.scope == pytest.approx(1 / (1 + np.exp(-2.0))) and reading.practices[3] == 2.0
    assert max(reading.verdicts, key=lambda verdict: reading.verdicts[verdict]) is Verdict.YES
    bearing = judge.beside(asked("May I post the menu?"), VECTOR, [(RULE, VECTOR), (OTHER, VECTOR)])
    assert [max(b.stance, key=lambda v: b.stance[v]) for b in bearing] == [Verdict.NO, Verdict.NO]
    assert bearing[0].relevance == pytest.approx(1 / (1 + np.exp(-3.0)))


def test_weighed_by_half_it_is_the_mean_of_both_in_logits() -> None:
    question, (linear, whole, half) = (
        asked("May I post the menu?"),
        [
            Judge.load(opened=(Fixed(), dict.fromkeys(WHOLE, weight))).read(asked("May I post the menu?"), VECTOR)
            for weight in (0.0, 1.0, 0.5)
        ],
    )
    first, second, both = (np.array([reading.verdicts[v] for v in CLASSES]) for reading in (linear, whole, half))
    assert np.allclose(softmax((np.log(first) + np.log(second)) / 2), both, atol=1e-5)
    assert half.practices[9] == pytest.approx((linear.practices[9] + whole.practices[9]) / 2)
    assert linear.scope == pytest.approx(1 / (1 + np.exp(-Judge.load(opened=(Fixed(), WHOLE)).linear(question, VECTOR)["scope"][0])))


def test_rules_are_read_in_one_batch_and_none_at_no_cost() -> None:
    reader = Fixed()
    judge = Judge.load(opened=(reader, WHOLE))
    assert judge.beside(asked("May I?"), VECTOR, []) == [] and reader.calls == 0
    assert len(judge.beside(asked("May I?"), VECTOR, [(RULE, VECTOR)] * 6)) == 6 and reader.calls == 1


def test_logarithms_of_probabilities_are_those() -> None:
    logits = np.array([[800.0, 0.0], [1.0, 1.0]], np.float32)
    assert np.allclose(np.exp(log_softmax(logits)), softmax(logits)) and np.allclose(softmax(logits).sum(1), 1)


def test_the_card_is_of_this_network_which_is_no_larger_than_it_may_be() -> None:
    card, network = json.loads(PARAMETERS.with_suffix(".json").read_text("utf-8")), PARAMETERS.read_bytes()
    assert card["sha256"] == hashlib.sha256(network).hexdigest() and len(network) <= 25_000_000
    assert set(card["weights"]) == set(WHOLE) and all(0 <= weight <= 1 for weight in card["weights"].values())


@pytest.mark.parametrize("spoilt", ["", "{}", '{"sha256": "other"}', None])
def test_parameters_that_do_not_fit_are_one_clear_error(spoilt: str | None, tmp_path: Path) -> None:
    if spoilt is not None:
        (tmp_path / "reader.json").write_text(spoilt, "utf-8")
        (tmp_path / "reader.onnx").write_bytes(b"no network")
    with pytest.raises(ModelError, match=r"expected the reader's network"):
        Reader.load(tmp_path / "reader.onnx")


@pytest.mark.model
def test_what_anybody_would_read_is_read_so() -> None:
    reader, _ = Reader.load()
    ours, weather = reader.read(asked("Can I post a photo of the new machine?")), reader.read(asked("Will it rain tomorrow?"))
    assert ours.scope > weather.scope
    told = reader.beside(asked("May I post today's lunch menu?"), [RULE, OTHER])
    assert told.relevance[0] > told.relevance[1]
    assert reader.read(asked("May I insult a rival on our page?")).verdicts.argmax() == CLASSES.index(Verdict.NO)
    assert reader.read(asked("Bolehkah saya membocorkan data pelanggan di TikTok?")).verdicts.argmax() == CLASSES.index(Verdict.NO)
