"""Small pieces of HTML that every screen uses: words, icons, links. Pure, and everything from elsewhere escaped."""

from __future__ import annotations

from html import escape
from urllib.parse import quote, urlsplit

from chat.phrases import phrase
from chat.web.words import known, say
from kb.clause import Authority, Policy

_ICONS = {
    "yes": '<circle cx="12" cy="12" r="9"/><path d="m8 12.4 2.7 2.7L16 9.6"/>',
    "yes_if": '<path d="M5 4.5h14v15H5z"/><path d="m8 9.2 1.2 1.2L11.4 8.2M13.5 9.4H16M8 14.7l1.2 1.2 2.2-2.2M13.5 15H16"/>',
    "no": '<circle cx="12" cy="12" r="9"/><path d="m8.8 8.8 6.4 6.4m0-6.4-6.4 6.4"/>',
    "ask": '<path d="M4 5h16v11.5h-7.5L8 20v-3.5H4z"/><path d="M10 9.2a2 2 0 1 1 2.6 1.9c-.4.1-.6.4-.6.8v.3M12 14v.1"/>',
    "information": '<path d="M12 6.5C10 5 7 4.7 4 5v13c3-.3 6 0 8 1.5 2-1.5 5-1.8 8-1.5V5c-3-.3-6 0-8 1.5zm0 0v13"/>',
    "off_topic": '<circle cx="12" cy="12" r="9"/><path d="m15.5 8.5-2 5-5 2 2-5z"/>',
    "failed": '<path d="M12 4 21 19.5H3z"/><path d="M12 10v4.5m0 2.2v.1"/>',
    "person": '<circle cx="12" cy="8.5" r="3.5"/><path d="M5 19.5c.8-3.4 3.4-5 7-5s6.2 1.6 7 5"/>',
    "away": '<path d="M10 5H5v14h14v-5M13.5 4.5h6v6M19 5l-8 8"/>',
    "copy": '<path d="M8.5 8.5h11v11h-11z"/><path d="M15.5 5.5v-1h-11v11h1"/>',
    "link": '<path d="M10.5 13.5a4 4 0 0 0 5.7 0l2.8-2.8a4 4 0 0 0-5.7-5.7l-1.1 1.1"/>'
    '<path d="M13.5 10.5a4 4 0 0 0-5.7 0L5 13.3A4 4 0 0 0 10.7 19l1.1-1.1"/>',
    "edit": '<path d="M4.5 19.5 6 14.5 16 4.5 19.5 8 9.5 18z"/><path d="m13.5 7 3.5 3.5"/>',
    "write": '<path d="M4 6h16v12.5H4z"/><path d="m4.5 7 7.5 6 7.5-6"/>',
}


def icon(name: str) -> str:
    """An icon in the colour of the text beside it, of which screen readers say nothing."""
    return f'<svg class="af-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{_ICONS[name]}</svg>'


def words(key: str, lang: str, **values: object) -> str:
    """The interface's words, ready for HTML."""
    return escape(say(key, lang, **values))


def phrased(key: str, lang: str) -> str:
    """The assistant's words, ready for HTML."""
    return escape(phrase(key, lang))


def count(number: int, lang: str) -> str:
    """A number with its thousands set apart as the language does it."""
    return f"{number:,}" if known(lang) == "en" else f"{number:,}".replace(",", ".")


def encoded(text: str, safe: str = "") -> str:
    """Text as part of an address."""
    # A lone surrogate cannot be sent anywhere; an address with a question mark in its place can.
    return quote(text.encode("utf-8", "replace"), safe=safe)


def web_address(url: str | None) -> str | None:
    """The address, if it is one of the web and nothing else: `javascript:` and its kin give `None`."""
    try:
        parts = urlsplit((url or "").strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return parts.geturl() if usable else None


def away(address: str, text: str, lang: str, kind: str = "af-link") -> str:
    """A link that leaves the app: in a new tab, which learns nothing of this one."""
    after = f'{icon("away")}<span class="af-unseen"> ({words("new_tab", lang)})</span>'
    return (
        f'<a class="{kind}" lang="{known(lang)}" href="{escape(address)}" target="_blank" rel="noopener noreferrer">'
        f"{escape(text)}{after}</a>"
    )


def source_link(policy: Policy, lang: str) -> str:
    """Where a policy was published, and how sure that is: a link where the way there is encrypted, else words; empty without."""
    address = web_address(policy.url)
    if not address:
        return ""
    key = f"source_{policy.url_is if policy.url_is in ('publisher', 'copy', 'unverified') else 'publisher'}"
    said = say(key, lang, host=(urlsplit(address).hostname or "").removeprefix("www."))
    if not address.startswith("https:"):
        return f'<span lang="{known(lang)}">{escape(said)}</span>'
    return away(address, said, lang)


def badge(policy: Policy, lang: str) -> str:
    """Whose rule it is, as a tag."""
    if policy.authority is Authority.BINDING:
        return f'<span class="af-tag af-tag-ours">{words("badge_ours", lang)}</span>'
    return f'<span class="af-tag">{words("badge_others", lang)}</span>'


def copying(text: str, label: str, lang: str) -> str:
    """A button that copies a text."""
    return _acting("data-copy", text, "copy", label, lang)


def linking(address: str, label: str, lang: str) -> str:
    """A button that copies an address, given relative to the page."""
    return _acting("data-link", address, "link", label, lang)


def mending(text: str, label: str, lang: str) -> str:
    """A button that puts a draft back where one writes."""
    return _acting("data-again", text, "edit", label, lang)


def _acting(what: str, value: str, picture: str, label: str, lang: str) -> str:
    return (
        f'<button type="button" class="af-quiet" {what}="{escape(value)}" data-done="{words("copied", lang)}">'
        f"{icon(picture)}<span>{words(label, lang)}</span></button>"
    )
