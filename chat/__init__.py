"""Question to evidence to decision to answer. Imports `kb` only; `chat.cli` alone also imports `ingest`."""
