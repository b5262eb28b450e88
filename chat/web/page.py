"""The chat page: wiring between Gradio's components and the assistant; what it shows is made in `chat.web.cards`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from chat.answer import Account, Answer, Contact, Message
from chat.web.cards import Failed, Outcome, TooLong, Turn, conversation
from chat.web.theme import style, theme
from chat.web.words import EXAMPLES, LANGUAGES, known, say

LONGEST = 20_000  # characters of one message
_HISTORY = 6  # earlier messages that an answer may take into account
_SHOWN = 30  # turns of one visit that are kept
_KEPT = 4 * 3600  # seconds a conversation stays in memory after its last message
_WAITING, _AT_ONCE = 64, 4  # messages in the queue, and answered at the same time
_QUESTION, _DRAFT, _UNSAID = "question", "draft", "unsaid"

_LOG = logging.getLogger("askfirst.web")

Answering = Callable[[Message], Answer]
Naming = Callable[[str], Contact]
Labels = list[Any]

# Runs in the browser before the first event: which language, and a question that came with the address.
_ARRIVE = f"""(...given) => {{
  const asked = new URLSearchParams(window.location.search);
  let kept = null;
  try {{ kept = window.localStorage.getItem("askfirst-lang"); }} catch (refused) {{ /* a private window: nothing is kept */ }}
  given[0] = (asked.get("lang") || kept || navigator.language || "en").slice(0, 20);
  given[1] = (asked.get("q") || given[1] || "").slice(0, {LONGEST});
  document.documentElement.lang = /^i[dn]/i.test(given[0]) ? "id" : "en";
  return given;
}}"""
_SWITCH = """(...given) => {
  document.documentElement.lang = given[0];
  try { window.localStorage.setItem("askfirst-lang", given[0]); } catch (refused) { /* a private window: nothing is kept */ }
  return given;
}"""
# The new message is brought to the top, so that a long answer is read from its beginning.
_SHOW = """() => {
  const turns = document.querySelectorAll(".af-turn");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  requestAnimationFrame(() => turns.length && turns[turns.length - 1].scrollIntoView({block: "start", behavior: calm ? "auto" : "smooth"}));
}"""
_FOCUS = '() => document.querySelector("#af-box textarea")?.focus()'

_LOGO = (
    '<svg viewBox="0 0 32 32" aria-hidden="true" focusable="false"><rect class="af-logo-ground" width="32" height="32" rx="9"/>'
    '<path class="af-logo-line" d="M8 9.500h16v11.500h-7.500L11.500 25v-4H8z"/><path class="af-logo-line" d="m12.500 15.300 2.500 2.500 4.500-4.800"/></svg>'
)


def build_page(answer: Answering, contact: Naming, placeholders: bool) -> gr.Blocks:
    """The chat page over an answering function; `placeholders` says that its contacts are still examples."""
    with gr.Blocks(title="AskFirst", analytics_enabled=False, fill_width=True) as page:
        turns = gr.State([], time_to_live=_KEPT)
        with gr.Column(elem_id="af-app"):
            with gr.Row(elem_id="af-top"):
                brand = gr.HTML(elem_id="af-brand", **_bare())
                new = gr.Button(elem_id="af-new", size="sm", visible=False)
                lang = _choice("af-lang", [(name, code) for code, name in LANGUAGES.items()], "en")
            banner = gr.HTML(elem_id="af-banner", visible=placeholders, **_bare())
            with gr.Column(elem_id="af-main"):
                with gr.Column(elem_id="af-empty") as empty:
                    hello = gr.HTML(**_bare())
                    with gr.Row(elem_id="af-examples"):
                        examples = [gr.Button(min_width=0) for _ in EXAMPLES["en"]]
                log = gr.HTML(conversation((), "en"), elem_id="af-history", **_bare())
            with gr.Column(elem_id="af-composer"):
                with gr.Column(elem_id="af-desk"):
                    with gr.Row(elem_id="af-choices"):
                        kind = _choice("af-kind", [(_QUESTION, _QUESTION), (_DRAFT, _DRAFT)], _QUESTION)
                        accounts = [_UNSAID, Account.PERSONAL.value, Account.BRAND.value]
                        account = _choice("af-account", [(a, a) for a in accounts], _UNSAID)
                    with gr.Row(elem_id="af-send-row"):
                        box = gr.Textbox(elem_id="af-box", lines=1, max_lines=12, container=False, autofocus=True)
                        send = gr.Button(elem_id="af-send", variant="primary", min_width=0)
                keys = gr.HTML(**_bare())

        labelled = [lang, brand, new, banner, hello, *examples, log, kind, account, box, send, keys]
        shown = [turns, log, empty, new, box, send]

        def arrived(asked: str, typed: str, given: list[Turn]) -> Labels:
            labels = _labels(known(asked), _QUESTION, given)
            labels[labelled.index(box)] = gr.update(**_box(known(asked), _QUESTION), value=(typed or "")[:LONGEST])
            return labels

        def asked(lang: str, kind: str, account: str, text: str, given: list[Turn]) -> Iterator[Labels]:
            yield from _answered(answer, contact, given, _message(text, kind, account), lang)

        def clicked(number: int) -> Callable[..., Iterator[Labels]]:
            def asking(lang: str, account: str, given: list[Turn]) -> Iterator[Labels]:
                draft, text = EXAMPLES[known(lang)][number]
                yield from _answered(answer, contact, given, _message(text, _DRAFT if draft else _QUESTION, account), lang)

            return asking

        def kinds(lang: str, kind: str) -> Labels:
            return [gr.update(**_box(known(lang), kind)), gr.update(value=_sending(known(lang), kind))]

        def anew(lang: str) -> Labels:
            return [[], conversation((), known(lang)), gr.update(visible=True), gr.update(visible=False), gr.update(value=""), gr.skip()]

        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        # Gradio has no address for a language in the browser; the script fills the first two inputs.
        page.load(arrived, [_asked_lang(), box, turns], labelled, js=_ARRIVE, **quiet)
        lang.input(_labels, [lang, kind, turns], labelled, js=_SWITCH, **quiet)
        kind.input(kinds, [lang, kind], [box, send], **quiet).then(None, js=_FOCUS, **quiet)
        for happened in (box.submit, send.click):
            _asking(happened(asked, [lang, kind, account, box, turns], shown, **quiet), quiet)
        for number, example in enumerate(examples):
            _asking(example.click(clicked(number), [lang, account, turns], shown, **quiet), quiet)
        new.click(anew, [lang], shown, **quiet).then(None, js=_FOCUS, **quiet)
    page.queue(max_size=_WAITING, default_concurrency_limit=_AT_ONCE, api_open=False)
    return page
