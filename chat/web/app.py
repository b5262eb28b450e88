"""The web app: API routes and the chat page in one FastAPI application."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import gradio
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.requests import ClientDisconnect

from chat.api import hit, hits, message_from, search_from
from chat.doctor import placeholder_warning
from chat.web.guard import problem
from chat.web.live import Live
from chat.web.page import build_page, page_options
from kb.clause import Evidence
from kb.errors import AskFirstError, InputError
from kb.settings import Settings


def build_app(settings: Settings, index: Path, log: Callable[[str], None]) -> FastAPI:
    """The application over a finished index."""
    live = Live(settings, index, log)
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
    page = build_page(live.answer, live.contact, bool(placeholders))
    gradio.mount_gradio_app(app, page, path="/", **page_options())
    return app


def _routes(app: FastAPI, live: Live) -> None:
    @app.get("/healthz", tags=["operation"])
    def healthz() -> dict[str, str]:
        """Alive."""
        return {"status": "alive"}

    @app.get("/readyz", tags=["operation"])
    def readyz() -> dict[str, str]:
        """Ready: the index is loaded."""
        return {"status": "ready", "index": live.assistant.knowledge.manifest.digest}

    @app.post("/api/ask", tags=["api"])
    async def ask(request: Request) -> Response:
        """Answers a question or checks a draft (CONTRACT, sections 2 and 3)."""
        given = await _body(request)
        answer = await run_in_threadpool(live.answer, message_from(given))
        return JSONResponse(answer.to_json() | {"id": given.get("id")})

    @app.post("/api/search", tags=["api"])
    async def search(request: Request) -> Response:
        """Ranked clauses, no verdict."""
        given = await _body(request)
        query, lang, top = search_from(given)
        # Everything that may open a new index happens in the thread, so that other requests go on.
        found = await run_in_threadpool(lambda: hits(live.assistant.knowledge, query, lang, top))
        return JSONResponse({"id": given.get("id"), "hits": found})

    @app.get("/api/clauses/{clause_id:path}", tags=["api"])
    def clause(clause_id: str, lang: str = "en") -> Response:
        """One clause, in `lang` where it exists in that language."""
        knowledge = live.assistant.knowledge
        found = knowledge.clause(clause_id, lang)
        visible = knowledge.policies(date.today())
        if found is None or f"{found.policy.id}@{found.lang}" not in visible:
            return problem(404, "No such clause", f"expected the id of a clause; found '{clause_id}'")
        return JSONResponse(hit(Evidence(found, 0.0)))

    @app.get("/api/policies", tags=["api"])
    def policies() -> list[dict[str, Any]]:
        """Every policy in force, with its source."""
        return [
            {
                "policy_id": p.id,
                "title": p.title,
                "organisation": p.organisation,
                "lang": p.lang,
                "authority": p.authority.value,
                "sector": p.sector,
                "country": p.country,
                "published": p.published,
                "coverage": p.coverage,
                "url": p.url,
            }
            for p in live.assistant.knowledge.policies(date.today()).values()
        ]

    @app.get("/docs", include_in_schema=False)
    def documented() -> Response:
        """The OpenAPI document as a page, without anything from elsewhere."""
        return HTMLResponse(api_page(app.openapi()))

    @app.exception_handler(AskFirstError)
    def wrong(_request: Request, error: Exception) -> Response:
        status = 400 if isinstance(error, InputError) else 503
        return problem(status, "That request cannot be answered", str(error))


async def _body(request: Request) -> dict[str, Any]:
    try:
        given = await request.json()
    except ClientDisconnect as error:
        raise InputError(expected="a whole request", found="one that was broken off", todo="send it again") from error
    except (ValueError, RecursionError) as error:
        raise InputError(expected="a JSON object", found=str(error) or "nothing", todo="correct it") from error
    if not isinstance(given, dict):
        raise InputError(expected="a JSON object", found=type(given).__name__, todo="correct it")
    try:  # Python reads NaN, 1e999 and half a surrogate pair, and cannot send them back
        json.dumps(given.get("id"), ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise InputError(expected="an `id` that JSON can hold", found=str(error), todo="give a text or a number") from error
    return given


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
