"""An address → the document behind it, from a host that the organisation named: https only, every step checked.

A name can resolve to another address a moment after it was looked at, and a page can send its reader elsewhere. So the
connection goes to the very address that was checked, the certificate must be the host's, and each redirect is treated
as a new address. No cookies, no passwords, no proxies, and an end to time and size whatever the server does.
"""

from __future__ import annotations

import math
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from ingest.address import Network, checked, permitted
from ingest.admit import LARGEST
from ingest.document import Refusal
from ingest.read import READERS
from kb.errors import InputError

Resolve = Callable[[str, int], Sequence[str]]

# What may be read, by what the server says it is.
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
}
_TEXT = (".html", ".txt", ".md")
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one address may take."""

    seconds: float = 60  # for everything, redirects included; looking a name up ends by the system's own limit
    size: int = LARGEST  # bytes, as sent and unpacked
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document as its server gave it: the address asked for, the one that answered, and the ending its type calls for.

    Text in a charset that only the server names is UTF-8 here, as no reader could know.
    """

    url: str
    final: str
    kind: str
    suffix: str
    data: bytes


def fetch(
    url: str,
    hosts: Sequence[str],
    *,
    limits: Limits | None = None,
    resolve: Resolve | None = None,
    trust: ssl.SSLContext | None = None,
) -> Fetched:
    """The document at `url`; `hosts` are entries of the setting `fetch_hosts`.

    `resolve` gives a host's addresses and `trust` whose certificates count; both are the system's by default. Raises
    `InputError` where `url` itself may not be asked for, and `Refusal` for what goes wrong with it from there on.
    """
    limits = limits or Limits()
    at, networks = checked(url, hosts)
    asked, end = str(at), time.monotonic() + limits.seconds
    trust = trust or ssl.create_default_context()
    for _ in range(limits.redirects + 1):
        line = _Line(networks, resolve or _looked_up, end)
        try:
            found = _asked(at, line, trust, limits.size)
        except httpcore.TimeoutException as error:
            raise Refusal(f"expected an answer within {limits.seconds:g} seconds; found none; try again later") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError, UnicodeError) as error:
            raise _unreached(at.host, error) from error
        if isinstance(found, httpx.URL):
            try:
                at, networks = checked(str(found), hosts)
            except InputError as error:
                raise Refusal(f"{error} (it was redirected there)") from error
            continue
        kind, suffix, data = found
        return Fetched(asked, str(at), kind, suffix, data)
    raise Refusal(f"expected at most {limits.redirects} redirects; found more; give the address they lead to")


def _asked(url: httpx.URL, line: _Line, trust: ssl.SSLContext, size: int) -> httpx.URL | tuple[str, str, bytes]:
    """Where the answer sends to, or its type, ending and body."""
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    headers = [
        (b"Host", url.netloc),
        (b"User-Agent", b"askfirst"),
        (b"Accept", ", ".join(_SUFFIXES).encode()),
        (b"Accept-Encoding", b"gzip"),
    ]
    with (
        httpcore.ConnectionPool(ssl_context=trust, network_backend=line) as pool,
        pool.stream("GET", target, headers=headers) as response,
    ):
        told = httpx.Headers(response.headers)
        if response.status in _REDIRECTS and (location := told.get("location")):
            try:
                return url.join(location)
            except (httpx.InvalidURL, ValueError):
                raise Refusal("expected a redirect to an address; found one to none; give the address it should lead to") from None
        if response.status != 200:
            todo = (
                "save the document and ingest the file" if response.status in (401, 403, 407) else "correct the address or try again later"
            )
            raise Refusal(f"expected the document; found status {response.status}; {todo}")
        kind, suffix = _kind(told, url)
        if told.get("content-length", "").isdigit() and int(told["content-length"]) > size:
            raise _too_large(size)
        data = _body(response.iter_stream(), told.get("content-encoding", "").strip().lower(), size)
    return kind, suffix, _in_utf8(data, _charset(told)) if suffix in _TEXT else data


def _kind(told: httpx.Headers, url: httpx.URL) -> tuple[str, str]:
    kind = told.get("content-type", "").partition(";")[0].strip().lower()
    suffix = _SUFFIXES.get(kind, "")
    if suffix == ".txt" and url.path.lower().endswith((".md", ".markdown")):
        suffix = ".md"
    if suffix not in READERS:
        kinds = ", ".join(dict.fromkeys(known.lstrip(".") for known in _SUFFIXES.values() if known in READERS))
        raise Refusal(f"expected a document ({kinds}); found {kind or 'one of no stated type'}; give the document's own address")
    return kind, suffix


def _body(chunks: Iterable[bytes], packed: str, size: int) -> bytes:
    """The whole answer, unpacked, never more than `size` bytes of it."""
    if packed not in ("", "identity", "gzip", "x-gzip"):
        raise Refusal(f"expected an answer as it is or packed with gzip; found {packed!r}; save the file and ingest that")
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16) if "gzip" in packed else None
    received, data = 0, bytearray()
    try:
        for chunk in chunks:
            received += len(chunk)
            data += unpacking.decompress(chunk, size + 1 - len(data)) if unpacking else chunk
            if max(received, len(data)) > size:
                raise _too_large(size)
    except zlib.error as error:
        raise Refusal("expected a sound answer; found one damaged on its way; try again") from error
    if unpacking and (not unpacking.eof or unpacking.unused_data):
        raise Refusal("expected a whole answer; found one cut off; try again")
    return bytes(data)


def _too_large(size: int) -> Refusal:
    return Refusal(f"expected at most {size:,} bytes; found more; split the document")


def _charset(told: httpx.Headers) -> str:
    name = told.get("content-type", "").lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    # By the standards of the web the first two names mean the third.
    return "cp1252" if name in ("iso-8859-1", "us-ascii", "latin1") else name


def _in_utf8(data: bytes, charset: str) -> bytes:
    if charset in ("", "utf-8", "utf8"):
        return data
    try:
        # The mark tells readers of HTML that what the page says of its own charset no longer holds.
        return data.decode(charset).encode("utf-8-sig")
    except (LookupError, UnicodeDecodeError) as error:
        raise Refusal(f"expected text in {charset}, as the server says; found something else; save the file and ingest that") from error


def _unreached(host: str, error: Exception) -> Refusal:
    reason = " ".join(str(error).split()) or type(error).__name__
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        reason = reason.partition("certificate verify failed: ")[2].partition(" (_ssl")[0]
        return Refusal(
            f"expected a certificate of {host} that is trusted; found {reason}; "
            "correct it, or name your own authority's file in SSL_CERT_FILE"
        )
    return Refusal(f"expected {host} to answer; found {reason}; try again later")


def _looked_up(host: str, port: int) -> list[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class _Line(httpcore.NetworkBackend):
    """Connects to addresses that were checked, and to nothing else; everything on it ends by a moment in time."""

    def __init__(self, networks: tuple[Network | None, ...], resolve: Resolve, end: float) -> None:
        self._networks, self._resolve, self._end = networks, resolve, end
        self._system = httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, *given: Any, **named: Any) -> httpcore.NetworkStream:
        """One address that may not be is enough to refuse the host; those that may are tried in turn."""
        addresses = list(dict.fromkeys(self._resolve(host, port)))
        for address in addresses:
            if not permitted(address, self._networks):
                where = " or ".join("at public addresses" if network is None else f"in {network}" for network in self._networks)
                todo = "if it is meant to be there, name its network in fetch_hosts (host=10.0.0.0/8)"
                raise Refusal(f"expected {host} {where}; found it at {address}; {todo}")
        failure: Exception = OSError("no address")
        for address in addresses:
            try:
                return _Timed(self._system.connect_tcp(address, port, _left(self._end, timeout), *given, **named), self._end)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Timed(httpcore.NetworkStream):
    """A connection that ends by a moment in time, however slowly the other side sends."""

    def __init__(self, stream: httpcore.NetworkStream, end: float) -> None:
        self._stream, self._end = stream, end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Waits for bytes until the moment has come."""
        return self._stream.read(max_bytes, _left(self._end, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends bytes until the moment has come."""
        self._stream.write(buffer, _left(self._end, timeout))

    def close(self) -> None:
        """Ends the connection."""
        self._stream.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> _Timed:
        """The same connection, encrypted; the certificate must be the host's."""
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _left(self._end, timeout)), self._end)

    def get_extra_info(self, info: str) -> Any:
        """What is known of the connection."""
        return self._stream.get_extra_info(info)


def _left(end: float, timeout: float | None) -> float:
    left = min(end - time.monotonic(), timeout or math.inf)
    if left <= 0:
        raise httpcore.ReadTimeout
    return left
