"""Who is asking: a person's roles and groups, and what each route needs. Pure."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Collection, Iterable, MutableMapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from kb.errors import SettingsError
from kb.settings import Settings

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Headers = Iterable[tuple[bytes, bytes]]


class Role(StrEnum):
    """What a person may do; whoever may do more may do the lesser too."""

    STAFF = "staff"
    AUTHOR = "author"
    ADMIN = "admin"


class How(StrEnum):
    """How it is known who is asking."""

    LOOPBACK = ""
    ANONYMOUS = "none"
    PROXY = "proxy"
    OIDC = "oidc"
    TOKEN = "token"  # noqa: S105 - the word, not one


_UP_TO = {
    Role.STAFF: frozenset({Role.STAFF}),
    Role.AUTHOR: frozenset({Role.STAFF, Role.AUTHOR}),
    Role.ADMIN: frozenset(Role),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever sends a request. `key` tells persons apart and names nobody; it is empty where nobody signs in."""

    how: How
    roles: frozenset[Role]
    groups: frozenset[str] = frozenset()
    key: str = ""


# Whoever can reach a loopback address already sits at this machine; groups are only ever given by signing in.
AT_THIS_MACHINE = Person(How.LOOPBACK, frozenset(Role))
ANYBODY = Person(How.ANONYMOUS, _UP_TO[Role.STAFF])

# Everything not named here needs staff, pages and routes that are yet to be written included.
PUBLIC = frozenset({"/healthz", "/readyz", "/embed.js", "/sign-in", "/sign-in/back", "/sign-in/here", "/sign-out"})
_NEEDS_MORE = {
    "/metrics": Role.ADMIN,
    "/docs": Role.ADMIN,
    "/openapi.json": Role.ADMIN,
    "/compare": Role.AUTHOR,
    "/api/compare": Role.AUTHOR,
    "/evaluate": Role.AUTHOR,
    "/api/evaluate": Role.AUTHOR,
}


def needed(path: str) -> Role | None:
    """The role that a route needs, by its path below the root path; `None` where it is public."""
    if path in PUBLIC:
        return None
    return next((role for start, role in _NEEDS_MORE.items() if path == start or path.startswith(f"{start}/")), Role.STAFF)


def person_of(request: Any) -> Person | None:
    """Who sent a request (FastAPI's or Gradio's), as the middleware found; `None` where nobody looked."""
    state = getattr(getattr(request, "request", None) or request, "state", None)
    found = getattr(state, "person", None)
    return found if isinstance(found, Person) else None


def groups_of(request: Any) -> frozenset[str]:
    """The groups of whoever sent a request; none where that is not known."""
    person = person_of(request)
    return person.groups if person else frozenset()


def person(how: How, subject: str, groups: Collection[str], rules: Rules) -> Person:
    """The person of this name, which is not kept, with the roles that the groups give."""
    return Person(how, roles_of(groups, rules), frozenset(groups), key_of(how, subject))


def key_of(how: How, subject: str) -> str:
    """What tells this person apart from others without naming anybody."""
    return hashlib.sha256(f"{how}\0{subject}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def up_to(role: Role) -> frozenset[Role]:
    """The role and the lesser ones."""
    return _UP_TO[role]


def roles_of(groups: Collection[str], rules: Rules) -> frozenset[Role]:
    """The roles of a member of these groups."""
    if rules.admins.intersection(groups):
        return _UP_TO[Role.ADMIN]
    return _UP_TO[Role.AUTHOR if rules.authors.intersection(groups) else Role.STAFF]


# --- the rules that the settings make -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rules:
    """How people sign in here, checked: what `read_rules` gives is whole and safe to listen with."""

    how: How
    authors: frozenset[str] = frozenset()
    admins: frozenset[str] = frozenset()
    user_header: bytes = b""
    groups_header: bytes = b""
    proxies: tuple[Network, ...] = ()
    public_url: str = ""

    @property
    def base(self) -> str:
        """Path under which browsers see the app, without a slash at its end."""
        return urlsplit(self.public_url).path.rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by https."""
        return self.public_url.startswith("https://")


def read_rules(settings: Settings) -> Rules:
    """The rules for the address that is served; raises `SettingsError` where they would let the wrong people in."""
    methods = [how.value for how in How if how is not How.TOKEN]
    if settings.auth not in methods:
        raise _wrong("auth", f"one of {', '.join(filter(None, methods))}, or nothing", settings.auth)
    if not settings.auth and not is_loopback(settings.host):
        raise SettingsError(
            expected="a loopback address for host, or auth saying how people sign in: proxy, oidc, or none for everybody without",
            found=f"host '{settings.host}' and no auth",
            todo="choose one of them (README, Sign-in), or listen on 127.0.0.1",
        )
    rules = Rules(
        how=How(settings.auth),
        authors=frozenset(listed(settings.role_author)),
        admins=frozenset(listed(settings.role_admin)),
        user_header=settings.auth_header.lower().encode(),
        groups_header=settings.auth_groups_header.lower().encode(),
        proxies=networks(settings.auth_proxies),
        public_url=_public(settings.public_url),
    )
    if rules.how is How.PROXY:
        for key in ("auth_proxies", "auth_header"):
            if not getattr(settings, key):
                raise _wrong(key, "the proxy's addresses and its header, with auth=proxy,", "")
    if rules.how is How.OIDC:
        for key in ("public_url", "oidc_issuer", "oidc_client_id"):
            if not getattr(settings, key):
                raise _wrong(key, "a value, with auth=oidc", "")
        for key in ("public_url", "oidc_issuer"):
            _safe_to_carry(key, getattr(settings, key))
    return rules


def listed(text: str) -> tuple[str, ...]:
    """The parts of a list with commas."""
    return tuple(part for part in (part.strip() for part in text.split(",")) if part)


def networks(text: str) -> tuple[Network, ...]:
    """The addresses and networks of a list; raises `SettingsError` for anything else."""
    try:
        return tuple(ipaddress.ip_network(part) for part in listed(text))
    except ValueError as error:
        raise _wrong("auth_proxies", "addresses or networks such as 10.0.0.5, 10.1.0.0/16", f"{text} ({error})") from None


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def within(address: str, places: Collection[Network]) -> bool:
    """Whether an address is one of the listed ones."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in place for place in places if found.version == place.version)


def _public(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc):
        raise _wrong("public_url", "the address that browsers use, such as https://intranet.example.com/askfirst", url)
    return url.rstrip("/")


def _safe_to_carry(key: str, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise _wrong(key, "an https:// address", url)


def _wrong(key: str, expected: str, found: str) -> SettingsError:
    return SettingsError(expected=f"{expected} for {key}", found=f"'{found}'" if found else "nothing", todo="correct it (README, Sign-in)")


# --- a proxy that signs people in -----------------------------------------------------------------------------------


def from_proxy(peer: str | None, headers: Headers, rules: Rules) -> Person | None:
    """The person whom a listed proxy names; `None` where another peer does, or where the header is missing or there twice.

    `peer` is the address at the other end of the connection, never one that a header claims.
    """
    if peer is None or not within(peer, rules.proxies):
        return None
    headers = list(headers)
    names = [value for name, value in headers if name.lower() == rules.user_header]
    lists = [value for name, value in headers if rules.groups_header and name.lower() == rules.groups_header]
    if len(names) != 1 or len(lists) > 1:  # twice: one of them may be the browser's own
        return None
    try:
        name, groups = names[0].decode().strip(), listed(lists[0].decode()) if lists else ()
    except UnicodeDecodeError:
        return None
    return person(How.PROXY, name, groups, rules) if name else None


# --- where a browser may be sent ------------------------------------------------------------------------------------


def local(path: str | None, base: str) -> str:
    """The path where it lies in this app, else the app's first page: nobody is ever sent elsewhere."""
    home = f"{base}/"
    if not path or not path.startswith(home) or not path.isprintable() or "\\" in path or path.startswith("//"):
        return home
    parts = urlsplit(path)
    return home if parts.scheme or parts.netloc or "/../" in f"{parts.path}/" else path


def same_site(headers: Headers, origins: Collection[str]) -> bool:
    """Whether a request that changes something comes from a page of ours, of a listed origin, or from no page at all."""
    found = {name.lower(): value.decode("latin-1") for name, value in headers}
    origin, site = found.get(b"origin"), found.get(b"sec-fetch-site")
    if origin in origins:
        return True
    if site is not None:
        return site in ("same-origin", "none")
    # Browsers leave Sec-Fetch-Site out on plain http; Origin they send with every POST.
    return origin is None or urlsplit(origin).netloc == found.get(b"host")


def path_below(scope: MutableMapping[str, Any]) -> str:
    """The path of a request below the root path, as the routes see it."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    if not root or not path.startswith(root) or (len(path) > len(root) and path[len(root)] != "/"):
        return path
    return path[len(root) :]
