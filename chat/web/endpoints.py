"""The JSON API (CONTRACT, section 5), and one shape for everything that goes wrong."""

from __future__ import annotations

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Route

from chat.api import hit, hits, message_from, search_from
from chat.web import shapes
from chat.web.guard import problem
from chat.web.identity import groups_of
from chat.web.live import Live
from chat.web.logs import incident
from kb.clause import Evidence
from kb.errors import AskFirstError, InputError

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ALWAYS = {400, 401, 403, 413, 429, 503}
_WRONG: dict[int | str, dict[str, Any]] = {
    status: {"content": {"application/problem+json": {"schema": shapes.Problem.model_json_schema()}}, "description": said}
    for status, said in {
        400: "Not as described",
        401: "Nobody known",
        403: "Somebody who may not",
        404: "Nothing there for this person",
        413: "Too large",
        415: "Not JSON",
        422: "Not as described",
        429: "Too often; `Retry-After` says when to come back",
        503: "No index to answer from",
    }.items()
}
_PLEASE_TELL = "it is not your fault; if it goes on, tell whoever runs AskFirst"
_LATER = 5  # seconds after which it makes sense to try again what no index could answer


def endpoints(app: FastAPI, live: Live) -> None:
    """Adds the API; what a person may not see is filtered before ranking, and answered as if it did not exist."""
    bearer = HTTPBearer(auto_error=False, description="A token made by `askfirst token`, where people sign in")
    common: dict[str, Any] = {"tags": ["api"], "dependencies": [Security(bearer)]}

    @app.post("/api/ask", **common, responses=_told(shapes.Answer, 415), openapi_extra=_body_of(shapes.Question))
    async def ask(request: Request) -> Response:
        """Answers a question or checks a draft."""
        given = await _body(request)
        answer = await live.answer_in_turn(message_from(given), groups_of(request))
        return JSONResponse(answer.to_json() | {"id": given.get("id")})

    @app.post("/api/search", **common, responses=_told(shapes.Hits, 415), openapi_extra=_body_of(shapes.Query))
    async def search(request: Request) -> Response:
        """Ranked clauses, no verdict."""
        given = await _body(request)
        query, lang, top = search_from(given)
        groups = groups_of(request)
        # Everything that may open a new index happens in the thread, so that other requests go on.
        found = await run_in_threadpool(lambda: hits(live.assistant.knowledge, query, lang, top, groups))
        return JSONResponse({"id": given.get("id"), "hits": found})

    @app.get("/api/clauses/{clause_id:path}", **common, responses=_told(shapes.Hit, 404, 422))
    def clause(request: Request, clause_id: str, lang: str = "en") -> Response:
        """One clause, in `lang` where it exists in that language."""
        found = live.clause(clause_id, lang, groups_of(request))
        if found is None:
            return problem(404, "No such clause", f"expected the id of a clause; found '{_sendable(clause_id)}'")
        return JSONResponse(hit(Evidence(found, 0.0)))

    @app.get("/api/policies", **common, responses=_told(list[shapes.Policy]))
    def policies(request: Request) -> Response:
        """Every policy in force, with its source."""
        found = [
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
            for p in live.policies(groups_of(request))
        ]
        return JSONResponse(found)


async def _body(request: Request) -> dict[str, Any]:
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise HTTPException(415, "expected a body of the type application/json")
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


def _told(model: Any, *more: int) -> dict[int | str, dict[str, Any]]:
    """What comes back, for the description."""
    told: dict[int | str, dict[str, Any]] = {200: {"model": model}}
    return told | {status: _WRONG[status] for status in _ALWAYS | set(more)}


def _body_of(model: type[BaseModel]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": model.model_json_schema()}}}}


# --- what goes wrong ------------------------------------------------------------------------------------------------


def problems(app: FastAPI) -> None:
    """Has an application, ours or the chat page's, say everything that goes wrong as problem details (RFC 9457)."""
    app.add_exception_handler(AskFirstError, _unanswerable)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _broken)


def only_their_methods(app: FastAPI) -> None:
    """Has every route so far refuse other methods by itself, and the API unknown paths: the chat page would take them all."""
    known: dict[str, set[str]] = {}
    for path, methods in _paths(app):
        known.setdefault(path, set()).update(methods)
    for path, methods in known.items():
        if others := _METHODS - methods:
            app.router.routes.append(Route(path, _wrong_method(methods), methods=sorted(others), include_in_schema=False))
    app.router.routes.append(Route("/api/{rest:path}", _no_such, methods=sorted(_METHODS), include_in_schema=False))


def _paths(app: FastAPI) -> Iterable[tuple[str, set[str]]]:
    for route in app.router.routes:
        if isinstance(route, Route):
            yield route.path, set(route.methods or ())


def _wrong_method(allowed: set[str]) -> Any:
    async def refuse(request: Request) -> Response:
        refusal = problem(405, "Not this way", f"expected {' or '.join(sorted(allowed))}; found {request.method}")
        refusal.headers["allow"] = ", ".join(sorted(allowed))
        return refusal

    return refuse


async def _no_such(_request: Request) -> Response:
    return problem(404, "Not found", "expected a route of AskFirst; see /docs")


def _unanswerable(_request: Request, error: Exception) -> Response:
    if isinstance(error, InputError):
        return problem(400, "That request cannot be answered", _sendable(str(error)))
    refusal = problem(503, "That request cannot be answered", f"{_PLEASE_TELL}; incident {incident(error)}")
    refusal.headers["retry-after"] = str(_LATER)
    return refusal


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    refusal = problem(error.status_code, HTTPStatus(error.status_code).phrase, _sendable(str(error.detail)))
    for name, value in (error.headers or {}).items():
        refusal.headers[name] = value
    return refusal


def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    wrong = "; ".join(f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in error.errors())
    return problem(422, "Not as described", _sendable(wrong))


def _broken(_request: Request, error: Exception) -> Response:
    return problem(500, "Something broke", f"{_PLEASE_TELL}; incident {incident(error)}")


def _sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
