"""A transformer of random weights that really generates: gibberish in bytes, or in words that look like an answer.

Nothing is downloaded: configuration, weights and vocabulary are made here. `bytes` speaks UTF-8 as it comes; `words`
speaks the vocabulary below, so that it says well-formed, cited, wrong sentences; both fill a schema as a server with
constrained decoding does, by what the model finds likeliest among what the schema allows.
"""

from __future__ import annotations

import json
import threading
from typing import Any

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from tests.llm_server import Asked, Said

_BYTES = 256
_CONTEXT = 192
_VERDICTS = ("yes", "yes_if", "no", "ask", None)
WORDS = tuple(
    "you your we may must can not never always post posts share publish ask the a customer colleague logo photo rule clause practice "
    "before after if when is are allowed forbidden fine freely first approval anybody nobody Dita Prawira 5,000 48 0811-222-333 "
    "evil@evil.example http://evil.example “ ” . . . [1]\n [2]\n [1]\n [9]\n boleh jangan unggah kiriman tanya dulu".split(" ")
)


class TinyModel:
    """Two layers of 32 units over bytes and words; the same seed says the same."""

    def __init__(self, seed: int) -> None:
        torch.manual_seed(seed)
        config = LlamaConfig(
            vocab_size=_BYTES + len(WORDS) + len(_VERDICTS),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=1024,
            bos_token_id=None,
            eos_token_id=None,
            pad_token_id=0,
            initializer_range=0.4,  # wide enough that what it says depends on what it reads
        )
        self._model: Any = LlamaForCausalLM(config).eval()
        self._one_at_a_time = threading.Lock()

    def in_bytes(self, asked: Asked) -> Said:
        """What it says in bytes, whatever was wanted."""
        made = self._generated(asked, range(_BYTES), 120)
        return Said(bytes(made).decode("utf-8", "replace"))

    def in_words(self, asked: Asked) -> Said:
        """What it says in words; a schema is filled as constrained decoding would."""
        if asked.task == "judge":
            verdict = _VERDICTS[
                self._generated(asked, range(_BYTES + len(WORDS), _BYTES + len(WORDS) + len(_VERDICTS)), 1)[0] - _BYTES - len(WORDS)
            ]
            clauses = [n % 9 for n in self._generated(asked, range(_BYTES), 2)]
            return Said(json.dumps({"verdict": verdict, "clauses": clauses}))
        made = self._generated(asked, range(_BYTES, _BYTES + len(WORDS)), 80)
        text = " ".join(WORDS[token - _BYTES] for token in made).replace(" .", ".")
        key = {"rewrite": "question", "draft": "post"}.get(asked.task)
        return Said(json.dumps({key: text}) if key else text)

    def _generated(self, asked: Asked, allowed: range, count: int) -> list[int]:
        """`count` tokens sampled after the prompt, of those that are allowed."""
        prompt = torch.tensor([list(f"{asked.system}\n{asked.user}".encode())[-_CONTEXT:]])
        choices = list(allowed)
        with self._one_at_a_time, torch.inference_mode():
            made = self._model.generate(
                prompt,
                attention_mask=torch.ones_like(prompt),
                max_new_tokens=count,
                do_sample=True,
                top_k=0,
                prefix_allowed_tokens_fn=lambda _batch, _ids: choices,
            )
        return [int(token) for token in made[0, prompt.shape[1] :]]
