"""Tokens with which programs sign in to the API: made once, kept as hashes, one a line."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from chat.web.identity import How, Person, Role, key_of, up_to
from kb.errors import InputError, SettingsError
from kb.settings import Settings

_PREFIX = "askfirst_"  # lets scanners for leaked secrets recognise one
_SHAPE = "four fields with tabs between: sha256:…, role, groups with commas, name"


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token."""

    digest: str
    role: Role
    groups: tuple[str, ...]
    name: str

    @property
    def person(self) -> Person:
        """Who comes with it."""
        return Person(How.TOKEN, up_to(self.role), frozenset(self.groups), key_of(How.TOKEN, self.name))

    @property
    def line(self) -> str:
        """Its line in the file."""
        return "\t".join((f"sha256:{self.digest}", self.role, ",".join(self.groups), self.name))


def tokens_path(settings: Settings) -> Path:
    """The file that keeps them."""
    return Path(settings.tokens_file).expanduser() if settings.tokens_file else settings.home / "tokens"


def parse(text: str, where: str) -> tuple[Token, ...]:
    """The tokens of a file's text; empty lines and lines from `#` on are passed over. Raises `SettingsError` naming a wrong line."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split("\t")
        kind, _, digest = fields[0].partition(":")
        if len(fields) != 4 or kind != "sha256" or len(digest) != 64 or fields[1] not in tuple(Role) or not fields[3].strip():
            raise SettingsError(expected=f"{_SHAPE} in line {number} of {where}", found="something else", todo="correct or remove it")
        groups = tuple(group.strip() for group in fields[2].split(",") if group.strip())
        found.append(Token(digest.lower(), Role(fields[1]), groups, fields[3].strip()))
    return tuple(found)


def match(tokens: Iterable[Token], secret: str) -> Token | None:
    """The token that this secret belongs to; takes as long for a wrong one as for any."""
    digest, found = _digest(secret), None
    for token in tokens:
        if hmac.compare_digest(token.digest, digest):
            found = token
    return found


def make(settings: Settings, name: str, role: Role, groups: Sequence[str]) -> str:
    """A new token, shown this once; its hash is added to the file. Raises `InputError` for a name that is taken or cannot be kept."""
    file = tokens_path(settings)
    if not name.strip() or not name.isprintable() or not all(group.isprintable() for group in groups):
        raise InputError(expected="a name for the token, on one line", found=repr(name), todo="say what will use it")
    if any(token.name == name.strip() for token in _read(file)):
        raise InputError(expected="a name that no token has", found=f"'{name}' in {file}", todo="take another, or remove that line first")
    secret = _PREFIX + secrets.token_urlsafe(32)
    line = Token(_digest(secret), role, tuple(groups), name.strip()).line
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(0o600)
        with file.open("a", encoding="utf-8") as kept:
            kept.write(line + "\n")
    except OSError as error:
        raise SettingsError(expected=f"{file} to be writable", found=error.strerror or str(error), todo="correct tokens_file") from error
    return secret


class TokenFile:
    """The tokens of a file, read again when it changes; while it cannot be read, none is believed."""

    def __init__(self, file: Path, log: Callable[[str], None]) -> None:
        """Raises `SettingsError` where the file is there and wrong."""
        self._file, self._log = file, log
        self._seen = self._state()
        self._tokens = _read(file)

    def person(self, secret: str) -> Person | None:
        """Who comes with this secret."""
        if (state := self._state()) != self._seen:
            try:
                self._tokens = _read(self._file)
            except SettingsError as error:
                self._tokens = ()
                self._log(f"askfirst: no token is believed: {error}")
            self._seen = state
        found = match(self._tokens, secret)
        return found.person if found else None

    def _state(self) -> tuple[int, int, int] | None:
        try:
            state = self._file.stat()
        except OSError:
            return None
        return state.st_ino, state.st_mtime_ns, state.st_size


def _read(file: Path) -> tuple[Token, ...]:
    try:
        return parse(file.read_text("utf-8"), str(file))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(expected=f"{file} to be readable", found=str(error), todo="correct tokens_file") from error


def _digest(secret: str) -> str:
    # The secret is 256 random bits: a slow hash would make it no harder to guess.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
