"""Settings come from four places, the later over the earlier, and a wrong one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import SettingsError
from kb.settings import described, read_settings, shown


def test_flags_win_over_environment_over_file_over_defaults(tmp_path: Path) -> None:
    (tmp_path / "askfirst.toml").write_text("port = 1001\ndoubt_limit = 0.2\n", "utf-8")
    environ = {"ASKFIRST_HOME": str(tmp_path / "h"), "ASKFIRST_PORT": "1002"}
    assert read_settings({"ASKFIRST_HOME": str(tmp_path)}, tmp_path / "elsewhere").port == 1001
    assert read_settings(environ, tmp_path).port == 1002
    assert read_settings(environ, tmp_path, {"port": 1003, "host": None}).port == 1003
    assert read_settings(environ, tmp_path).doubt_limit == 0.2
    assert read_settings({"ASKFIRST_HOME": str(tmp_path / "h")}, tmp_path / "elsewhere").port == 7860


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"ASKFIRST_PORT": "many"}, "port"),
        ({"ASKFIRST_PORT": "70000"}, "port"),
        ({"ASKFIRST_DOUBT_LIMIT": "2"}, "doubt_limit"),
        ({"ASKFIRST_SESSION_HOURS": "0"}, "session_hours"),
        ({"ASKFIRST_SESSION_HOURS": "a day"}, "session_hours"),
        ({"ASKFIRST_CHROMA_URL": "127.0.0.1:8000"}, "chroma_url"),
        ({"ASKFIRST_CHROMA_URL": "ftp://127.0.0.1"}, "chroma_url"),
        ({"ASKFIRST_CHROMA_URL": "http://"}, "chroma_url"),
        ({"ASKFIRST_CHROMA_URL": "http://127.0.0.1:many"}, "chroma_url"),
        ({"ASKFIRST_CHROMA_URL": "http://127.0.0.1:8000/api"}, "chroma_url"),
        ({"ASKFIRST_CHROMA_URL": "http://me:secret@127.0.0.1:8000"}, "chroma_url"),
        ({"ASKFIRST_EMBED_ORIGINS": "*"}, "embed_origins"),
        ({"ASKFIRST_EMBED_ORIGINS": "https://*.example.com"}, "embed_origins"),
        ({"ASKFIRST_EMBED_ORIGINS": "null"}, "embed_origins"),
        ({"ASKFIRST_EMBED_ORIGINS": "intranet.example.com"}, "embed_origins"),
        ({"ASKFIRST_EMBED_ORIGINS": "https://a.example,https://b.example/wiki"}, "embed_origins"),
        ({"ASKFIRST_EMBED_ORIGINS": "https://a.example; script-src https://b.example"}, "embed_origins"),
        ({"ASKFIRST_PUBLIC_HOSTS": "https://a.example"}, "public_hosts"),
        ({"ASKFIRST_PUBLIC_HOSTS": "*"}, "public_hosts"),
        ({"ASKFIRST_PUBLIC_HOSTS": "a.example:8443"}, "public_hosts"),
    ],
)
def test_a_wrong_value_names_its_key_and_where_it_stood(environ: dict[str, str], named: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=named) as caught:
        read_settings(environ | {"ASKFIRST_HOME": str(tmp_path)}, tmp_path)
    assert "the environment" in str(caught.value)


def test_origins_and_hosts_are_kept_as_browsers_send_them(tmp_path: Path) -> None:
    environ = {
        "ASKFIRST_HOME": str(tmp_path),
        "ASKFIRST_EMBED_ORIGINS": "https://Intranet.example:443/, http://[::1]:80 ,https://wiki.example:8443,",
        "ASKFIRST_PUBLIC_HOSTS": "Askfirst.example. , 10.0.0.5",
    }
    found = read_settings(environ, tmp_path)
    assert found.embed_origins == ("https://intranet.example", "http://[::1]", "https://wiki.example:8443")
    assert found.public_hosts == ("askfirst.example", "10.0.0.5")
    (tmp_path / "askfirst.toml").write_text('embed_origins = ["https://intranet.example"]', "utf-8")
    assert read_settings({}, tmp_path).embed_origins == ("https://intranet.example",)


@pytest.mark.parametrize("text", ["port = ", "colour = 'red'\n"])
def test_a_wrong_file_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "askfirst.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=r"askfirst\.toml"):
        read_settings({}, tmp_path)


def test_a_secret_is_shown_to_nobody(tmp_path: Path) -> None:
    found = read_settings({"ASKFIRST_HOME": str(tmp_path), "ASKFIRST_OIDC_CLIENT_SECRET": "hunter2"}, tmp_path)
    assert found.oidc_client_secret == "hunter2"
    assert "hunter2" not in repr(found) and shown(found, "oidc_client_secret") == "(set)"
    assert shown(read_settings({}, tmp_path), "oidc_client_secret") == "" and shown(found, "port") == "7860"


def test_every_setting_says_what_it_means() -> None:
    assert all(described().values())


@pytest.mark.parametrize(
    ("given", "taken"),
    [("", ""), ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"), ("HTTPS://Chroma.Example", "https://chroma.example")],
)
def test_the_url_of_a_server_is_taken_in_its_plainest_form(given: str, taken: str, tmp_path: Path) -> None:
    environ = {"ASKFIRST_HOME": str(tmp_path), "ASKFIRST_CHROMA_URL": given}
    assert read_settings(environ, tmp_path).chroma_url == taken
