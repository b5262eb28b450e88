"""What is deployed agrees with the program: settings that exist, files that are there, nobody's root, nothing open by mistake."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from kb.settings import PREFIX, described

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())
UNIT = DEPLOY / "askfirst@.service"


def dockerfile() -> list[list[str]]:
    """Its instructions, word by word, continued lines joined."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    return [line.split() for line in text.splitlines() if line.strip()]


def compose() -> dict[str, Any]:
    found = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def unit() -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(UNIT.read_text("utf-8"))
    return parser


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_setting_named_exists(file: Path) -> None:
    named = set(re.findall(rf"\b{PREFIX}([A-Z_]+)\b", file.read_text("utf-8")))
    assert {name.lower() for name in named} <= described().keys()


def test_everything_copied_into_the_image_is_there_and_let_through() -> None:
    sources = [source for word, *given in dockerfile() if word == "COPY" and not given[0].startswith("--from") for source in given[:-1]]
    let_through = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert sources and set(sources) == let_through
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_the_image_pins_what_the_project_pins() -> None:
    installs = [" ".join(words) for words in dockerfile() if words[0] == "RUN" and "pip" in " ".join(words)]
    torch = re.search(r"^torch==.*$", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE)
    assert torch and torch[0] in installs[0].split()
    assert "-c constraints.txt" in installs[1]


def test_the_image_runs_as_nobody_special_and_can_be_asked_how_it_is() -> None:
    (user,) = (given[0] for word, *given in dockerfile() if word == "USER")
    assert user.isdigit() and int(user) > 1000
    words = [word for word, *_ in dockerfile()]
    assert words.index("USER") > max(at for at, word in enumerate(words) if word in ("RUN", "COPY"))
    assert "HEALTHCHECK" in words and "VOLUME" in words


def test_every_container_is_confined_and_only_loopback_is_published() -> None:
    services = compose()["services"]
    assert set(services) == {"first", "second", "chroma"}
    for service in services.values():
        assert service["read_only"] and service["cap_drop"] == ["ALL"] and "no-new-privileges:true" in service["security_opt"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert "ports" not in services["chroma"] and services["chroma"]["networks"] == ["inside"]
    assert compose()["networks"]["inside"]["internal"] is True


def test_how_people_sign_in_is_not_chosen_for_anybody() -> None:
    for service in ("first", "second"):
        assert compose()["services"][service]["environment"]["ASKFIRST_AUTH"].startswith("${ASKFIRST_AUTH:?")


def test_stopping_is_given_the_time_that_it_may_take() -> None:
    from chat.web.serve import _CLOSING, _FINISHING

    needed = _FINISHING + _CLOSING + 3
    assert int(compose()["services"]["first"]["stop_grace_period"].removesuffix("s")) > needed
    assert int(unit()["Service"]["TimeoutStopSec"]) > needed


def test_the_chroma_server_is_run_as_its_clients_look_for_it() -> None:
    services = compose()["services"]
    command = services["chroma"]["entrypoint"]
    assert services["first"]["environment"]["ASKFIRST_CHROMA_URL"] == f"http://chroma:{command[command.index('--port') + 1]}"
    assert command[command.index("--path") + 1] in services["chroma"]["volumes"][0]


def test_the_unit_is_confined() -> None:
    service = unit()["Service"]
    assert service["User"] not in ("", "root") and service["CapabilityBoundingSet"] == ""
    assert (service["NoNewPrivileges"], service["ProtectSystem"], service["ProtectHome"]) == ("yes", "strict", "yes")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="NO SYSTEMD: systemd-analyze is missing; the unit is only parsed")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    # The program is not installed here.
    text = re.sub(r"^(ExecStart=)\S+.*$", r"\1/bin/true", UNIT.read_text("utf-8"), flags=re.MULTILINE)
    copy = tmp_path / "askfirst@7860.service"
    copy.write_text(text, "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True)
    assert [line for line in done.stderr.splitlines() if "askfirst" in line] == [] and done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("nginx"), reason="NO NGINX: its configuration is not looked at")
def test_nginx_understands_the_workers(tmp_path: Path) -> None:
    text = f"""pid {tmp_path}/pid; error_log stderr; events {{}} http {{
        include {DEPLOY}/nginx-workers.conf;
        server {{ listen 127.0.0.1:18888; access_log off; location / {{ proxy_pass http://askfirst; }} }} }}"""
    (tmp_path / "nginx.conf").write_text(text, "utf-8")
    done = subprocess.run(["nginx", "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
