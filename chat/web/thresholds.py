"""The few pages that people see who are not in: in both languages at once, because nothing is known of them yet."""

from __future__ import annotations

import html
import json
import secrets

from fastapi.responses import HTMLResponse

from chat.web.cookies import challenge_of
from chat.web.guard import hashes, running

_STYLE = (
    ":root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;display:grid;place-items:center;min-height:90vh;margin:0}"
    "main{text-align:center;padding:2rem;max-width:34rem}h1{font-size:1.5rem}"
    "a,button{display:inline-block;margin:.5rem;padding:.6rem 1.2rem;"
    "border:2px solid currentColor;border-radius:.5rem;font:inherit;color:inherit;background:none;text-decoration:none;cursor:pointer}"
)
_SIGN_IN = {"en": "Sign in", "id": "Masuk"}


def signed_out_page(base: str) -> HTMLResponse:
    """Signed out."""
    return _page(200, {"en": "You have signed out.", "id": "Anda sudah keluar."}, _link(base))


def leaving_page() -> HTMLResponse:
    """What a link to sign out leads to: only the button does it, so that no other page's link can."""
    button = f'<form method="post"><button>{_both({"en": "Sign out", "id": "Keluar"})}</button></form>'
    return _page(200, {"en": "Sign out of AskFirst?", "id": "Keluar dari AskFirst?"}, button)


def failed_page(base: str, status: int = 401) -> HTMLResponse:
    """Signing in did not work."""
    words = {
        "en": "Signing in did not work. Please try again; if it goes on, tell whoever runs AskFirst.",
        "id": "Anda belum berhasil masuk. Silakan coba lagi; bila terus begini, beri tahu pengelola AskFirst.",
    }
    return _page(status, words, _link(base))


def refused_page(detail: str) -> HTMLResponse:
    """Signed in, and yet not for this person."""
    words = {"en": "This page is not for you.", "id": "Halaman ini bukan untuk Anda."}
    return _page(403, words, f"<p lang=en><small>{html.escape(detail)}</small></p>")


def framed_page(base: str) -> HTMLResponse:
    """Inside another page: signing in takes a window of its own, because no provider lets itself be framed."""
    words = {"en": "Sign in to ask about the rules.", "id": "Masuk dulu untuk bertanya tentang aturan."}
    verifier = secrets.token_urlsafe(32)
    script = f"const base = {_script(base)}, verifier = {_script(verifier)}, challenge = {_script(challenge_of(verifier))};{_POP_UP}"
    return _page(401, words, f'<button id="go">{_both(_SIGN_IN)}</button>', script)


def handing_over_page(note: str, base: str) -> HTMLResponse:
    """In the pop-up, at the end: gives the note to the page that opened it, and to none of another origin."""
    words = {"en": "You are signed in. You can close this window.", "id": "Anda sudah masuk. Jendela ini boleh ditutup."}
    script = f"window.opener?.postMessage({{askfirst: {_script(note)}}}, window.location.origin); window.close();"
    return _page(200, words, f'<p><a href="{html.escape(base)}/">AskFirst</a></p>', script)


# Only this page knows the verifier: whoever else learns of the note can do nothing with it. Both are made by the server,
# because inside a page of plain http a browser has no hash to offer.
_POP_UP = """
let opened = null;
document.getElementById("go").addEventListener("click", () => {
  opened = window.open(base + "/sign-in?popup=" + challenge, "askfirst-sign-in", "popup,width=520,height=680");
});
window.addEventListener("message", async (event) => {
  if (event.origin !== window.location.origin || event.source !== opened || !event.data?.askfirst) return;
  const reply = await fetch(base + "/sign-in/here", {
    method: "POST", headers: {"content-type": "application/json"}, body: JSON.stringify({note: event.data.askfirst, verifier}),
  });
  if (reply.ok) window.location.reload();
});
"""


def _page(status: int, words: dict[str, str], more: str, script: str = "") -> HTMLResponse:
    said = "".join(f'<p lang="{lang}">{html.escape(text)}</p>' for lang, text in words.items())
    last = f"<script>{script}</script>" if script else ""
    page = HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>AskFirst</title><style>{_STYLE}</style></head><body><main><h1>AskFirst</h1>{said}{more}</main>{last}</body></html>",
        status,
        {"cache-control": "no-store"},
    )
    running(page, hashes([script] if script else []))
    return page


def _link(base: str) -> str:
    return f'<p><a href="{html.escape(base)}/sign-in">{_both(_SIGN_IN)}</a></p>'


def _both(words: dict[str, str]) -> str:
    return " · ".join(f'<span lang="{lang}">{html.escape(text)}</span>' for lang, text in words.items())


def _script(text: str) -> str:
    """The text as a literal in an inline script, from which nothing in it gets out."""
    return json.dumps(text).replace("<", "\\u003c")
