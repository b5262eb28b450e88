"""What can go wrong, as a drawn tree. Each message says what was expected, what was found and what to do.

AskFirstError
├── SettingsError        a setting or flag has a value that cannot be used
├── InputError           a question, draft or file given on the command line cannot be used
├── HomeError            the folder that holds state cannot be read or written
├── CorpusError          the corpus as a whole cannot be read (one bad file is a refusal, not an error)
├── IndexUnusable
│   ├── IndexMissing     nothing has been built yet
│   ├── IndexStranger    built by another model or an older program: can be rebuilt
│   ├── IndexDamaged     files are missing or do not agree: can be rebuilt
│   └── IndexNewer       written by a newer version: this program must not touch it
├── StoreUnreachable     the Chroma server does not answer, or not as it should
├── ModelError           the embedding model is not the one that was promised
├── LanguageModelError   a call to the language model came to nothing
└── PortTaken            the address to serve on is in use
"""

from __future__ import annotations


class AskFirstError(Exception):
    """Base of every error a user can cause and mend; its text is one clear line."""

    def __init__(self, *, expected: str, found: str, todo: str) -> None:
        self.expected, self.found, self.todo = expected, found, todo
        super().__init__(f"expected {expected}; found {found}; {todo}")

    def __str__(self) -> str:
        return " ".join(str(self.args[0]).split())


class SettingsError(AskFirstError):
    """A setting or flag has a value that cannot be used."""


class InputError(AskFirstError):
    """A question, draft or file given by the user cannot be used."""


class HomeError(AskFirstError):
    """The folder that holds state cannot be read or written."""


class CorpusError(AskFirstError):
    """The corpus as a whole cannot be read."""


class IndexUnusable(AskFirstError):
    """The index cannot answer."""


class IndexMissing(IndexUnusable):
    """Nothing has been built yet."""


class IndexStranger(IndexUnusable):
    """The index was built by another model or an older program; it can be rebuilt."""


class IndexDamaged(IndexUnusable):
    """Files of the index are missing or do not agree; it can be rebuilt."""


class IndexNewer(IndexUnusable):
    """The index was written by a newer version of the program."""


class StoreUnreachable(AskFirstError):
    """The Chroma server that holds the vectors does not answer, or cannot do what it is asked."""


class ModelError(AskFirstError):
    """The embedding model is missing or is not the one that was promised."""


class LanguageModelError(AskFirstError):
    """A call to the language model came to nothing; `kind` says how (`chat.leash.Intervention`)."""

    def __init__(self, *, kind: str, expected: str, found: str, todo: str) -> None:
        self.kind = kind
        super().__init__(expected=expected, found=found, todo=todo)


class PortTaken(AskFirstError):
    """The address to serve on is in use."""
