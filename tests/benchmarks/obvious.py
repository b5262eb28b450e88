"""The obvious script: langchain's HuggingFaceEmbeddings and Chroma, the way a tutorial would write it.

`python tests/benchmarks/obvious.py MODEL TEXTS FOLDER [QUESTION]` builds FOLDER once from a JSON list of texts, then
answers QUESTION; with `--repeat N` it answers N times in one process and prints the median in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from pathlib import Path

os.environ["ANONYMIZED_TELEMETRY"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"

from langchain_chroma import Chroma
from langchain_huggingface import HuggingFaceEmbeddings


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("texts", type=Path)
    parser.add_argument("folder")
    parser.add_argument("question")
    parser.add_argument("--repeat", type=int, default=0)
    options = parser.parse_args()
    embeddings = HuggingFaceEmbeddings(model_name=options.model)
    store = Chroma("texts", embeddings, options.folder)
    if not store.get(limit=1)["ids"]:
        store.add_texts(json.loads(options.texts.read_text("utf-8")))
    found = store.similarity_search(options.question, k=4)
    if options.repeat:
        times = []
        for _ in range(options.repeat):
            began = time.perf_counter()
            store.similarity_search(options.question, k=4)
            times.append(time.perf_counter() - began)
        print(statistics.median(times) * 1000)
    else:
        print(found[0].page_content)


if __name__ == "__main__":
    main()
