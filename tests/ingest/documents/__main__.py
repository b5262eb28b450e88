"""`python -m tests.ingest.documents`: the table of documents, clauses and exact ones."""

from tests.ingest.documents.measure import table

if __name__ == "__main__":
    print(table()[0])
