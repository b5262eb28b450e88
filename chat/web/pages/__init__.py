"""The screens beside the chat, rendered on the server: a clause in context, the policies, about."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from chat.shelf import Shelf
from chat.web.frame import Place, script
from chat.web.guard import hashes, running
from chat.web.identity import How, needed, person_of
from chat.web.live import Live
from chat.web.pages.about import about_page
from chat.web.pages.clause import clause_page
from chat.web.pages.policies import Wanted, missing_page, policies_page, policy_page
from chat.web.words import known

# Who may see what can change from one look to the next.
_HEADERS = {"cache-control": "private, no-cache", "vary": "accept-language, cookie"}
_LONGEST = 300  # characters of a search


def routes(app: FastAPI, live: Live, groups: Callable[[Request], Collection[str]]) -> None:
    """Adds the screens; `groups` says to which groups the person behind a request belongs."""

    def shelf(request: Request) -> Shelf:
        return Shelf(live.assistant.knowledge, date.today(), groups(request))

    @app.get("/clauses/{clause_id:path}", include_in_schema=False)
    def clause(request: Request, clause_id: str) -> Response:
        """A clause in its context; unknown, withheld and out of force are one answer."""
        place, seen = _place(request, f"clauses/{clause_id}"), shelf(request)
        found = seen.clause(clause_id, place.lang)
        if found is None:
            return _page(missing_page(place, "missing_clause"), 404)
        return _page(clause_page(seen, live.assistant.contacts, found, place))

    @app.get("/policies", include_in_schema=False)
    def policies(request: Request) -> Response:
        """Every policy, narrowed down or searched."""
        return _page(
            policies_page(
                shelf(request), live.assistant.contacts, _wanted(request), _place(request, "policies"), compares=_may_compare(request)
            )
        )

    @app.get("/policies/{policy_id:path}", include_in_schema=False)
    def policy(request: Request, policy_id: str) -> Response:
        """One policy with all its clauses."""
        place, seen = _place(request, f"policies/{policy_id}"), shelf(request)
        found = seen.policy(policy_id, place.lang)
        if found is None:
            return _page(missing_page(place, "missing_policy"), 404)
        return _page(policy_page(seen, live.assistant.contacts, found, _wanted(request), place))

    @app.get("/about", include_in_schema=False)
    def about(request: Request) -> Response:
        """What is known, what is kept, whom to ask."""
        person = person_of(request)
        leaves = person is not None and person.how is How.OIDC
        return _page(about_page(shelf(request), live.assistant.contacts, _place(request, "about"), leaves=leaves, model=live.model))


def _may_compare(request: Request) -> bool:
    person, role = person_of(request), needed("/compare")
    return person is None or role in person.roles


def _page(html: str, status: int = 200) -> Response:
    # A lone surrogate, which an address may hold, has no bytes.
    return running(HTMLResponse(html.encode("utf-8", "replace"), status, headers=_HEADERS), hashes([script()]))


def _place(request: Request, here: str) -> Place:
    asked = request.query_params.get("lang") or request.headers.get("accept-language", "").split(",")[0]
    # As the browser counts them: a slash that is written %2F is none.
    raw = request.scope.get("raw_path") or request.url.path.encode()
    root = request.scope.get("root_path", "").rstrip("/")
    deep = raw.removeprefix(root.encode()).count(b"/") - 1
    return Place(known(asked), here, "../" * deep or "./")


def _wanted(request: Request) -> Wanted:
    given = request.query_params
    number = given.get("practice", "")
    return Wanted(
        text=given.get("q", "").strip()[:_LONGEST],
        practice=int(number) if number.isascii() and number.isdigit() and len(number) < 4 else None,
        topic=given.get("topic", ""),
        sector=given.get("sector", ""),
        country=given.get("country", ""),
        organisation=given.get("organisation", ""),
        authority=given.get("authority", ""),
    )
