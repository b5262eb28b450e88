"""Who is asking, decided without a server: roles, headers, tokens, addresses, and settings that would let the wrong people in."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from chat.web.cookies import Cookies, read_key
from chat.web.identity import (
    How,
    Person,
    Role,
    Rules,
    from_proxy,
    groups_of,
    key_of,
    local,
    needed,
    networks,
    path_below,
    person_of,
    read_rules,
    roles_of,
    same_site,
    within,
)
from chat.web.limits import read_allowance
from chat.web.signin import open_door
from chat.web.tokens import TokenFile, make, match, parse, tokens_path
from kb.errors import InputError, SettingsError
from kb.settings import Settings
from tests.chat.test_cli import askfirst, one_line
from tests.chat.web.rooms import with_settings

RULES = Rules(
    How.PROXY,
    authors=frozenset({"writers"}),
    admins=frozenset({"chiefs"}),
    user_header=b"x-user",
    groups_header=b"x-groups",
    proxies=networks("10.0.0.5, 10.1.0.0/16, fd00::/8"),
)


# --- the address that is served -------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_on_loopback_nobody_has_to_sign_in(host: str, tmp_path: Path) -> None:
    assert read_rules(with_settings(tmp_path, host=host)).how is How.LOOPBACK


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "askfirst.example.com", "", "127.0.0.1.example.com"])
def test_on_any_other_address_a_method_must_have_been_chosen(host: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="loopback") as caught:
        read_rules(with_settings(tmp_path, host=host))
    assert f"'{host}'" in str(caught.value) and "none" in str(caught.value)
    assert read_rules(with_settings(tmp_path, host=host, auth="none")).how is How.ANONYMOUS


OIDC = {"auth": "oidc", "public_url": "https://a.example/kb", "oidc_issuer": "https://id.example", "oidc_client_id": "kb"}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"auth": "basic"}, "auth"),
        ({"auth": "token"}, "auth"),
        ({"auth": "Proxy"}, "auth"),
        ({"auth": "proxy"}, "auth_proxies"),
        ({"auth": "proxy", "auth_proxies": "proxy.example.com"}, "auth_proxies"),
        ({"auth": "proxy", "auth_proxies": "10.0.0.1/8"}, "auth_proxies"),
        ({"auth": "proxy", "auth_proxies": "10.0.0.1", "auth_header": ""}, "auth_header"),
        (OIDC | {"public_url": ""}, "public_url"),
        (OIDC | {"public_url": "a.example"}, "public_url"),
        (OIDC | {"public_url": "https://a.example/?x"}, "public_url"),
        (OIDC | {"public_url": "https://me@a.example"}, "public_url"),
        (OIDC | {"public_url": "http://a.example"}, "public_url"),
        (OIDC | {"oidc_issuer": ""}, "oidc_issuer"),
        (OIDC | {"oidc_issuer": "http://id.example"}, "oidc_issuer"),
        (OIDC | {"oidc_client_id": ""}, "oidc_client_id"),
    ],
    ids=str,
)
def test_settings_that_would_let_the_wrong_people_in_are_named(given: dict[str, str], named: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=named):
        read_rules(with_settings(tmp_path, **given))


@pytest.mark.parametrize(("key", "value"), [("limit_person", "many"), ("limit_address", "0"), ("limit_person", "")])
def test_a_limit_that_is_none_is_named(key: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=key):
        read_allowance(with_settings(tmp_path, **{key: value}))


@pytest.mark.parametrize(
    "given", [{}, {"ASKFIRST_AUTH": "proxy"}, {"ASKFIRST_AUTH": "oidc"}, {"ASKFIRST_AUTH": "none", "ASKFIRST_LIMIT_ADDRESS": "x"}], ids=str
)
def test_the_server_says_so_in_one_line_before_it_listens(given: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert "README, Sign-in" in (line := one_line(askfirst("serve", "--host", "0.0.0.0", "--port", "0", home=tmp_path))) or "limit" in line


# --- roles and routes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("groups", "roles"),
    [
        ((), {Role.STAFF}),
        (("Writers", "writer", "admin"), {Role.STAFF}),
        (("writers",), {Role.STAFF, Role.AUTHOR}),
        (("writers", "chiefs"), set(Role)),
        (("chiefs",), set(Role)),
    ],
)
def test_groups_give_roles_and_the_greater_holds_the_lesser(groups: tuple[str, ...], roles: set[Role]) -> None:
    assert roles_of(groups, RULES) == roles


def test_without_a_group_for_a_role_nobody_has_it() -> None:
    assert roles_of(("", "admin", "author"), Rules(How.PROXY)) == {Role.STAFF}


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/healthz", None),
        ("/sign-in", None),
        ("/embed.js", None),
        ("/", Role.STAFF),
        ("", Role.STAFF),
        ("/embed", Role.STAFF),
        ("/embed.js/", Role.STAFF),
        ("/api/ask", Role.STAFF),
        ("/gradio_api/queue/data", Role.STAFF),
        ("/not/yet/written", Role.STAFF),
        ("/metrics", Role.ADMIN),
        ("/metrics/", Role.ADMIN),
        ("/metricsx", Role.STAFF),
        ("/docs", Role.ADMIN),
        ("/api/compare", Role.AUTHOR),
        ("/compare/x", Role.AUTHOR),
    ],
)
def test_a_route_needs_staff_unless_it_is_named(path: str, role: Role | None) -> None:
    assert needed(path) is role


@pytest.mark.parametrize(
    ("path", "root", "below"),
    [("/a", "", "/a"), ("/kb/a", "/kb", "/a"), ("/kb", "/kb", ""), ("/kbx/a", "/kb", "/kbx/a"), ("/a", "/kb", "/a")],
)
def test_the_root_path_is_taken_off_as_the_routes_take_it_off(path: str, root: str, below: str) -> None:
    assert path_below({"path": path, "root_path": root}) == below


def test_where_nobody_looked_there_are_no_groups() -> None:
    class Odd:
        state = None

    assert groups_of(Odd()) == frozenset() and person_of(object()) is None


# --- the proxy's header ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.0.0.5", True),
        ("10.1.255.1", True),
        ("::ffff:10.0.0.5", True),
        ("fd00::9", True),
        ("10.0.0.6", False),
        ("10.2.0.0", False),
        ("fe80::1", False),
        ("", False),
        ("10.0.0.5, 1.2.3.4", False),
        ("testclient", False),
    ],
)
def test_an_address_is_listed_or_not(address: str, inside: bool) -> None:
    assert within(address, RULES.proxies) is inside


@pytest.mark.parametrize(
    ("peer", "headers", "groups"),
    [
        ("10.0.0.5", [(b"X-User", b"ani"), (b"x-groups", b" hr, ,board ")], {"hr", "board"}),
        ("10.0.0.5", [(b"x-user", b"ani")], set()),
        ("10.0.0.5", [(b"x-user", b"ani"), (b"x-groups", "Mitarbeiterrat é".encode())], {"Mitarbeiterrat é"}),
        ("10.0.0.5", [(b"x-user", b"ani"), (b"x-groups", b"\xff")], None),
        ("10.0.0.5", [(b"x-user", b"  ")], None),
        ("10.0.0.5", [(b"x-groups", b"hr")], None),
        ("10.0.0.5", [(b"x-user", b"ani"), (b"X-USER", b"budi")], None),
        ("10.0.0.5", [(b"x-user", b"ani"), (b"x-groups", b"a"), (b"x-groups", b"b")], None),
        ("10.0.0.6", [(b"x-user", b"ani")], None),
        (None, [(b"x-user", b"ani")], None),
    ],
)
def test_a_proxy_s_header_names_a_person_or_nobody(peer: str | None, headers: Any, groups: set[str] | None) -> None:
    found = from_proxy(peer, headers, RULES)
    assert (found and found.groups) == groups
    if found:
        assert found.how is How.PROXY and found.key == key_of(How.PROXY, "ani") and "ani" not in repr(found)


ZEROS = "0" * 64

# --- tokens ---------------------------------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_kept_as_a_hash_that_nobody_else_reads(settings: Settings) -> None:
    secret = make(settings, "report bot", Role.AUTHOR, ("hr", "board"))
    file = tokens_path(settings)
    assert secret.startswith("askfirst_") and len(secret) > 50 and secret not in file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = TokenFile(file, print).person(secret)
    assert found == Person(How.TOKEN, frozenset({Role.STAFF, Role.AUTHOR}), frozenset({"hr", "board"}), key_of(How.TOKEN, "report bot"))


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\tb", "bot"])
def test_a_name_that_is_taken_or_cannot_be_kept_is_refused(name: str, settings: Settings) -> None:
    make(settings, "bot", Role.STAFF, ())
    with pytest.raises(InputError):
        make(settings, name, Role.STAFF, ())


def test_of_several_tokens_the_right_one_is_found_and_no_other(settings: Settings) -> None:
    secrets = [make(settings, f"bot {at}", Role.STAFF, (f"g{at}",)) for at in range(5)]
    tokens = parse(f"# comment\n\n{tokens_path(settings).read_text('utf-8')}", "tokens")
    assert [found.name for secret in secrets if (found := match(tokens, secret))] == [f"bot {at}" for at in range(5)]
    assert all(match(tokens, wrong) is None for wrong in ("", "askfirst_", secrets[0][1:], secrets[0] + " ", tokens[0].digest))


@pytest.mark.parametrize(
    "line",
    [
        "sha256:00\tstaff\t\tx",
        "md5:" + "0" * 64 + "\tstaff\t\tx",
        "sha256:" + "0" * 64 + "\tboss\t\tx",
        "sha256:" + "0" * 64 + " staff - x",
    ],
)
def test_a_wrong_line_is_named_and_believed_by_nobody(line: str, settings: Settings) -> None:
    with pytest.raises(SettingsError, match="line 2 of here"):
        parse(f"#\n{line}\n", "here")


def test_a_token_counts_from_when_it_is_made_until_its_line_is_gone(settings: Settings) -> None:
    said: list[str] = []
    file = TokenFile(tokens_path(settings), said.append)
    secret = make(settings, "bot", Role.STAFF, ())
    assert file.person(secret)
    tokens_path(settings).write_text("nonsense\n", "utf-8")
    assert file.person(secret) is None and len(said) == 1 and "line 1" in said[0]
    tokens_path(settings).unlink()
    assert file.person(secret) is None


def test_the_command_prints_the_token_alone(tmp_path: Path) -> None:
    done = askfirst("token", "bot", "--role", "admin", "--groups", "hr, board", home=tmp_path)
    assert done.returncode == 0 and "Traceback" not in done.stderr
    (line,) = (tmp_path / "tokens").read_text("utf-8").splitlines()
    assert line.split("\t")[1:] == ["admin", "hr,board", "bot"]
    assert TokenFile(tmp_path / "tokens", print).person(done.stdout.strip())
    assert "no token has" in one_line(askfirst("token", "bot", home=tmp_path))


# --- where one may be sent, and from where something may be sent ----------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/clauses/practices/22/1?lang=id", "/?q=Boleh%20saya", "/policies#x", "/a/..b/"])
def test_a_local_path_is_gone_back_to(path: str) -> None:
    assert local(path, "") == path
    assert local(f"/kb{path}", "/kb") == f"/kb{path}"


@pytest.mark.parametrize(
    "path",
    [
        None, "", "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\tx", "/\n/evil",
        "javascript:alert(1)", "evil.example", "/a/../../x", "/..", " /", "/\x00", "http:/evil", "/\u2028x",
    ],
)  # fmt: skip
def test_anything_else_leads_to_the_first_page(path: str | None) -> None:
    assert local(path, "") == "/"
    assert local(f"/kb{path}" if path and path.startswith("/..") else path, "/kb") == "/kb/"


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, True),
        ({"sec-fetch-site": "same-origin", "origin": "https://a.example"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site", "origin": "https://b.example"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://listed.example"}, True),
        ({"origin": "http://a.example", "host": "a.example"}, True),
        ({"origin": "http://a.example.evil", "host": "a.example"}, False),
        ({"origin": "null", "host": "a.example"}, False),
        ({"origin": "http://a.example:81", "host": "a.example"}, False),
    ],
    ids=str,
)
def test_a_change_comes_from_our_own_pages_or_from_no_page(headers: dict[str, str], ours: bool) -> None:
    assert same_site([(k.encode(), v.encode()) for k, v in headers.items()], {"https://listed.example"}) is ours


# --- cookies --------------------------------------------------------------------------------------------------------


def cookies(**given: Any) -> Cookies:
    return Cookies(Rules(How.OIDC, admins=frozenset({"chiefs"}), **given), "k" * 40, 3600)


def test_a_cookie_gives_back_the_person_and_a_forged_or_old_one_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = cookies()
    sealed = ours.sealed("abc", frozenset({"hr", "chiefs"}))
    assert ours.person({"askfirst": sealed}) == Person(How.OIDC, frozenset(Role), frozenset({"hr", "chiefs"}), "abc")
    assert ours.person({"askfirst-framed": sealed}) == ours.person({"askfirst": sealed})
    other = Cookies(ours.rules, "x" * 40, 3600)
    for wrong in ("", "x", sealed[:-1], f"x{sealed}", other.sealed("abc", frozenset()), ours.handed_over(sealed, "c")):
        assert ours.person({"askfirst": wrong}) is None
    assert Cookies(ours.rules, ours.key, -1).person({"askfirst": sealed}) is None


@pytest.mark.parametrize(
    ("public", "name"),
    [("", "askfirst"), ("https://a.example", "__Host-askfirst"), ("https://a.example/kb", "__Secure-askfirst")],
)
def test_its_name_says_how_far_it_may_be_trusted(public: str, name: str) -> None:
    assert cookies(public_url=public).name == name


def test_the_key_is_made_once_for_its_owner_alone_and_a_short_one_is_refused(tmp_path: Path) -> None:
    settings = with_settings(tmp_path / "home")
    key = read_key(settings)
    assert len(key) > 40 and read_key(settings) == key
    assert stat.S_IMODE((settings.home / "session.key").stat().st_mode) == 0o600
    assert [file.name for file in settings.home.iterdir()] == ["session.key"]
    (tmp_path / "short").write_text("password1", "utf-8")
    for file in ("short", "missing"):
        with pytest.raises(SettingsError, match=file):
            read_key(with_settings(tmp_path, session_key_file=tmp_path / file))


def test_the_door_opens_with_each_method(tmp_path: Path) -> None:
    for given in ({}, {"auth": "none"}, {"auth": "proxy", "auth_proxies": "::1"}, OIDC):
        door = open_door(with_settings(tmp_path, **given), print)
        assert (door.cookies is not None) == (given is OIDC)
