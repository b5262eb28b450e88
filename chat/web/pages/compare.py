"""The screen that compares: a draft, or a policy of the index, beside the 25 practices and what others have published."""

from __future__ import annotations

from dataclasses import dataclass

from chat.exports import Report
from chat.shelf import Shelf
from chat.web.frame import Place, screen
from chat.web.pages.compare_form import choosing, chosen, filtering, refused
from chat.web.pages.compare_gaps import gaps, summary
from chat.web.pages.compare_map import mapped
from chat.web.pages.compare_notes import quality
from chat.web.pages.compare_parts import Asked, Draft, address, head, query
from chat.web.pages.compare_rules import peers, rule_by_rule, side_by_side
from chat.web.pages.compare_words import tell, told
from chat.web.pieces import words
from kb.clause import Policy
from kb.errors import AskFirstError

FORMATS = ("docx", "xlsx", "md", "csv", "json", "table")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why what was sent cannot be compared, and the text that was sent, to be mended."""

    error: AskFirstError
    text: str = ""


def compare_page(
    shelf: Shelf,
    report: Report,
    draft: Draft | None,
    other: Policy | None,
    place: Place,
    asked: Asked,
    *,
    most: int,
    wrong: Wrong | None = None,
    gone: bool = False,
) -> str:
    """The whole screen; `most` bytes of a file, `gone` where the visit or the policy asked for is not here."""
    lang = place.lang
    form = choosing(shelf, place, asked, most=most, text=wrong.text if wrong else "")
    if draft:
        top = f'{chosen(draft, place, asked)}<details class="af-fold"><summary>{tell("another", lang)}</summary>{form}</details>'
    else:
        top = form
    said = refused(wrong.error, lang) if wrong else f'<p class="af-cmp-wrong" role="alert">{tell("gone", lang)}</p>' if gone else ""
    body = (
        f'<p class="af-crumbs"><a href="{place.to("policies")}">{words("nav_policies", lang)}</a></p>'
        f'<h1>{tell("title", lang)}</h1><p class="af-intro">{tell("intro", lang)}</p><div id="af-cmp-said">{said}</div>'
        f"<section><h2>{tell('yours', lang)}</h2>{top}</section>"
        f"<section><h2>{tell('filters', lang)}</h2>{filtering(shelf, place, asked, drafted=draft is not None)}</section>"
        f'<div id="af-cmp-result">{_result(report, draft, other, place, asked)}</div>'
    )
    return screen(place, told("title", lang), body, current="policies", query=query(asked), extra=head())


def _result(report: Report, draft: Draft | None, other: Policy | None, place: Place, asked: Asked) -> str:
    lang = place.lang
    published = len(report.comparison.practices[0].published)
    compared = tell("compared", lang, count=published) if published else tell("compared_none", lang)
    said = f'<p class="af-tally" role="status">{compared}{"" if draft else " " + tell("no_draft", lang)}</p>'
    if not draft:
        return said + mapped(report, place, asked) + _downloads(place, asked)
    parts = [
        said,
        summary(report, lang),
        gaps(report, place, asked, indexed=draft.indexed),
        mapped(report, place, asked),
        peers(report, place, asked),
    ]
    if other:
        parts.append(side_by_side(report, draft.sheet.policy, other, place, asked, indexed=draft.indexed))
        parts.append(rule_by_rule(report, other, place, indexed=draft.indexed))
    return "".join([*parts, quality(report, draft, place), _downloads(place, asked)])


def _downloads(place: Place, asked: Asked) -> str:
    lang = place.lang
    links = "".join(
        f'<a class="af-button" download '
        f'href="{address(place, f"compare/report.{_suffix(kind)}", asked)}">{tell(f"format_{kind}", lang)}</a>'
        for kind in FORMATS
    )
    return f'<section><h2>{tell("downloads", lang)}</h2><p class="af-ways af-cmp-downloads">{links}</p></section>'


def _suffix(kind: str) -> str:
    return "txt" if kind == "table" else kind
