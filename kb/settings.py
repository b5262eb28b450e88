"""Settings: one frozen value, read once at the door: defaults < askfirst.toml < environment < flags."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import platformdirs

from kb.errors import SettingsError

FILE_NAME = "askfirst.toml"
PREFIX = "ASKFIRST_"
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?")


def _setting(default: Any, meaning: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


def _secret(meaning: str) -> Any:
    return field(default="", repr=False, metadata={"meaning": meaning, "secret": True})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set. Key `x_y` is `ASKFIRST_X_Y` in the environment and `x_y` in askfirst.toml."""

    home: Path = _setting(None, "folder that holds state: the index, the exported model, your own corpus")
    corpus: Path | None = _setting(None, "folder that replaces the shipped policies and practices")
    embedder: str = _setting("", "folder or hub id of another sentence-transformers model; empty: the packaged one")
    host: str = _setting("127.0.0.1", "address `serve` listens on; any other than loopback needs `auth`")
    port: int = _setting(7860, "port `serve` listens on")
    doubt_limit: float = _setting(1.0, "0 to 1: doubt above this becomes `ask`; lower is stricter than the fitted limit, never looser")
    chroma_url: str = _setting("", "URL of a Chroma server that keeps the vectors; empty: in the index folder")
    root_path: str = _setting("", "path prefix a reverse proxy serves the app under")
    fetch_hosts: tuple[str, ...] = _setting(
        (),
        "hosts `ingest` may fetch from, comma-separated: `host[:port]` at public addresses, `host=10.0.0.0/8` at addresses of that network",
    )

    auth: str = _setting("", "how people sign in: `proxy`, `oidc`, or `none` for everybody without; empty: on loopback only, nobody")
    auth_proxies: str = _setting("", "addresses or networks of the reverse proxies that are believed, comma-separated")
    auth_header: str = _setting("X-Forwarded-User", "header in which a listed proxy names the person")
    auth_groups_header: str = _setting("X-Forwarded-Groups", "header in which it names the person's groups, comma-separated")
    public_url: str = _setting("", "address that browsers use, such as `https://intranet.example.com/askfirst`; needed by `oidc`")
    public_hosts: tuple[str, ...] = _setting((), "further host names that browsers may reach it by, comma-separated")
    embed_origins: tuple[str, ...] = _setting(
        (), "origins such as `https://intranet.example.com` whose pages may embed the chat and call the API, comma-separated"
    )
    oidc_issuer: str = _setting("", "URL of the OpenID provider")
    oidc_client_id: str = _setting("", "name under which the provider knows this app")
    oidc_client_secret: str = _secret("its secret there; empty for a public client")
    oidc_client_secret_file: str = _setting("", "file that holds the secret instead")
    oidc_scopes: str = _setting("openid", "scopes asked for")
    oidc_groups_claim: str = _setting("groups", "claim that lists the person's groups")
    session_hours: float = _setting(8.0, "hours after which a person signs in again")
    session_key_file: str = _setting("", "file with the key that signs cookies; empty: `session.key` in ASKFIRST_HOME, made where missing")
    tokens_file: str = _setting("", "file with the API's tokens; empty: `tokens` in ASKFIRST_HOME")
    role_author: str = _setting("", "groups whose members are policy authors, comma-separated")
    role_admin: str = _setting("", "groups whose members see `/metrics` and `/docs`, comma-separated")
    limit_person: str = _setting("120/minute", "requests that one person or token may send")
    limit_address: str = _setting("6000/minute", "requests that one address may send where nobody signs in; an office may share one")
    log: str = _setting("text", "what `serve` writes to stderr: `text` for people, or `json`, one object a line and a line an event")

    llm: str = _setting("", "language model that words answers, as `provider:model` (`ollama:llama3.2`, `openai:gpt-5-mini`); empty: none")
    llm_base_url: str = _setting("", "where it is reached, such as `http://127.0.0.1:8000/v1`; empty: the provider's usual address")
    llm_key: str = _secret("key for it; better in the environment or in `llm_key_file`")
    llm_key_file: str = _setting("", "file that holds the key instead")
    llm_timeout: float = _setting(20.0, "seconds for all of the model's work on an answer; then the rules alone answer")
    llm_tokens: int = _setting(700, "tokens that one reply of it may have")
    llm_concurrency: int = _setting(4, "calls to it at once; where all are taken, the rules alone answer")
    llm_hosts: tuple[str, ...] = _setting((), "hosts besides this machine that it may be reached at, comma-separated; it is sent questions")
    llm_widen: bool = _setting(False, "`on`: where only doubt made it `ask`, two agreeing calls and a clause that permits may say `yes`")

    @property
    def own_corpus(self) -> Path:
        """The organisation's own corpus folder."""
        return self.home / "corpus"

    @property
    def index_folder(self) -> Path:
        """Where indexes live, one folder each."""
        return self.home / "index"

    @property
    def model_folder(self) -> Path:
        """Where exported models live, one folder each."""
        return self.home / "model"


def described() -> dict[str, str]:
    """Every key with its meaning, in order, for `doctor` and the README."""
    return {f.name: f.metadata["meaning"] for f in fields(Settings)}


def shown(settings: Settings, key: str) -> str:
    """The value of a key for people; of a secret only whether there is one."""
    value = getattr(settings, key)
    secret = next(f.metadata.get("secret") for f in fields(Settings) if f.name == key)
    return ("(set)" if value else "") if secret else str(value)


def read_settings(environ: Mapping[str, str], working: Path, flags: Mapping[str, Any] | None = None) -> Settings:
    """Settings from all four places; a wrong one raises `SettingsError` naming the key and where it stood."""
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}

    def take(found: Mapping[str, Any], where: str) -> None:
        for key, value in found.items():
            values[key], sources[key] = value, where

    known = described()
    from_environment = {
        name[len(PREFIX) :].lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name[len(PREFIX) :].lower() in known
    }
    home = Path(from_environment.get("home") or platformdirs.user_data_dir("askfirst", appauthor=False))
    for file in (working / FILE_NAME, home / FILE_NAME):
        if file.is_file():
            take(_read_toml(file, known), str(file))
            break
    take(from_environment, "the environment")
    take({key: value for key, value in (flags or {}).items() if value is not None}, "the command line")
    values.setdefault("home", home)
    return Settings(**{key: _convert(key, value, sources.get(key, "the defaults")) for key, value in values.items()})


def _read_toml(file: Path, known: Mapping[str, str]) -> dict[str, Any]:
    try:
        found = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(expected=f"TOML in {file}", found=str(error), todo="correct or remove the file") from error
    for key in found:
        if key not in known:
            raise SettingsError(expected=f"one of the keys {', '.join(known)} in {file}", found=f"'{key}'", todo="remove or correct it")
    return found


def _convert(key: str, value: Any, where: str) -> Any:
    def wrong(expected: str) -> SettingsError:
        return SettingsError(expected=f"{expected} for {key}", found=f"{value!r} in {where}", todo="correct it")

    match key:
        case "home":
            return Path(value).expanduser().absolute()
        case "corpus":
            return Path(value).expanduser().absolute() if value else None
        case "port":
            try:
                number = int(value)
            except (TypeError, ValueError):
                raise wrong("a port from 0 to 65535") from None
            if not 0 <= number <= 65535:
                raise wrong("a port from 0 to 65535")
            return number
        case "session_hours":
            try:
                hours = float(value)
            except (TypeError, ValueError):
                raise wrong("a number of hours from 0.1 to 720") from None
            if not 0.1 <= hours <= 720:
                raise wrong("a number of hours from 0.1 to 720")
            return hours
        case "doubt_limit":
            try:
                limit = float(value)
            except (TypeError, ValueError):
                raise wrong("a number from 0 to 1") from None
            if not 0 <= limit <= 1:
                raise wrong("a number from 0 to 1")
            return limit
        case "llm":
            provider, _, model = value.partition(":") if isinstance(value, str) else ("", "", "")
            if value and not (provider.strip() and model.strip()):
                raise wrong("provider:model such as ollama:llama3.2")
            return value
        case "llm_timeout":
            return _within(value, float, 0.5, 600, wrong("a number of seconds from 0.5 to 600"))
        case "llm_tokens":
            return _within(value, int, 50, 8000, wrong("a number of tokens from 50 to 8000"))
        case "llm_concurrency":
            return _within(value, int, 1, 64, wrong("a number of calls from 1 to 64"))
        case "llm_hosts":
            try:
                return tuple(_llm_host(entry) for entry in _entries(value))
            except (ValueError, TypeError, AttributeError):
                raise wrong("host names with commas between, each with a port if you like (gpu.example.com:8000)") from None
        case "llm_widen":
            switches = {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False, "": False}
            if str(value).lower() not in switches:
                raise wrong("on or off")
            return switches[str(value).lower()]
        case "log":
            if value not in ("text", "json"):
                raise wrong("text or json")
            return value
        case "chroma_url":
            try:
                return server_url(value) if value else ""
            except ValueError:
                raise wrong("a URL such as http://127.0.0.1:8000 (scheme, host and port, nothing else)") from None
        case "public_hosts":
            try:
                return tuple(host_name(entry) for entry in _entries(value))
            except (ValueError, TypeError, AttributeError):
                raise wrong("host names without scheme and port, with commas between (askfirst.example.com)") from None
        case "embed_origins":
            try:
                return tuple(origin(entry) for entry in _entries(value))
            except (ValueError, TypeError, AttributeError):
                raise wrong("origins with commas between, each of them scheme, host and port only (https://intranet.example.com)") from None
        case "fetch_hosts":
            try:
                return fetch_hosts(value)
            except (ValueError, TypeError, AttributeError):
                raise wrong(
                    "host names with commas between, each with a network where it may be private (intranet.example=10.0.0.0/8)"
                ) from None
        case _:
            if not isinstance(value, str):
                raise wrong("text")
            return value


def _within(value: Any, kind: type[int] | type[float], least: float, most: float, wrong: SettingsError) -> int | float:
    try:
        number = kind(value)
    except (TypeError, ValueError):
        raise wrong from None
    if isinstance(value, bool) or not least <= number <= most:
        raise wrong
    return number


def _llm_host(value: str) -> str:
    if not _HOST.fullmatch(value.lower()):
        raise ValueError("no host")
    return value.lower()


def fetch_hosts(value: Any) -> tuple[str, ...]:
    """Each `host[:port][=network]` in its plainest form, from a text with commas or a list; raises `ValueError` for anything else."""
    entries = value.split(",") if isinstance(value, str) else value
    found: list[str] = []
    for entry in entries:
        host, given, network = entry.strip().lower().partition("=")
        host = host.strip().removesuffix(":443")
        if host or given:
            if not _HOST.fullmatch(host):
                raise ValueError("no host")
            found.append(f"{host}={ip_network(network.strip())}" if given else host)
    return tuple(found)


def _entries(value: Any) -> list[str]:
    return [entry.strip() for entry in (value.split(",") if isinstance(value, str) else value) if entry.strip()]


def host_name(value: str) -> str:
    """A host's name or address as it stands in a URL; raises `ValueError` for anything else."""
    name = value.lower().removesuffix(".")
    if not _HOST.fullmatch(name) or urlsplit(f"//{name}").port is not None:
        raise ValueError("no host name")
    return name


def origin(value: str) -> str:
    """Scheme, host and port as browsers send them; raises `ValueError` for anything else, `*` included."""
    plain = server_url(value.lower())
    host_name(f"[{urlsplit(plain).hostname}]" if "[" in plain else urlsplit(plain).hostname or "")
    return plain.removesuffix(":443" if plain.startswith("https:") else ":80")


def server_url(value: Any) -> str:
    """`scheme://host[:port]` in its plainest form; raises `ValueError` for anything else."""
    if not isinstance(value, str):
        raise ValueError("not text")
    parts = urlsplit(value.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError("no scheme or host")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("more than scheme, host and port")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
