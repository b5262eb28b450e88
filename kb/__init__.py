"""What is known: policies, clauses, and how they are found. Imports neither `ingest` nor `chat`."""
