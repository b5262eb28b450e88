"""What the parts of the screen that compares share: what was asked, addresses, signs, clauses. Pure, and everything escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from chat.exports.words import SIGNS
from chat.web.frame import Place
from chat.web.pages.compare_words import tell
from chat.web.pages.parts import printed
from chat.web.pieces import words
from chat.web.words import known
from kb.clause import Clause
from kb.compare import Coverage, Filter, Sheet
from kb.coverage import Counts


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: a visit's draft or a policy, another policy to lay beside it, and which ones to compare with."""

    visit: str = ""
    policy: str = ""
    other: str = ""
    fits: Filter = Filter()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """As parts of an address."""
        fits = self.fits
        several = (("sector", fits.sectors), ("country", fits.countries), ("language", fits.languages), ("coverage", fits.coverages))
        named = (("visit", self.visit), ("policy", self.policy), ("with", self.other), ("since", fits.since), ("until", fits.until))
        return [(name, value) for name, value in named if value] + [(name, value) for name, values in several for value in sorted(values)]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is compared: its clauses, and whether it is a policy of the index, whose clauses have a place of their own."""

    sheet: Sheet
    indexed: bool


def query(asked: Asked, *more: tuple[str, str]) -> str:
    """What an address asks for, as text."""
    return urlencode([*asked.pairs, *more], errors="replace")


def address(place: Place, path: str, asked: Asked, *more: tuple[str, str]) -> str:
    """The address of a screen that shows this comparison, as an attribute."""
    return escape(f"{place.up}{path}?{query(asked, *more, ('lang', place.lang))}")


def tag(coverage: Coverage, lang: str, *, rule: bool = False) -> str:
    """A coverage as sign and word."""
    key = f"rule_{coverage.value}" if rule else coverage.value
    return (
        f'<span class="af-cmp-tag af-cmp-{coverage.value}" lang="{lang}"><span '
        f'aria-hidden="true">{SIGNS[coverage]}</span> {tell(key, lang)}</span>'
    )


def quoted(clause: Clause, place: Place, *, indexed: bool, title: bool = True) -> str:
    """A clause word for word, whose it is and where it stands; one of the index leads to its context."""
    lang = place.lang
    where = " ".join(part for part in (clause.section, printed(clause)) if part) or clause.id
    page = f' <span lang="{lang}">{words("page", lang, page=clause.page)}</span>' if clause.page is not None else ""
    shown = f"{clause.policy.title}, {where}" if title else where
    cite = f'<a class="af-link" data-apart href="{place.clause(clause.id)}">{escape(shown)}</a>' if indexed else escape(shown)
    lead = f'<span class="af-cmp-lead">{escape(clause.lead)} </span>' if clause.lead else ""
    return (
        f'<figure class="af-cmp-quote" lang="{known(clause.lang)}"><blockquote>{lead}{escape(clause.text)}</blockquote>'
        f'<figcaption><span class="af-tag" lang="{lang}">{words(f"modality_{clause.modality.value}", lang)}</span> '
        f"<cite>{cite}</cite>{page}</figcaption></figure>"
    )


def cards(figures: Sequence[str]) -> str:
    """Quotations one under the other."""
    return f'<div class="af-cmp-quotes">{"".join(figures)}</div>'


def silent(coverage: Coverage, lang: str) -> str:
    """What is said where a policy has no clause; of one that is known in part never that it is silent."""
    key = "compare_unknown" if coverage is Coverage.UNKNOWN else "compare_silent"
    return f'<p class="af-silent">{words(key, lang)}</p>'


def counted(counts: Counts | None, lang: str) -> str:
    """What makes a practice covered, and what only in part, to be opened."""
    if counts is None:
        return ""
    named = ((Coverage.COVERED, "counts_covered", counts.covered), (Coverage.PARTLY, "counts_partly", counts.partly))
    shown = "".join(
        f'<dt><span aria-hidden="true">{SIGNS[coverage]}</span> {tell(key, lang)}</dt><dd>{escape(text[:1].upper() + text[1:])}.</dd>'
        for coverage, key, text in named
    )
    return f'<details class="af-fold"><summary>{tell("counts", lang)}</summary><dl class="af-cmp-disagree">{shown}</dl></details>'


def head() -> str:
    """What this screen, and those that open from it, have in their head besides what every screen has."""
    return f"<style>{style()}</style><script>{script()}</script>"


@cache
def script() -> str:
    """What this screen runs besides what every screen does."""
    return Path(__file__).parent.with_name("compare.js").read_text("utf-8")


@cache
def style() -> str:
    """How this screen looks besides how every screen does."""
    return Path(__file__).parent.with_name("compare.css").read_text("utf-8")
