"""What every screen has around it: head, brand, navigation, language. Addresses are relative, so that a sub-path works."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import quote, urlencode

from chat.web.pieces import encoded, words
from chat.web.theme import style
from chat.web.words import LANGUAGES, known

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#0f5a50"/>'
    '<g fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">'
    '<path d="M8 9.5h16V21h-7.5l-5 4v-4H8z"/><path d="m12.5 15.3 2.5 2.5 4.5-4.8"/></g></svg>'
)
_LOGO = (
    '<svg viewBox="0 0 32 32" aria-hidden="true" focusable="false"><rect class="af-logo-ground" width="32" height="32" rx="9"/>'
    '<path class="af-logo-line" d="M8 9.5h16V21h-7.5l-5 4v-4H8z"/><path class="af-logo-line" d="m12.5 15.3 2.5 2.5 4.5-4.8"/></svg>'
)
_SCREENS = ("ask", "draft", "policies", "about")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a screen stands: its language, its own address from the front page, and the way up to the front page."""

    lang: str
    here: str = ""
    up: str = "./"

    def to(self, path: str, **query: str) -> str:
        """The address of another screen in this language, as an attribute; a clause's or policy's id may stand in `path`."""
        return escape(f"{self.up}{encoded(path, '/')}?{urlencode({**query, 'lang': self.lang})}")

    def clause(self, clause_id: str) -> str:
        """The address of a clause."""
        return self.to(f"clauses/{clause_id}")

    def policy(self, policy_id: str, **query: str) -> str:
        """The address of a policy."""
        return self.to(f"policies/{policy_id}", **query)


def icon() -> str:
    """The icon, in the page itself: browsers look for one outside a sub-path where a page has none from the beginning."""
    return f'<link rel="icon" href="data:image/svg+xml,{quote(ICON)}">'


@cache
def head() -> str:
    """What the chat and the other screens have in their head: icon, style and script, all in the page itself."""
    return f"{icon()}<style>{style()}</style><script>{script()}</script>"


def brand(lang: str) -> str:
    """Logo, name and what it is for."""
    return f'<div class="af-brand">{_LOGO}<div><b>AskFirst</b><span>{words("tagline", lang)}</span></div></div>'


def navigation(place: Place, current: str) -> str:
    """The way between the screens."""
    addresses = (place.to(""), place.to("", kind="draft"), place.to("policies"), place.to("about"))
    # In the chat the first two choose what is sent, and the others open over a conversation.
    does = ('data-kind="question"', 'data-kind="draft"', "data-screen", "data-screen")
    links = "".join(
        f'<a href="{address}" {what}{_current(screen == current)}>{words(f"nav_{screen}", place.lang)}</a>'
        for screen, address, what in zip(_SCREENS, addresses, does, strict=True)
    )
    return f'<nav class="af-nav" aria-label="{words("navigation", place.lang)}">{links}</nav>'


def screen(place: Place, title: str, body: str, *, current: str = "", query: str = "", extra: str = "") -> str:
    """A whole page; `title` is text, `body` is HTML, `query` what its address says besides the language, `extra` more of its head."""
    lang = known(place.lang)
    return (
        f'<!doctype html><html lang="{lang}" class="af-auto"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<title>{escape(title)} · AskFirst</title>{head()}{extra}</head><body class="af-page">'
        f'<a class="af-skip" href="#af-content">{words("skip", lang)}</a>'
        f'<header class="af-bar"><a class="af-home" href="{place.to("")}">{brand(lang)}</a>{navigation(place, current)}'
        f"{_languages(place, query)}</header>"
        f'<main id="af-content" tabindex="-1" data-close="{words("close", lang)}" data-apart="{words("apart", lang)}">{body}</main>'
        "</body></html>"
    )


def _languages(place: Place, query: str) -> str:
    links = "".join(
        f'<a lang="{code}" hreflang="{code}" data-lang="{code}"{_current(code == place.lang, "true")} '
        f'href="?{escape(urlencode({"lang": code}) + (f"&{query}" if query else ""))}">'
        f'<span class="af-long">{name}</span><span class="af-short" aria-hidden="true">{code.upper()}</span></a>'
        for code, name in LANGUAGES.items()
    )
    return f'<nav class="af-langs" aria-label="{words("language", place.lang)}">{links}</nav>'


def _current(is_current: bool, how: str = "page") -> str:
    return f' aria-current="{how}"' if is_current else ""


@cache
def script() -> str:
    """What every screen runs."""
    return Path(__file__).with_name("screens.js").read_text("utf-8")
