"""Which addresses may be asked for documents: https, a host that the organisation named, and where that host may lie. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

from kb.errors import InputError

Network = IPv4Network | IPv6Network

_UNICAST = ip_network("2000::/3")
# Ranges that `is_global` lets through, in all or in some versions of Python: IPv4 in disguise (6to4, Teredo), anycast, examples.
_TRAPS = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


def is_address(text: str) -> bool:
    """Whether what stands in the place of a path is a URL."""
    return "://" in text


def canonical(url: str) -> str:
    """The address in its plainest form, without fragment; raises `InputError` for one that is no https address."""
    return str(_parsed(url))


def checked(url: str, hosts: Sequence[str]) -> tuple[httpx.URL, tuple[Network | None, ...]]:
    """The address, and the networks its host may lie in (`None`: the public ones); raises `InputError` where it may not be asked for."""
    parsed = _parsed(url)
    name = parsed.netloc.decode("ascii")
    if not hosts:
        raise InputError(
            expected="hosts to fetch from in the setting fetch_hosts (ASKFIRST_FETCH_HOSTS)",
            found="none",
            todo=f"set it to {name} if documents may be fetched from there",
        )
    entries = [entry.partition("=") for entry in hosts]
    networks = tuple(ip_network(network) if network else None for host, _, network in entries if host == name)
    if not networks:
        allowed = ", ".join(dict.fromkeys(host for host, _, _ in entries))
        raise InputError(
            expected=f"a host of the setting fetch_hosts ({allowed})", found=name, todo="add it there if documents may be fetched from it"
        )
    return parsed, networks


def permitted(address: str, networks: Iterable[Network | None]) -> bool:
    """Whether a host may lie at this address: in a network named for it, or a public one where none is."""
    ip = ip_address(address.partition("%")[0])
    if ip.is_multicast or ip.is_link_local or ip.is_unspecified:
        return False  # nobody's documents are there, but machines' own secrets can be
    return any(_public(ip) if network is None else ip in network for network in networks)


def _public(ip: IPv4Address | IPv6Address) -> bool:
    return ip.is_global and not any(ip in trap for trap in _TRAPS) and (ip.version == 4 or ip in _UNICAST)


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError) as error:
        raise InputError(expected="an address such as https://host/path", found=f"{url!r}", todo="correct it") from error
    if parsed.scheme != "https" or not parsed.host:
        raise InputError(
            expected="an address that begins with https://", found=f"{parsed.scheme}://" if parsed.scheme else "another", todo="correct it"
        )
    if parsed.userinfo:
        raise InputError(expected="an address without user name and password", found="one with them", todo="take them out")
    return parsed.copy_with(fragment=None)
