"""The networks' tokenizer and running them: what a person can check by eye, and that batches change nothing."""

from __future__ import annotations

import numpy as np
import pytest

from kb.network import PARAMETERS, Network, open_tokenizer

TEXTS = ["Never post secrets.", "Jangan mengunggah rahasia perusahaan di media sosial, siapa pun yang memintanya.", "Be kind. " * 40, ""]


def test_pieces_are_words_and_parts_of_words_of_both_languages() -> None:
    tokenizer = open_tokenizer()
    assert tokenizer.encode("Staff must ask.").tokens == ["<s>", "▁Staff", "▁must", "▁ask", ".", "</s>"]
    assert tokenizer.encode("Karyawan wajib bertanya.").tokens[-4:] == ["▁wajib", "▁bertanya", ".", "</s>"]


def test_wide_letters_and_spaces_of_any_kind_are_read_as_plain_ones() -> None:
    tokenizer = open_tokenizer()
    assert tokenizer.encode("ｐｏｓｔ\u00a0\n it ").ids == tokenizer.encode("post it").ids


def test_a_batch_is_padded_and_a_pair_has_a_mark_between() -> None:
    one, other = open_tokenizer().encode_batch([("post it", "no"), ("post", "no")])
    assert one.tokens == ["<s>", "▁post", "▁it", "</s>", "</s>", "▁no", "</s>"]
    assert other.attention_mask == [1, 1, 1, 1, 1, 1, 0] and other.ids[-1] == 1


@pytest.mark.model
def test_texts_come_back_in_their_order_whatever_else_is_read_with_them() -> None:
    network = Network(PARAMETERS / "standing.onnx", 112)
    together = network.run(TEXTS * 20)
    assert [len(output) for output in together] == [len(TEXTS) * 20] * len(network.outputs)
    alone = np.stack([network.run([text])[0][0] for text in TEXTS])
    for at in range(len(TEXTS) * 20):
        assert np.allclose(together[0][at], alone[at % len(TEXTS)], atol=1e-3)  # a text is read the same whatever is read with it
