"""Documents come from hosts that were named, over connections that go where they were checked to go, or not at all."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ingest.address import canonical, checked, permitted
from ingest.document import Refusal
from ingest.fetch import Fetched, Limits, fetch
from kb.errors import InputError, SettingsError
from kb.settings import fetch_hosts, read_settings
from tests.ingest.web_host import Host, Page, start


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host that runs as long as this module's tests."""
    host, end = start(tmp_path_factory.mktemp("host"))
    yield host
    end()


@pytest.fixture
def host(running: Host) -> Host:
    """The host without pages."""
    running.pages.clear()
    running.requests.clear()
    return running


def loopback(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def get(host: Host, path: str = "/rules.md", **given: Any) -> Fetched:
    hosts = given.pop("hosts", (host.entry,))
    url = given.pop("url", host.url(path))
    return fetch(url, hosts, **{"resolve": loopback, "trust": host.trust} | given)


def why(host: Host, path: str = "/rules.md", **given: Any) -> str:
    """The one line with which an address is refused."""
    with pytest.raises(Refusal) as caught:
        get(host, path, **given)
    text = str(caught.value)
    assert text.startswith("expected ") and "; found " in text and "\n" not in text
    return text


# --- what may be asked ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("", ()),
        (" a.example , B.Example:8443 ,", ("a.example", "b.example:8443")),
        ("a.example:443", ("a.example",)),
        ("intranet.example=10.0.0.0/8, intranet.example", ("intranet.example=10.0.0.0/8", "intranet.example")),
        (["wiki=fd00::/8"], ("wiki=fd00::/8",)),
    ],
)
def test_hosts_are_taken_in_their_plainest_form(given: Any, taken: tuple[str, ...]) -> None:
    assert fetch_hosts(given) == taken


@pytest.mark.parametrize(
    "given", ["https://a.example", "a.example/path", "*.example", "a b", "a.example=", "a.example=10.0.0.1/8", "=10.0.0.0/8"]
)
def test_a_host_that_is_none_is_named_with_its_setting(given: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="fetch_hosts"):
        read_settings({"ASKFIRST_HOME": str(tmp_path), "ASKFIRST_FETCH_HOSTS": given}, tmp_path)


def test_without_hosts_the_line_says_which_setting_to_set() -> None:
    with pytest.raises(InputError, match=r"ASKFIRST_FETCH_HOSTS.*a\.example"):
        checked("https://a.example/rules", ())


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/rules",
        "ftp://a.example/rules",
        "file:///etc/passwd",
        "https://b.example/rules",
        "https://www.a.example/rules",
        "https://a.example.evil.example/",
        "https://a.example./rules",
        "https://a.example:8443/rules",
        "https://me:secret@a.example/rules",
        "https://a.example@b.example/",
        "https://b.example\\@a.example/",
        "https://127.0.0.1/rules",
        "https://",
        "https://a.example\n.evil/",
    ],
)
def test_only_https_addresses_of_named_hosts_may_be_asked(url: str) -> None:
    with pytest.raises(InputError) as caught:
        checked(url, ("a.example",))
    assert "secret" not in str(caught.value)


def test_an_address_is_known_in_its_plainest_form() -> None:
    assert canonical(" HTTPS://A.Example:443/Rules?x=1#part ") == "https://a.example/Rules?x=1"


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:800::200e"])
def test_public_addresses_are_permitted(address: str) -> None:
    assert permitted(address, [None])


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.0.0.8", "192.0.0.9", "192.0.2.1",
        "192.88.99.1", "192.168.0.1", "198.18.0.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1",
        "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1",
        "ff02::1", "ff0e::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_not_permitted(address: str) -> None:
    assert not permitted(address, [None])


@pytest.mark.parametrize(
    ("address", "network", "may"),
    [
        ("10.1.2.3", "10.0.0.0/8", True),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("1.1.1.1", "10.0.0.0/8", False),
        ("fd12::1", "fd00::/8", True),
        ("::ffff:10.1.2.3", "10.0.0.0/8", False),
        ("169.254.169.254", "0.0.0.0/0", False),
        ("224.0.0.1", "0.0.0.0/0", False),
        ("fe80::1", "::/0", False),
    ],
)
def test_a_host_with_a_network_may_lie_there_and_nowhere_else(address: str, network: str, may: bool) -> None:
    assert permitted(address, checked("https://wiki/", fetch_hosts(f"wiki={network}"))[1]) is may


# --- what is asked and what comes -----------------------------------------------------------------------------------


def test_a_document_is_fetched_without_cookies_or_passwords(host: Host) -> None:
    host.pages["/rules.md"] = Page(headers={"Set-Cookie": "a=b"})
    found = get(host)
    assert (found.url, found.final, found.suffix, found.kind) == (host.url("/rules.md"), host.url("/rules.md"), ".md", "text/markdown")
    assert found.data == host.pages["/rules.md"].body  # type: ignore[union-attr]
    [(_, headers)] = host.requests
    assert headers["Host"] == f"localhost.test:{host.port}" and not {"Cookie", "Authorization"} & set(headers)


def test_proxies_of_the_environment_are_not_used(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    host.pages["/rules.md"] = Page()
    assert get(host).data


def test_the_connection_goes_to_the_address_that_was_checked_though_the_name_has_moved_on(host: Host) -> None:
    asked: list[str] = []

    def rebinding(name: str, _port: int) -> Sequence[str]:
        asked.append(name)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    host.pages["/rules.md"] = Page()
    assert get(host, resolve=rebinding).data and asked == ["localhost.test"]


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["127.0.0.1", "10.0.0.1"], ["127.0.0.1", "::ffff:127.0.0.1"]])
def test_one_address_that_may_not_be_is_enough_and_nothing_is_sent(addresses: list[str], host: Host) -> None:
    host.pages["/rules.md"] = Page()
    assert addresses[-1] in why(host, resolve=lambda *_: addresses)
    assert host.requests == []


def test_a_host_named_without_a_network_may_not_lie_on_loopback(host: Host) -> None:
    assert "public addresses" in why(host, hosts=(host.entry.partition("=")[0],))
    assert host.requests == []


def test_a_certificate_nobody_vouches_for_is_refused(host: Host) -> None:
    host.pages["/rules.md"] = Page()
    assert "SSL_CERT_FILE" in why(host, trust=None)
    assert host.requests == []


def test_a_certificate_of_another_host_is_refused(host: Host) -> None:
    name = f"elsewhere.test:{host.port}"
    said = why(host, url=f"https://{name}/rules.md", hosts=(f"{name}=127.0.0.0/8",))
    assert "certificate of elsewhere.test" in said and host.requests == []


def test_a_name_that_cannot_be_found_is_refused(host: Host) -> None:
    def unknown(*_given: object) -> Sequence[str]:
        raise OSError(-2, "Name or service not known")

    assert "Name or service not known" in why(host, resolve=unknown)


def test_a_host_that_does_not_answer_is_refused(host: Host) -> None:
    assert "to answer" in why(host, url="https://localhost.test:9/", hosts=("localhost.test:9=127.0.0.0/8",))


def test_redirects_are_followed_within_named_hosts(host: Host) -> None:
    other = host.url("/new.md", "other.test")
    host.pages |= {
        "/rules.md": Page(status=302, headers={"Location": "/b"}),
        "/b": Page(status=308, headers={"Location": other}),
        "/new.md": Page(),
    }
    found = get(host, hosts=(host.entry, host.entry.replace("localhost.test", "other.test")))
    assert (found.url, found.final) == (host.url("/rules.md"), other)


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("http://localhost.test/rules.md", "https"),
        ("https://evil.example/", "evil.example"),
        ("//evil.example/", "evil.example"),
        ("https://127.0.0.1/", "127.0.0.1"),
        ("https://me:secret@localhost.test/", "password"),
        ("file:///etc/passwd", "https"),
        ("https://localhost.test:1\x7f/", "redirect"),
    ],
)
def test_a_redirect_elsewhere_is_refused(location: str, said: str, host: Host) -> None:
    host.pages["/rules.md"] = Page(status=301, headers={"Location": location})
    assert said in why(host)
    assert len(host.requests) == 1


def test_each_redirect_is_looked_up_and_checked_again(host: Host) -> None:
    host.pages |= {"/rules.md": Page(status=302, headers={"Location": "/b"}), "/b": Page()}
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    assert "10.0.0.1" in why(host, resolve=lambda *_: next(answers))
    assert len(host.requests) == 1


def test_a_ring_of_redirects_ends(host: Host) -> None:
    host.pages["/rules.md"] = Page(status=302, headers={"Location": "/rules.md"})
    assert "at most 5 redirects" in why(host)
    assert len(host.requests) == 6


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (Page(status=404), "status 404"),
        (Page(status=500), "status 500"),
        (Page(status=304, body=b""), "status 304"),
        (Page(status=302, body=b""), "status 302"),
        (Page(status=206), "status 206"),
        (Page(kind="image/png"), "image/png"),
        (Page(kind="application/octet-stream"), "octet-stream"),
        (Page(kind=""), "no stated type"),
        (Page(body=b"x" * 1001), "at most 1,000 bytes"),
        (Page(body=gzip.compress(b"x" * 2000), headers={"Content-Encoding": "gzip"}), "at most 1,000 bytes"),
        (Page(body=gzip.compress(b"# A\n- b\n")[:-4], headers={"Content-Encoding": "gzip"}), "cut off"),
        (Page(body=gzip.compress(b"# A\n") * 2, headers={"Content-Encoding": "gzip"}), "cut off"),
        (Page(body=b"nonsense", headers={"Content-Encoding": "gzip"}), "damaged"),
        (Page(body=b"nonsense", headers={"Content-Encoding": "br"}), "br"),
        (Page(whole=False), "to answer"),
        (Page(kind="text/plain; charset=klingon"), "klingon"),
        (Page(body=b"\xff\xff", kind="text/plain; charset=ascii"), "ascii"),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused_in_one_line(page: Page, said: str, host: Host) -> None:
    host.pages["/rules.md"] = page
    assert said in why(host, limits=Limits(size=1000, seconds=10))


def test_an_answer_that_would_fill_the_memory_is_cut_off_before_it_does(host: Host) -> None:
    host.pages["/rules.md"] = Page(body=gzip.compress(b"\0" * 50_000_000), headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        assert "at most 1,000,000 bytes" in why(host, limits=Limits(size=1_000_000))
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_an_answer_that_trickles_is_cut_off_by_the_time_for_the_whole(host: Host) -> None:
    host.pages["/rules.md"] = Page(slowly=0.1, body=b"x" * 600)
    assert "within 0.5 seconds" in why(host, limits=Limits(seconds=0.5))


@pytest.mark.parametrize(
    ("path", "page", "suffix", "data"),
    [
        ("/a", Page(b"# A", "text/plain"), ".txt", b"# A"),
        ("/a.md", Page(b"# A", "text/plain; charset=UTF-8"), ".md", b"# A"),
        ("/a", Page(gzip.compress(b"# A"), "Text/Markdown", headers={"Content-Encoding": "gzip"}), ".md", b"# A"),
        ("/a", Page(b"%PDF-1.4", "application/pdf"), ".pdf", b"%PDF-1.4"),
        ("/a", Page(b"caf\xe9 \x93x\x94", 'text/plain; charset="ISO-8859-1"'), ".txt", "\ufeffcafé “x”".encode()),
    ],
)
def test_the_ending_comes_from_what_the_server_says(path: str, page: Page, suffix: str, data: bytes, host: Host) -> None:
    host.pages[path] = page
    found = get(host, path)
    assert (found.suffix, found.data) == (suffix, data)
