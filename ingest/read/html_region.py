"""Which part of a web page is the document, and which is navigation, contents, furniture or hidden. Pure.

The page's own landmarks decide. Where it has none, a part that looks like furniture is left out only if two witnesses
agree, its name, its links or trafilatura: a rule lost is worse than a menu read. Trafilatura judges and never cuts, as
it drops numbers and short lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.document import Why

NEVER = frozenset("script style noscript template head title meta link svg object embed iframe audio video canvas map datalist".split())
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CONTROLS = frozenset({"button", "select", "textarea", "input"})
_INLINE = frozenset({"a", "i", "span", "em", "sup", "b"})
_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu", "menubar", "toolbar"}
)
_LANDMARKS = {"nav": "navigation", "header": "banner", "footer": "contentinfo", "aside": "complementary", "dialog": "dialog"}
# Names that nothing but furniture has, wherever it stands.
_FURNITURE = re.compile(
    r"(?:cookie|consent|gdpr)[-_]?(?:banner|bar|notice|popup|modal|message|law|container)|cc-window|onetrust[-\w]*|cookieyes|cookiebot"
    r"|comments(?:-area)?|comment-respond|respond|sharedaddy|(?:social|share)[-_](?:links|buttons|bar|icons)|(?:jp-)?relatedposts|related-posts"
    r"|mw-(?:editsection|jump-link)|sitesub|printfooter|catlinks|post-navigation|nav-links|entry-(?:footer|meta)|post-meta|breadcrumbs?|skip-link|back-to-top|pagination|pager|print-only-url"
)
# Names that furniture often has.
_SUSPECT = re.compile(
    r"(?:site|page|main|global|top|left|right|primary|secondary)?[-_]?(?:sidebar|side-?nav|navbar|nav|navigation|menu|masthead|header|footer|foot)"
    r"|widget(?:-area)?|topbar|share|social|related|toolbar|copyright|search(?:-?(?:form|box))?|login|user-?bar|newsletter|tags?"
)
_UNSEEN_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.IGNORECASE)
_UNSEEN_CLASS = frozenset({"sr-only", "visually-hidden", "screen-reader-text", "visuallyhidden"})
_LEADS_AWAY = re.compile(
    r"skip (?:to|nav)|jump to (?:main|content)|(?:back )?to (?:the )?top\b|top$"
    r"|lewati ke|lompat ke|langsung ke (?:isi|konten)|(?:kembali )?ke atas",
    re.IGNORECASE,
)
_NOTE = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡])[\])]?$")
_TELLING = 15  # letters
_LONGEST_JUDGED = 1_000_000  # code points; trafilatura takes a second for each million on a slow core


@dataclass(frozen=True, slots=True)
class Region:
    """The element that holds the document, and those in and around it that are no part of it, each with the reason."""

    root: Any
    marks: Mapping[Any, Why]


def region(body: Any, source: str) -> Region:
    """Where the document is in a page's `body`; `source` is the page as text."""
    elements = [each for each in body.iter() if isinstance(each.tag, str)]
    weights = _weights(elements)
    controlled = _controlled(elements)
    marks: dict[Any, Why] = {}
    for each in elements:
        if each is not body and (why := _why(each, weights, controlled)) is not None:
            marks[each] = why
    root = _root(body, elements, marks, weights)
    if root is body:
        marks |= dict(_suspects(body, elements, marks, weights, source))
    return Region(root, marks)


@dataclass(slots=True)
class _Weight:
    """How many letters an element shows, how many of them in links, and how many links."""

    letters: int = 0
    linked: int = 0
    links: int = 0


def _weights(elements: Sequence[Any]) -> dict[Any, _Weight]:
    weights = {each: _Weight() for each in elements}
    for each in reversed(elements):
        own = weights[each]
        if each.tag in NEVER:
            own.letters = own.linked = own.links = 0
        else:
            own.letters += _count(each.text)
        if each.tag == "a" and each.get("href"):
            own.linked, own.links = own.letters, 1
        parent = weights.get(each.getparent())
        if parent is not None:
            parent.letters += own.letters + _count(each.tail)
            parent.linked += own.linked
            parent.links += own.links
    return weights


def _count(text: str | None) -> int:
    return sum(map(str.isalnum, text)) if text else 0


def _controlled(elements: Sequence[Any]) -> frozenset[str]:
    """The ids of what a press of a button shows: panels and tabs are hidden only until a reader opens them."""
    found: set[str] = set()
    for each in elements:
        for key in ("aria-controls", "data-target", "data-bs-target"):
            found.update(name.lstrip("#") for name in (each.get(key) or "").split())
        if each.get("data-toggle") or each.get("data-bs-toggle") or each.get("role") in ("tab", "button"):
            found.add((each.get("href") or "").lstrip("#"))
    return frozenset(found - {""})


def hidden(element: Any, controlled: frozenset[str] = frozenset()) -> bool:
    """Whether a reader of the page never sees the element."""
    if element.get("id") in controlled or element.get("role") == "tabpanel":
        return False
    states = element.get("hidden")
    return (
        (states is not None and states.lower() != "until-found")
        or bool(_UNSEEN_STYLE.search(element.get("style") or ""))
        or (element.tag == "dialog" and element.get("open") is None)
        or not _UNSEEN_CLASS.isdisjoint(_names(element))
        or (element.get("aria-hidden") == "true" and element.tag in _INLINE)
    )


def _names(element: Any) -> list[str]:
    return f"{element.get('class') or ''} {element.get('id') or ''}".lower().split()


def _why(element: Any, weights: Mapping[Any, _Weight], controlled: frozenset[str]) -> Why | None:
    """Why an element is no part of the document, as its own tag, role, name and links say."""
    if hidden(element, controlled):
        return Why.HIDDEN
    tag, weight = element.tag, weights[element]
    if (tag == "a" or (tag == "sup" and weight.links == 1)) and (why := _link(element)) is not None:
        return why
    if tag in _CONTROLS:
        # An accordion's headings are buttons.
        return None if _within(element, (*HEADINGS, "summary", "dt")) else Why.NAVIGATION
    if tag in ("ul", "ol", "nav", "div") and weight.links >= 3 and weight.linked >= 0.8 * weight.letters and _inside_links(element):
        return Why.CONTENTS
    if any(name.startswith("msotoc") for name in _names(element)):
        return Why.CONTENTS
    if tag == "form":
        # Some sites put the whole page into a form.
        whole = weight.letters > 600 or next(element.iter(*HEADINGS, "main", "article"), None) is not None
        asks = any(each.get("type") != "hidden" for each in element.iter(*_CONTROLS))
        return Why.NAVIGATION if asks and not whole else None
    role = element.get("role") or _LANDMARKS.get(tag)
    if role in _ROLES and not _part(element, role, weight):
        return Why.NAVIGATION
    return Why.NAVIGATION if any(_FURNITURE.fullmatch(name) for name in _names(element)) and tag not in HEADINGS else None


def _link(element: Any) -> Why | None:
    """A link that only moves the reader about, or a note's mark."""
    link = element if element.tag == "a" else next(element.iter("a"))
    if not (link.get("href") or "").startswith("#"):
        return None
    text = " ".join("".join(element.itertext()).split())
    if element.tag == "sup" or element.find("sup") is not None:
        return Why.MARKUP if _NOTE.match(text) else None
    return Why.NAVIGATION if text and (not any(map(str.isalnum, text)) or (len(text) <= 40 and _LEADS_AWAY.match(text))) else None


def _inside_links(element: Any) -> bool:
    return all((link.get("href") or "#").startswith("#") for link in element.iter("a"))


def _part(element: Any, role: str, weight: _Weight) -> bool:
    """Whether a header, footer or aside belongs to the text it stands in; a header that leads nowhere is the document's own."""
    if role == "banner":
        return _within(element, ("main", "article", "section")) or weight.links == 0
    if role == "contentinfo":
        return _within(element, ("main", "article", "section")) and weight.linked <= 0.3 * weight.letters
    return role == "complementary" and _within(element, ("main", "article")) and weight.linked <= 0.5 * weight.letters


def _within(element: Any, tags: tuple[str, ...]) -> bool:
    return next(element.iterancestors(*tags), None) is not None


def _root(body: Any, elements: Sequence[Any], marks: Mapping[Any, Why], weights: Mapping[Any, _Weight]) -> Any:
    """The main element or the only article, unless most of what the page shows stands outside it."""
    seen = [e for e in elements if e not in marks and not any(above in marks for above in e.iterancestors())]
    mains = [e for e in seen if e.tag == "main" or e.get("role") == "main"]
    articles = [e for e in seen if (e.tag == "article" or e.get("role") == "article") and not _within(e, ("article",))]
    for found in (mains, articles):
        if len(found) == 1:
            inside, whole = (_shown(e, marks, weights) for e in (found[0], body))
            return found[0] if 2 * inside >= whole else body
    return body


def _shown(element: Any, marks: Mapping[Any, Why], weights: Mapping[Any, _Weight]) -> int:
    """The letters of an element that are not in a marked part."""
    tops = [e for e in element.iter() if e in marks and not any(above in marks for above in e.iterancestors())]
    return weights[element].letters - sum(weights[e].letters for e in tops)


def _suspects(
    body: Any, elements: Sequence[Any], marks: Mapping[Any, Why], weights: Mapping[Any, _Weight], source: str
) -> Iterator[tuple[Any, Why]]:
    """Parts that look like furniture in every way, or in one if trafilatura leaves them out as well."""
    half = weights[body].letters / 2
    found = [
        each
        for each in elements
        if each is not body and each not in marks and each.tag in ("div", "section", "ul", "table", "aside", "header", "footer", "p")
        if 0 < weights[each].letters < half and _looks_like_furniture(each, weights[each])
    ]
    kept: str | None = None
    for each in found:
        weight = weights[each]
        if _is_named(each) and weight.linked > 0.8 * weight.letters:
            yield each, Why.NAVIGATION  # named so, and nothing but links
        elif len(source) <= _LONGEST_JUDGED:
            kept = _kept(source) if kept is None else kept
            if kept and not _is_kept(each, kept):
                yield each, Why.NAVIGATION


def _looks_like_furniture(element: Any, weight: _Weight) -> bool:
    return _is_named(element) or (weight.links >= 3 and weight.linked > 0.6 * weight.letters)


def _is_named(element: Any) -> bool:
    return any(_SUSPECT.fullmatch(name) for name in _names(element))


def _kept(source: str) -> str:
    """The letters of what trafilatura takes for the page's text; empty where it finds none."""
    import trafilatura  # a tenth of a second that only pages without landmarks need

    text = trafilatura.extract(source, favor_recall=True, include_comments=False, include_tables=True)
    return _letters(text or "")


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _is_kept(element: Any, kept: str) -> bool:
    """Whether trafilatura kept an element whole, or most of those of its texts that are long enough to be told from others."""
    parts = [_letters(text) for text in element.itertext()]
    long = [part for part in parts if len(part) >= _TELLING]
    return "".join(parts) in kept or 2 * sum(len(part) for part in long if part in kept) > sum(map(len, long))
