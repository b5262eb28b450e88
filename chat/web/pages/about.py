"""About: what is known and since when, how an answer is to be read, what is kept of a question, whom to ask."""

from __future__ import annotations

from html import escape

from chat.contacts import Contacts
from chat.llm import LanguageModel
from chat.shelf import Shelf
from chat.web.contact import about_anything, contact_card
from chat.web.frame import Place, screen
from chat.web.pages.parts import facts, in_force, written
from chat.web.pieces import count, icon, phrased, words
from chat.web.words import LANGUAGES, known, say
from kb.clause import Authority

_VERDICTS = ("yes", "yes_if", "no", "ask")
_KEPT = ("visit", "browser", "letter")


def about_page(shelf: Shelf, contacts: Contacts, place: Place, *, leaves: bool = False, model: LanguageModel | None = None) -> str:
    """What one should know of the assistant before one relies on it; `leaves` offers the way out to somebody who signed in.

    `model` is the language model that questions are sent to, if any.
    """
    lang = place.lang
    verdicts = "".join(
        f'<li class="af-{verdict}"><b>{icon(verdict)}{phrased(verdict, lang)}</b><span>{words(f"about_{verdict}", lang)}</span></li>'
        for verdict in _VERDICTS
    )
    sent = words("about_kept_model", lang, model=model.name, place=model.place) if model else words("about_kept_nothing", lang)
    kept = f"<li>{sent}</li>" + "".join(f"<li>{words(f'about_kept_{what}', lang)}</li>" for what in _KEPT)
    card = contact_card(contacts.get(None, lang), about_anything(lang), lang, "contact_else")
    body = (
        f'<h1>{words("about_title", lang)}</h1><p class="af-intro">{words("about_intro", lang)}</p>'
        f'<div class="af-columns"><div><section><h2>{words("about_verdicts", lang)}</h2><ul class="af-verdicts">{verdicts}</ul>'
        f"<p>{words('about_doubt', lang)}</p></section>"
        f'<section><h2>{words("about_kept", lang)}</h2><ul class="af-plainly">{kept}</ul></section></div>'
        f"<aside>{_known(shelf, place)}{_ours(shelf, place)}"
        f'<section><h2>{words("about_contact", lang)}</h2><div class="af-card">{card}</div></section>'
        f"{_way_out(place) if leaves else ''}</aside></div>"
    )
    return screen(place, say("about_title", lang), body, current="about")


def _way_out(place: Place) -> str:
    lang = place.lang
    return (
        f"<section><h2>{words('about_signed_in', lang)}</h2><p>{words('about_session', lang)}</p>"
        f'<p><a class="af-link" href="{place.to("sign-out")}">{words("about_sign_out", lang)}</a></p></section>'
    )


def _known(shelf: Shelf, place: Place) -> str:
    lang = place.lang
    policies = shelf.titles(lang)
    ours = [policy for policy in policies if policy.authority is Authority.BINDING]
    clauses, deciding = (sum(shelf.holdings(policy).clauses for policy in part) for part in (policies, ours))
    manifest = shelf.knowledge.manifest
    spoken = [name for code, name in LANGUAGES.items() if any(policy.lang == code for policy in shelf.policies.values())]
    numbers = {"count": count(len(policies), lang), "ours": count(len(ours), lang), "others": count(len(policies) - len(ours), lang)}
    rows = [
        ("about_policies", words("about_policies_value", lang, **numbers)),
        ("about_clauses", words("about_clauses_value", lang, count=count(clauses, lang), ours=count(deciding, lang))),
        ("about_languages", escape(", ".join(spoken))),
        ("about_index", escape(written(manifest.built[:10], lang))),
        ("about_digest", f"<code>{escape(manifest.digest[:12])}</code>"),
    ]
    return facts(rows, "about_known", lang)


def _ours(shelf: Shelf, place: Place) -> str:
    items = "".join(
        f'<li><a class="af-link" data-screen lang="{known(policy.lang)}" href="{place.policy(policy.id)}">{escape(policy.title)}</a>'
        f'<span class="af-why">{in_force(policy, place.lang)}</span></li>'
        for policy in sorted(shelf.titles(place.lang), key=lambda p: (-p.rank, p.title.casefold()))
        if policy.authority is Authority.BINDING
    )
    return f'<section class="af-facts"><h2>{words("about_ours", place.lang)}</h2><ul>{items}</ul></section>' if items else ""
