"""The chat on other pages: `/embed` is the chat alone, `/embed.js` the one line that brings it."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import Response

from chat.web.shell import Variant
from chat.web.theme import COLOURS, SANS
from chat.web.words import LANGUAGES, say

_KEPT = 3600  # seconds for which browsers may keep the script without asking again
_SAID = {"title": "embed_title", "open": "hello", "close": "close", "larger": "embed_larger", "smaller": "embed_smaller"}
# The page around names the language and has a frame of its own: what is left of the head is what begins anew.
_ALONE = """
.af-embedded #af-top { min-height: 0; padding: 0; border: 0; justify-content: flex-end; }
.af-embedded #af-top:has(#af-new) { padding: var(--af-gap-1) var(--af-gap-4); }
.af-embedded #af-top > :not(#af-new) { display: none !important; }
.af-embedded #af-main { padding-top: var(--af-gap-3); }
.af-embedded .af-hello { padding-top: var(--af-gap-2); }
.af-embedded .af-keys { display: none; }
@media (min-height: 26rem) { .af-embedded #af-composer { position: sticky; } }
"""


def embedded() -> Variant:
    """The page as `/embed` shows it: the chat, nothing around it."""
    return Variant("af-embedded", f"<style>{_ALONE}</style><script>{_file('embedded.js')}</script>")


def routes(app: FastAPI) -> None:
    """Adds the script."""
    body = embed_script().encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"cache-control": f"public, max-age={_KEPT}", "etag": tag}

    @app.get("/embed.js", include_in_schema=False)
    def script(request: Request) -> Response:
        """The script that puts the chat on any page."""
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="text/javascript", headers=headers)


@cache
def embed_script() -> str:
    """The script with its words and its look in it, so that one request brings all of it."""
    words = {lang: {name: say(key, lang) for name, key in _SAID.items()} for lang in LANGUAGES}
    script = _file("embed.js")
    for name, value in (("WORDS", words), ("STYLE", _tokens() + _file("embed.css"))):
        script = script.replace(
            f"const {name} = {{}};" if name == "WORDS" else f'const {name} = "";', f"const {name} = {json.dumps(value)};"
        )
    return script


def _tokens() -> str:
    light, dark = ("".join(f"--{name}:{pair[at]};" for name, pair in COLOURS.items()) for at in (0, 1))
    dark = f"color-scheme:dark;{dark}"
    fonts = ", ".join(f'"{font}"' if " " in font else font for font in SANS)
    return (
        f":host{{color-scheme:light;--sans:{fonts};{light}}}:host([data-theme=dark]){{{dark}}}"
        f"@media (prefers-color-scheme: dark){{:host([data-theme=auto]){{{dark}}}}}"
    )


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")
