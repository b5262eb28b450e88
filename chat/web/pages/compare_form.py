"""Choosing what is compared, and with what."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from html import escape

from chat.shelf import Shelf
from chat.web.frame import Place
from chat.web.pages.compare_parts import Asked, Draft, address
from chat.web.pages.compare_words import tell, told
from chat.web.pages.parts import named
from chat.web.pieces import count
from chat.web.words import known
from kb.clause import Policy
from kb.compare import comparable
from kb.errors import AskFirstError

ACCEPTED = ".docx,.pdf,.md,.markdown,.html,.htm,.txt"
LARGEST_TEXT = 1_000_000  # characters that are pasted


def refused(error: AskFirstError, lang: str) -> str:
    """Why something cannot be compared: what was expected, what was found, what to do."""
    rows = "".join(
        f"<div><dt>{tell(f'wrong_{part}', lang)}</dt><dd>{escape(getattr(error, part))}</dd></div>"
        for part in ("expected", "found", "todo")
    )
    return f'<section class="af-cmp-wrong" role="alert" tabindex="-1"><h2>{tell("wrong", lang)}</h2><dl>{rows}</dl></section>'


def choosing(shelf: Shelf, place: Place, asked: Asked, *, most: int, text: str = "") -> str:
    """The form that takes a file, a text or a policy of the index; `most` bytes, `text` what was pasted before."""
    lang = place.lang
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in [("lang", lang), *Asked(other=asked.other, fits=asked.fits).pairs]
    )
    megabytes = most // 1_000_000
    large = escape(f"{told('large_expected', lang, most=megabytes)}\n{told('large_found', lang)}\n{told('large_todo', lang)}")
    return (
        f'<form id="af-cmp-draft" class="af-cmp-card" method="post" enctype="multipart/form-data" action="{escape(place.up)}compare" '
        f'data-most="{most}" data-large="{large}" data-busy="{tell("busy", lang)}">{hidden}'
        f'<label><span>{tell("file", lang)}</span><input type="file" name="file" accept="{ACCEPTED}" aria-describedby="af-cmp-file">'
        f'<small id="af-cmp-file">{tell("file_note", lang, most=megabytes)}</small></label>'
        f'<label><span>{tell("paste", lang)}</span><textarea name="text" rows="4" '
        f'maxlength="{LARGEST_TEXT}">{escape(_from_line(text))}</textarea></label>'
        f'<label><span>{tell("pick", lang)}</span><select name="pick"><option value="">{tell("none", lang)}</option>'
        f"{_policies(shelf, lang, asked.policy)}</select></label>"
        f'<p class="af-note">{tell("kept", lang)}</p>'
        f'<p class="af-ways"><button class="af-button af-main">{tell("do", lang)}</button></p></form>'
    )


def _from_line(text: str) -> str:
    # HTML drops the line break that a textarea begins with.
    return f"\n{text}" if text.startswith("\n") else text


def chosen(draft: Draft, place: Place, asked: Asked) -> str:
    """What is compared, and the way to forget it."""
    lang, policy = place.lang, draft.sheet.policy
    title = f'<strong lang="{known(policy.lang)}">{escape(policy.title)}</strong>'
    name = f'<a class="af-link" href="{place.policy(policy.id)}">{title}</a>' if draft.indexed else title
    label = "" if draft.indexed else f'<span class="af-tag">{tell("draft", lang)}</span> '
    forget = (
        ""
        if draft.indexed
        else f'<form method="post" action="{escape(place.up)}compare/forget"><input type="hidden" name="lang" value="{place.lang}">'
        f'<input type="hidden" name="visit" value="{escape(asked.visit)}"><button class="af-button">{tell("forget", lang)}</button></form>'
    )
    clauses = tell("draft_clauses", lang, count=count(len(draft.sheet.clauses), lang))
    return f'<div class="af-cmp-chosen"><p>{label}{name} <span class="af-cmp-quiet">· {clauses}</span></p>{forget}</div>'


def filtering(shelf: Shelf, place: Place, asked: Asked, *, drafted: bool) -> str:
    """The form that narrows down what is compared with; it offers what one of those policies has."""
    lang, fits, policies = place.lang, asked.fits, comparable(shelf.policies.values())
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in (("lang", lang), ("visit", asked.visit), ("policy", asked.policy))
        if value
    )
    fields = (
        _choice("sector", _named("sector", (p.sector for p in policies), lang), fits.sectors, lang),
        _choice("country", _named("country", (p.country for p in policies), lang), fits.countries, lang),
        _choice("language", [(code, told(f"language_{code}", lang)) for code in sorted({p.lang for p in policies})], fits.languages, lang),
        _choice("coverage", _named("coverage", (p.coverage for p in policies), lang), fits.coverages, lang),
        _year("since", fits.since, lang),
        _year("until", fits.until, lang),
        f'<label><span>{tell("with", lang)}</span><select name="with"><option value="">{tell("none", lang)}</option>'
        f"{_policies(shelf, lang, asked.other)}</select></label>"
        if drafted
        else "",
    )
    clear = Asked(asked.visit, asked.policy, asked.other)
    cleared = f'<a class="af-link" href="{address(place, "compare", clear)}">{tell("clear", lang)}</a>' if clear != asked else ""
    return (
        f'<form id="af-cmp-filters" class="af-cmp-filters" method="get" action="{escape(place.up)}compare" '
        f'aria-label="{tell("filters", lang)}">{hidden}'
        f'{"".join(fields)}<div class="af-cmp-apply"><button class="af-button af-main">{tell("apply", lang)}</button>{cleared}</div></form>'
    )


def _named(kind: str, values: Iterable[str | None], lang: str) -> list[tuple[str, str]]:
    found = {value: named(kind, value, lang) for value in values if value}
    return sorted(found.items(), key=lambda pair: pair[1].casefold())


def _choice(name: str, options: Iterable[tuple[str, str]], chosen: Collection[str], lang: str) -> str:
    shown = "".join(
        f'<option value="{escape(value)}"{" selected" if value in chosen else ""}>{escape(text)}</option>' for value, text in options
    )
    return (
        f'<label><span>{tell(name, lang)}</span><select name="{name}"><option value="">{tell("all", lang)}</option>{shown}</select></label>'
    )


def _year(name: str, value: str, lang: str) -> str:
    return (
        f'<label class="af-cmp-year"><span>{tell(name, lang)}</span><input name="{name}" value="{escape(value)}" inputmode="numeric" '
        f'maxlength="10" placeholder="{tell("year", lang)}"></label>'
    )


def _policies(shelf: Shelf, lang: str, chosen: str) -> str:
    titles = sorted(shelf.titles(lang), key=lambda policy: (-policy.rank, policy.title.casefold()))
    return "".join(_option(policy, chosen) for policy in titles)


def _option(policy: Policy, chosen: str) -> str:
    whose = f" · {policy.organisation}" if policy.organisation else ""
    return f'<option value="{escape(policy.id)}"{" selected" if policy.id == chosen else ""}>{escape(policy.title + whose)}</option>'
