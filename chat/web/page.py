"""The chat page: wiring between Gradio's components and the assistant; what it shows is made in `chat.web.cards`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import gradio as gr

from chat.answer import Account, Answer, Contact, Message
from chat.web.cards import Failed, Outcome, TooLong, Turn, Waiting, conversation
from chat.web.frame import Place, brand, head, navigation
from chat.web.identity import groups_of
from chat.web.theme import theme
from chat.web.words import EXAMPLES, LANGUAGES, known, say

LONGEST = 20_000  # characters of one message
_HISTORY = 6  # earlier messages that an answer may take into account
_SHOWN = 30  # turns of one visit that are kept
_KEPT = 4 * 3600  # seconds a conversation stays in memory after its last message
_LEFT = 30.0  # seconds it stays once its page is closed: a connection that was only lost is back by then
_WAITING = 256  # messages taken in hand, each told how many are before it, and as many again that are not told
_QUESTION, _DRAFT, _UNSAID = "question", "draft", "unsaid"

_LOG = logging.getLogger("askfirst.web")

Answering = Callable[[Message], AsyncIterator[Answer]]
AnsweringFor = Callable[[Message, Collection[str]], AsyncIterator[Answer]]
Naming = Callable[[str], Contact]
Updates = list[Any]  # one a component, in the order of the outputs
_BOX = 9  # where the text box stands in `_Screen.worded`

# Runs in the browser before the first event: which language, and what came with the address. A question may stand behind
# `#`, where no server sees it.
_ARRIVE = """(...given) => {
  const asked = new URLSearchParams(window.location.search);
  let kept = null;
  try { kept = window.localStorage.getItem("askfirst-lang"); } catch (refused) { /* private window */ }
  given[0] = /^i[dn]\\b/i.test(asked.get("lang") || kept || navigator.language || "") ? "id" : "en";
  const behind = new URLSearchParams(window.location.hash.slice(1).replaceAll("+", "%2B"));
  given[1] = behind.get("q") || asked.get("q") || given[1] || "";
  if (asked.get("kind") === "draft") given[2] = "draft";
  document.documentElement.lang = given[0];
  return given;
}"""
_SWITCH = """(...given) => {
  document.documentElement.lang = given[0];
  try { window.localStorage.setItem("askfirst-lang", given[0]); } catch (refused) { /* private window */ }
  return given;
}"""
# The new message is brought to the top, so that a long answer is read from its beginning; a keyboard on the screen would
# cover it, so it is put away.
_SHOW = """() => {
  const turns = document.querySelectorAll(".af-turn");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (!window.matchMedia("(hover: hover)").matches) document.activeElement?.blur();
  const show = () => turns[turns.length - 1]?.scrollIntoView({block: "start", behavior: calm ? "auto" : "smooth"});
  requestAnimationFrame(show);
}"""
# Gradio gives every radio button a group of its own; as one group, arrow keys move in it and Tab passes over it.
_GROUP = """() => document.querySelectorAll("#af-app fieldset.af-choice").forEach((group) => {
  const name = group.querySelector("[data-testid=block-info]")?.textContent.trim() ?? "";
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", name);
  group.querySelectorAll("input").forEach((button) => { button.name = group.id; });
})"""
_FOCUS = '() => document.querySelector("#af-box textarea")?.focus()'
# Neither inside somebody else's page, whose focus it is, nor where focus opens a keyboard over half the screen.
_FOCUS_AT_FIRST = f'() => window.top === window && window.matchMedia("(hover: hover)").matches && ({_FOCUS})()'


@dataclass(frozen=True, slots=True)
class _Screen:
    """The components that change: what is typed into, what is shown, and everything that bears words."""

    turns: Any
    brand: Any
    nav: Any
    new: Any
    lang: Any
    banner: Any
    empty: Any
    hello: Any
    examples: tuple[Any, ...]
    log: Any
    kind: Any
    account: Any
    box: Any
    send: Any
    keys: Any

    @property
    def worded(self) -> list[Any]:
        """Everything that bears words, in the order of `_words`."""
        return [
            *(self.lang, self.brand, self.nav, self.new, self.banner, self.hello, self.log),
            *(self.kind, self.account, self.box, self.send, self.keys),
            *self.examples,
        ]

    @property
    def moved(self) -> list[Any]:
        """Everything that a message changes, in the order of `_moved`."""
        return [self.turns, self.log, self.empty, self.new, self.box]


def build_page(answer: AnsweringFor, waiting: Callable[[], int], contact: Naming, placeholders: bool) -> gr.Blocks:
    """The chat page over an answering function and its queue; `placeholders` says that its contacts are still examples."""
    with gr.Blocks(title="AskFirst", analytics_enabled=False, fill_width=True) as page:
        screen = _layout(placeholders)
        _wire(page, screen, answer, waiting, contact)
    _forgetting(page)
    # With `api_open` false nobody can go past the queue and its limits.
    page.queue(max_size=_WAITING, default_concurrency_limit=_WAITING, api_open=False)
    return page


def _forgetting(page: gr.Blocks) -> None:
    """Has what a closed page leaves behind cleared away; Gradio itself keeps it for ten thousand pages."""

    async def left(request: gr.Request) -> None:
        asyncio.get_running_loop().call_later(_LEFT, forget, request.session_hash, datetime.now())

    def forget(session: str, closed: datetime) -> None:
        held = page.state_holder
        if held.time_last_used.get(session, closed) <= closed:
            held.session_data.pop(session, None)
            held.time_last_used.pop(session, None)

    page.unload(left)


def page_options() -> dict[str, Any]:
    """Keyword arguments for mounting the page: our look, no footer, no monitoring, no errors shown, nothing uploaded."""
    return {
        "theme": theme(),
        # In `head`, because Gradio prefixes the selectors of its `css`, which a token on `:root` does not survive.
        "head": head(),
        "footer_links": [],
        "run_history": False,
        "show_error": False,
        "enable_monitoring": False,
        "max_file_size": 1,
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
    }


def _layout(placeholders: bool) -> _Screen:
    turns = gr.State([], time_to_live=_KEPT)
    with gr.Column(elem_id="af-app"):
        with gr.Row(elem_id="af-top"):
            named = _html("af-brand", brand("en"))
            nav = _html("af-screens", _navigation("en", _QUESTION))
            new = gr.Button(say("new", "en"), elem_id="af-new", size="sm", visible=False)
            lang = _choice("af-lang", **_languages("en"), value="en")
        banner = _html("af-banner", _banner("en"), visible=placeholders)
        with gr.Column(elem_id="af-main"):
            with gr.Column(elem_id="af-empty") as empty:
                hello = _html("af-hello", _hello("en"))
                with gr.Row(elem_id="af-examples"):
                    examples = tuple(gr.Button(text, min_width=0) for text in _examples("en"))
            log = _html("af-history", conversation((), "en"))
        with gr.Column(elem_id="af-composer"):
            with gr.Column(elem_id="af-desk"):
                with gr.Row(elem_id="af-choices"):
                    kind = _choice("af-kind", **_kinds("en"), value=_QUESTION)
                    account = _choice("af-account", **_accounts("en"), value=_UNSAID)
                with gr.Row(elem_id="af-send-row"):
                    # One line at first, because Gradio lets Enter send only then; it grows with what is typed.
                    box = gr.Textbox(elem_id="af-box", lines=1, max_lines=12, container=False, **_box("en", _QUESTION))
                    send = gr.Button(_sending("en", _QUESTION), elem_id="af-send", variant="primary", min_width=0)
            keys = _html("af-keys", _keys("en"))
    return _Screen(
        *(turns, named, nav, new, lang, banner, empty, hello, examples, log, kind, account, box, send, keys),
    )


def _wire(page: gr.Blocks, screen: _Screen, answer: AnsweringFor, waiting: Callable[[], int], contact: Naming) -> None:
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    turns, lang, kind, account, box = screen.turns, screen.lang, screen.kind, screen.account, screen.box

    def answering(request: gr.Request) -> Answering:
        groups = groups_of(request)  # of whoever sends this very message, not of whoever opened the page
        return lambda message: answer(message, groups)

    async def typed(lang: str, kind: str, account: str, text: str | None, turns: list[Turn], request: gr.Request) -> AsyncIterator[Updates]:
        async for updates in _asked(answering(request), waiting, contact, lang, _message(text, kind, account), turns):
            yield updates

    def clicked(number: int) -> Callable[..., AsyncIterator[Updates]]:
        async def example(lang: str, account: str, turns: list[Turn], request: gr.Request) -> AsyncIterator[Updates]:
            draft, text = EXAMPLES[known(lang)][number]
            message = _message(text, _DRAFT if draft else _QUESTION, account)
            async for updates in _asked(answering(request), waiting, contact, lang, message, turns):
                yield updates

        return example

    # The script fills the inputs in: only the browser knows its language and the whole address.
    arrived = page.load(_arrived, [lang, box, kind, turns], screen.worded, js=_ARRIVE, **quiet)
    arrived.then(None, js=_FOCUS_AT_FIRST, **quiet).then(None, js=_GROUP, **quiet)
    switched = lang.input(_words, [lang, kind, turns], screen.worded, js=_SWITCH, **quiet)
    switched.then(None, js=_GROUP, **quiet)
    kind.input(_kind_chosen, [lang, kind], [box, screen.send, screen.nav], **quiet).then(None, js=_FOCUS, **quiet)
    asked = [
        box.submit(typed, [lang, kind, account, box, turns], screen.moved, **quiet),
        screen.send.click(typed, [lang, kind, account, box, turns], screen.moved, **quiet),
        *(button.click(clicked(number), [lang, account, turns], screen.moved, **quiet) for number, button in enumerate(screen.examples)),
    ]
    for event in asked:
        event.then(None, js=_SHOW, **quiet)
    screen.new.click(_anew, [lang], screen.moved, **quiet).then(None, js=_FOCUS, **quiet)


async def _asked(
    answer: Answering, waiting: Callable[[], int], contact: Naming, lang: str, message: Message, turns: list[Turn]
) -> AsyncIterator[Updates]:
    """The conversation with the message in it, first unanswered, then answered."""
    lang = known(lang)
    if not message.text:
        yield [gr.skip()] * len(_moved((), lang))
        return
    if len(message.text) > LONGEST:
        # Never a verdict on a part of a draft. The text stays in the box, where it can be shortened.
        cut = replace(message, text=message.text[:200] + " …")
        yield _moved([*turns, Turn(cut, TooLong(len(message.text), LONGEST))], lang, typed=gr.skip())
        return
    heard = tuple(turn.message.text for turn in turns if isinstance(turn.outcome, Answer))
    message = replace(message, history=heard[-_HISTORY:])
    yield _moved([*turns, Turn(message, Waiting(before) if (before := waiting()) else None)], lang)
    async for outcome in _outcomes(answer, contact, lang, message):
        yield _moved([*turns, Turn(message, outcome)], lang, typed=gr.skip())


async def _outcomes(answer: Answering, contact: Naming, lang: str, message: Message) -> AsyncIterator[Outcome]:
    """The answer as it grows."""
    shown: Answer | None = None
    try:
        async for grown in answer(message):
            grown = replace(grown, explain={})  # which no page shows
            if grown != shown:
                yield grown
            shown = grown
    except Exception:  # whatever broke, the person gets a contact and never a verdict, unless one stands already
        _LOG.exception("a message could not be answered")
        if shown is None:
            yield Failed(contact(lang))


def _message(text: str | None, kind: str, account: str) -> Message:
    return Message(
        text=(text or "").strip(),
        draft=kind == _DRAFT,
        account=None if account == _UNSAID else Account(account),
    )


def _moved(turns: Sequence[Turn], lang: str, typed: Any = "") -> Updates:
    kept = list(turns[-_SHOWN:])
    return [kept, conversation(kept, lang), gr.update(visible=not kept), gr.update(visible=bool(kept)), typed]


def _anew(lang: str) -> Updates:
    return _moved((), known(lang))


def _arrived(lang: str, typed: str | None, kind: str, turns: list[Turn]) -> Updates:
    words = _words(lang, kind, turns)
    words[_BOX] = gr.update(**_box(known(lang), kind), value=typed or "")
    return words


def _words(lang: str, kind: str, turns: list[Turn]) -> Updates:
    """Every label in this language, the answers' own excepted, in the order of `_Screen.worded`."""
    lang = known(lang)
    return [
        gr.update(**_languages(lang), value=lang),
        brand(lang),
        _navigation(lang, kind),
        gr.update(value=say("new", lang)),
        _banner(lang),
        _hello(lang),
        conversation(turns, lang),
        gr.update(**_kinds(lang), value=kind),
        gr.update(**_accounts(lang)),
        gr.update(**_box(lang, kind)),
        gr.update(value=_sending(lang, kind)),
        _keys(lang),
        *(gr.update(value=text) for text in _examples(lang)),
    ]


def _kind_chosen(lang: str, kind: str) -> Updates:
    lang = known(lang)
    return [gr.update(**_box(lang, kind)), gr.update(value=_sending(lang, kind)), _navigation(lang, kind)]


def _html(name: str, value: str, *, visible: bool = True) -> Any:
    return gr.HTML(value, elem_id=name, visible=visible, apply_default_css=False, js_on_load=None)


def _choice(name: str, **options: Any) -> Any:
    return gr.Radio(elem_id=name, elem_classes="af-choice", container=False, interactive=True, min_width=0, **options)


def _languages(lang: str) -> dict[str, Any]:
    return {"label": say("language", lang), "choices": [(name, code) for code, name in LANGUAGES.items()]}


def _kinds(lang: str) -> dict[str, Any]:
    return {"label": say("kind", lang), "choices": [(say(f"kind_{kind}", lang), kind) for kind in (_QUESTION, _DRAFT)]}


def _accounts(lang: str) -> dict[str, Any]:
    accounts = (_UNSAID, Account.PERSONAL.value, Account.BRAND.value)
    return {"label": say("account", lang), "choices": [(say(f"account_{a}", lang), a) for a in accounts]}


def _box(lang: str, kind: str) -> dict[str, Any]:
    return {"label": say(f"box_{kind}", lang), "placeholder": say(f"hint_{kind}", lang)}


def _sending(lang: str, kind: str) -> str:
    return say(f"send_{kind}", lang)


def _examples(lang: str) -> list[str]:
    return [f"{say('kind_draft', lang)}: “{text}”" if draft else text for draft, text in EXAMPLES[lang]]


def _navigation(lang: str, kind: str) -> str:
    return navigation(Place(lang), "draft" if kind == _DRAFT else "ask")


def _banner(lang: str) -> str:
    return f'<div class="af-banner" role="note">{say("placeholders", lang)}</div>'


def _hello(lang: str) -> str:
    return f'<div class="af-hello"><h1>{say("hello", lang)}</h1><p>{say("intro", lang)}</p><h2>{say("try", lang)}</h2></div>'


def _keys(lang: str) -> str:
    return f'<p class="af-keys">{say("keys", lang)}</p>'
