"""The cookie that remembers who signed in: signed, out of reach of scripts, and worth nothing once it is old."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from fastapi.responses import Response
from itsdangerous import BadData, URLSafeTimedSerializer

from chat.web.identity import How, Person, Rules, roles_of
from kb.errors import SettingsError
from kb.settings import Settings

LARGEST = 3800  # bytes of a cookie; browsers silently drop one of more than 4096 with its name and attributes
HANDING_OVER = 60  # seconds in which a pop-up's sign-in must have reached the page that opened it
_SHORTEST_KEY = 32


@dataclass(frozen=True, slots=True)
class Cookies:
    """Makes and reads the cookies of people who have signed in."""

    rules: Rules
    key: str
    seconds: int

    @property
    def name(self) -> str:
        """Its name: the prefix makes browsers refuse it from anything but this very host over https."""
        return ("" if not self.rules.secure else "__Secure-" if self.rules.base else "__Host-") + "askfirst"

    @property
    def framed(self) -> str:
        """Name of the one that browsers keep for this app inside another site's page."""
        return f"{self.name}-framed"

    def sealed(self, key: str, groups: frozenset[str]) -> str:
        """What the cookie says of a person."""
        return str(self._seal("person").dumps({"k": key, "g": sorted(groups)}))

    def person(self, cookies: Mapping[str, str]) -> Person | None:
        """Whoever a browser's cookies speak of; `None` where they are missing, forged or old."""
        for name in (self.name, self.framed):
            if name in cookies:
                try:
                    found = self._seal("person").loads(cookies[name], max_age=self.seconds)
                    groups = frozenset(found["g"])
                    return Person(How.OIDC, roles_of(groups, self.rules), groups, found["k"])
                except (BadData, KeyError, TypeError):
                    continue
        return None

    def put(self, response: Response, sealed: str, *, framed: bool = False) -> None:
        """Has the browser keep it; `framed` also where this app stands in another site's page."""
        path = self.rules.base or "/"
        same: Literal["none", "lax"] = "none" if framed and self.rules.secure else "lax"
        response.set_cookie(
            self.framed if framed else self.name,
            sealed,
            max_age=self.seconds,
            path=path,
            secure=self.rules.secure,
            httponly=True,
            samesite=same,
        )
        if same == "none":  # Python learned this word only with 3.14
            name, value = response.raw_headers.pop()
            response.raw_headers.append((name, value + b"; Partitioned"))

    def drop(self, response: Response) -> None:
        """Has the browser forget both."""
        for framed in (False, True):
            self.put(response, "", framed=framed)
            name, value = response.raw_headers.pop()
            response.raw_headers.append((name, value.replace(f"Max-Age={self.seconds}".encode(), b"Max-Age=0")))

    def handed_over(self, sealed: str, challenge: str) -> str:
        """A note for the page that opened a pop-up: of use for a minute, to the one who knows what the challenge was made of."""
        return str(self._seal("hand over").dumps({"s": sealed, "c": challenge}))

    def taken_over(self, note: str, challenge: str) -> str | None:
        """What `handed_over` was given, for the same challenge."""
        try:
            found: dict[str, Any] = self._seal("hand over").loads(note, max_age=HANDING_OVER)
            return str(found["s"]) if secrets.compare_digest(str(found["c"]), challenge) else None
        except (BadData, KeyError, TypeError):
            return None

    def _seal(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.key, salt=f"askfirst {purpose}")


def challenge_of(verifier: str) -> str:
    """What stands for a verifier until it is shown: SHA-256 in base64url."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("utf-8", "surrogatepass")).digest()).rstrip(b"=").decode()


def read_key(settings: Settings) -> str:
    """The key that signs cookies, made where none is named and none is there; raises `SettingsError` for one that is no use."""
    named = settings.session_key_file
    file = Path(named).expanduser() if named else settings.home / "session.key"
    try:
        if not named and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            fresh = file.with_name(f"{file.name}.{os.getpid()}")
            fresh.touch(0o600)
            fresh.write_text(secrets.token_urlsafe(48) + "\n", "utf-8")
            try:
                os.link(fresh, file)  # whole or not at all, and never over another process's
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        key = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(expected=f"a readable key in {file}", found=str(error), todo="correct session_key_file") from error
    if len(key) < _SHORTEST_KEY:
        todo = "put a longer random key there"
        raise SettingsError(expected=f"at least {_SHORTEST_KEY} characters in {file}", found=str(len(key)), todo=todo)
    return key
