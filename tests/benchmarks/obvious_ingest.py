"""The obvious ingest: langchain's splitter, HuggingFaceEmbeddings and Chroma, the way a tutorial would write it.

`python tests/benchmarks/obvious_ingest.py MODEL CORPUS FOLDER` indexes the Markdown files of CORPUS into FOLDER and prints, as
JSON, the seconds after start-up, the chunks, and the peak of memory in MB.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

os.environ["ANONYMIZED_TELEMETRY"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"

from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

LARGEST = 5000  # chunks at once: the store does not split for itself what Chroma refuses


def main() -> None:
    model, corpus, folder = sys.argv[1:]
    embeddings = HuggingFaceEmbeddings(model_name=model)
    embeddings.embed_documents(["warm"])
    began, spent = time.perf_counter(), time.process_time()
    # About a clause a chunk, so that both embed alike many texts.
    splitter = RecursiveCharacterTextSplitter(chunk_size=180, chunk_overlap=0)
    pages = [Document(file.read_text("utf-8"), metadata={"source": file.name}) for file in sorted(Path(corpus).glob("*.md"))]
    chunks = splitter.split_documents(pages)
    store = Chroma.from_documents(chunks[:LARGEST], embeddings, persist_directory=folder)
    for at in range(LARGEST, len(chunks), LARGEST):
        store.add_documents(chunks[at : at + LARGEST])
    taken = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - spent, "chunks": len(chunks)}
    # Linux only, and not `ru_maxrss`: a child starts from the peak of the process that started it.
    [peak] = [line for line in Path("/proc/self/status").read_text("ascii").splitlines() if line.startswith("VmHWM")]
    print(json.dumps(taken | {"peak": int(peak.split()[1]) / 1024}))


if __name__ == "__main__":
    main()
