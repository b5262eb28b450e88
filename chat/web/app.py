"""The web app: API routes and the chat page in one FastAPI application."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from chat.comparing import Reader, unread
from chat.doctor import placeholder_warning
from chat.web.comparing import desks
from chat.web.comparing import routes as comparing
from chat.web.embed import embedded
from chat.web.embed import routes as embedding
from chat.web.endpoints import endpoints, only_their_methods, problems
from chat.web.identity import groups_of
from chat.web.limits import Limited, read_allowance
from chat.web.live import Live
from chat.web.metrics import Metrics
from chat.web.metrics import routes as figures
from chat.web.page import build_page, page_options
from chat.web.pages import routes as screens
from chat.web.shell import Variant, enclose
from chat.web.signin import SignIn, open_door
from kb.settings import Settings


def build_app(
    settings: Settings, index: Path, log: Callable[[str], None], metrics: Metrics | None = None, *, reader: Reader = unread
) -> FastAPI:
    """The application over a finished index; `reader` reads drafts that are to be compared."""
    live = Live(settings, index, log, metrics)
    placeholders = live.assistant.contacts.placeholders
    if placeholders:
        log(f"warning: {placeholder_warning(placeholders)}")
    app = FastAPI(
        title="AskFirst",
        summary="Can I post this? A verdict, the clause that decides, a person to ask.",
        # FastAPI's own documentation page loads its viewer from a content delivery network; ours is in `documented`.
        docs_url=None,
        redoc_url=None,
    )
    _routes(app, live)
    endpoints(app, live)
    screens(app, live, groups_of)
    comparing(app, live, desks(live, reader), groups_of)
    figures(app, live.metrics)
    embedding(app)
    app.add_middleware(Limited, allowance=read_allowance(settings))
    _signing_in(app, settings, live, log)
    only_their_methods(app)
    page = build_page(live.answers_in_turn, live.waiting, live.contact, bool(placeholders))
    live.metrics.watch(lambda: live.waiting() + len(page._queue), lambda: live.assistant.knowledge.manifest)
    gradio.mount_gradio_app(app, page, path="/", **page_options())
    for part in (app, app.routes[-1].app):  # type: ignore[attr-defined]
        problems(part)
    enclose(app, page_options()["head"], {"/": Variant(), "/embed": embedded()})
    return app


def _signing_in(app: FastAPI, settings: Settings, live: Live, log: Callable[[str], None]) -> None:
    door = open_door(settings, log)
    app.add_middleware(SignIn, door=door)
    if door.cookies:
        from chat.web.oidc import open_provider, routes  # only where one is used: authlib costs half a second

        rules = door.rules
        routes(app, open_provider(settings), door.cookies, lambda: live.assistant.knowledge.groups | rules.authors | rules.admins, log)


def _routes(app: FastAPI, live: Live) -> None:
    @app.get("/healthz", tags=["operation"])
    def healthz() -> dict[str, str]:
        """Alive."""
        return {"status": "alive"}

    @app.get("/readyz", tags=["operation"])
    def readyz() -> dict[str, str]:
        """Ready: the index is loaded."""
        return {"status": "ready", "index": live.assistant.knowledge.manifest.digest}

    @app.get("/docs", include_in_schema=False)
    def documented() -> Response:
        """The OpenAPI document as a page, without anything from elsewhere."""
        return HTMLResponse(api_page(app.openapi()))


def api_page(document: dict[str, Any]) -> str:
    """Every operation of an OpenAPI document as plain HTML."""
    rows = [
        f"<tr><td><code>{html.escape(method.upper())}</code><td><code>{html.escape(path)}</code>"
        f"<td>{html.escape(operation.get('description') or operation.get('summary') or '')}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>AskFirst API</title><style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;"
        "max-width:60rem;margin:2rem auto;padding:0 1rem}td{padding:.3rem 1rem .3rem 0;vertical-align:top}</style>"
        f"<h1>AskFirst API</h1><p>The whole description, for programs: <a href='openapi.json'>openapi.json</a></p>"
        f"<table>{''.join(rows)}</table></html>"
    )
