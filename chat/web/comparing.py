"""The routes of the screen that compares. A draft that is sent is read, held in memory for its visit, and written nowhere."""

from __future__ import annotations

import gzip
import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, Protocol
from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from chat import exports
from chat.comparing import Comparer, Reader
from chat.exports import Report
from chat.shelf import Shelf
from chat.web.frame import Place, script
from chat.web.guard import LARGEST_UPLOAD, hashes, running
from chat.web.identity import person_of
from chat.web.live import Live
from chat.web.pages.compare import Wrong, compare_page
from chat.web.pages.compare_cell import cell_page
from chat.web.pages.compare_form import LARGEST_TEXT
from chat.web.pages.compare_parts import Asked, Draft
from chat.web.pages.compare_parts import script as comparing_script
from chat.web.pages.compare_words import told
from chat.web.pages.policies import missing_page
from chat.web.visits import Kept, Visits
from chat.web.words import known
from kb.clause import PRACTICE_NUMBERS, Policy
from kb.compare import Filter, Sheet
from kb.errors import AskFirstError, InputError
from kb.standing import Standing

LARGEST_FILE = LARGEST_UPLOAD - 2_000_000  # bytes; the rest is what stands around it
COOKIE = "askfirst-visit"
_HEADERS = {"cache-control": "private, no-store", "vary": "accept-language, cookie"}
_AT_ONCE = 2  # drafts that are read, or comparisons that are worked out
_MOST = 12  # values of one limit
_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "txt": "text/plain; charset=utf-8",
}


class Desk(Protocol):
    """What compares, over one index."""

    def draft(self, data: bytes, name: str) -> Sheet:
        """The draft in a file of this name; raises `AskFirstError` for one that cannot be used."""
        ...

    def sheet(self, policy: Policy) -> Sheet:
        """A policy of the index."""
        ...

    def report(self, draft: Sheet | None, named: Sequence[str], fits: Filter, *, day: date, groups: Collection[str], lang: str) -> Report:
        """The comparison of a draft with the policies that fit and that a member of `groups` may see."""
        ...


@dataclass(frozen=True, slots=True)
class _Found:
    """What one request is about; `gone` where something that it names is not here, or not for this visitor."""

    shelf: Shelf
    asked: Asked
    draft: Draft | None
    other: Policy | None
    report: Report
    gone: bool


class Comparisons:
    """Finds what a request asks for, and works it out once."""

    def __init__(self, live: Live, desk: Callable[[], Desk], groups: Callable[[Request], Collection[str]]) -> None:
        self.live, self.desk, self.groups = live, desk, groups
        self.visits = Visits()
        self._published = Kept(16)

    def find(self, request: Request, place: Place, asked: Asked) -> _Found:
        """The draft or policy, and its comparison."""
        groups = frozenset(self.groups(request))
        shelf = Shelf(self.live.assistant.knowledge, date.today(), groups)
        desk = self.desk()
        visit = self.visits.find(owner(request), asked.visit) if asked.visit else None
        policy = None if visit else shelf.policy(asked.policy, place.lang)
        draft = Draft(visit.sheet, False) if visit else Draft(desk.sheet(policy), True) if policy else None
        beside = shelf.policy(asked.other, place.lang)
        other = beside if draft else None
        meant = ((asked.visit, visit), ("" if visit else asked.policy, policy), (asked.other, beside))
        gone = any(name and not found for name, found in meant)
        asked = Asked(asked.visit if visit else "", policy.id if policy else "", other.id if other else "", asked.fits)
        work = partial(
            desk.report,
            draft.sheet if draft else None,
            [other.id] if other else [],
            asked.fits,
            day=shelf.day,
            groups=groups,
            lang=place.lang,
        )
        results = visit.results if visit else self._published
        key = (shelf.knowledge.manifest.digest, shelf.day, groups, asked, place.lang)
        return _Found(shelf, asked, draft, other, results.get(key, work), gone)

    def page(self, request: Request, place: Place, asked: Asked, wrong: Wrong | None) -> str:
        """The whole screen."""
        found = self.find(request, place, asked)
        return compare_page(
            found.shelf, found.report, found.draft, found.other, place, found.asked, most=LARGEST_FILE, wrong=wrong, gone=found.gone
        )

    def cell(self, request: Request, place: Place, asked: Asked) -> tuple[str, int]:
        """One practice in the draft and in another policy, and the status of the answer."""
        found = self.find(request, place, asked)
        number, beside = request.query_params.get("practice", ""), request.query_params.get("beside", "")
        row = next((row for row in found.report.comparison.practices if str(row.subject) == number), None)
        other = next((cell for cell in row.published if cell.policy.id == beside), None) if row else None
        if found.gone or row is None or (beside and other is None) or not (other or found.draft):
            return missing_page(place, "missing_clause"), 404
        return cell_page(found.report, row, other, found.draft, place, found.asked), 200

    def document(self, request: Request, place: Place, asked: Asked, suffix: str) -> str | bytes | None:
        """The comparison as a file; nothing where the visit has ended or a policy that is named is not to be seen."""
        found = self.find(request, place, asked)
        if found.gone:
            return None
        write: Callable[[Report], str | bytes] = getattr(exports, "table" if suffix == "txt" else suffix)
        return write(found.report)


def desks(live: Live, reader: Reader) -> Callable[[], Desk]:
    """What compares over the index in force; the network that reads clauses is opened when somebody first compares."""
    lock = Lock()
    kept: list[Comparer] = []

    def desk() -> Comparer:
        with lock:
            knowledge = live.assistant.knowledge
            if not kept or kept[0].knowledge is not knowledge:
                model = knowledge.embedder.model
                standing = kept[0].standing if kept and kept[0].knowledge.embedder.model == model else Standing.open(model=model)
                kept[:] = [Comparer(knowledge, live.topics, standing, reader)]
            return kept[0]

    return desk


def routes(app: FastAPI, live: Live, desk: Callable[[], Desk], groups: Callable[[Request], Collection[str]]) -> None:
    """Adds the screen; `desk` gives what compares over the index in force."""
    comparisons, places = Comparisons(live, desk, groups), CapacityLimiter(_AT_ONCE)

    async def shown(request: Request, place: Place, asked: Asked, wrong: Wrong | None = None, status: int = 200) -> Response:
        return _page(await to_thread.run_sync(comparisons.page, request, place, asked, wrong, limiter=places), status)

    @app.get("/compare", include_in_schema=False)
    async def compare(request: Request) -> Response:
        """The draft of this visit, a policy of the index, or only what the published policies say."""
        place = _place(request, "compare")
        asked, error = read_asked(request.query_params.multi_items())
        return await shown(request, place, asked, Wrong(error) if error else None, 422 if error else 200)

    @app.post("/compare", include_in_schema=False)
    async def send(request: Request) -> Response:
        """Takes a file, a text or the name of a policy, and leads to its comparison."""
        given: FormData = FormData()
        try:
            given = await _form(request)
            place = _place(request, "compare", _text(given, "lang"))
            data, name = await _sent(given, place.lang)
            asked = _kept(given)
            if not data:
                return _see(Asked(policy=name, other=asked.other, fits=asked.fits), place)
            sheet = await to_thread.run_sync(comparisons.desk().draft, data, name, limiter=places)
        except AskFirstError as error:
            place = _place(request, "compare", _text(given, "lang"))
            return await shown(request, place, _kept(given), Wrong(error, _text(given, "text")), 422)
        finally:
            await given.close()
        whose = owner(request) or secrets.token_urlsafe(24)
        reply = _see(Asked(comparisons.visits.open(whose, sheet), other=asked.other, fits=asked.fits), place)
        path = request.scope.get("root_path", "") or "/"
        reply.set_cookie(COOKIE, whose, path=path, secure=request.url.scheme == "https", httponly=True, samesite="strict")
        return reply

    @app.post("/compare/forget", include_in_schema=False)
    async def forget(request: Request) -> Response:
        """Ends a visit."""
        given = await _form(request)
        comparisons.visits.close(owner(request), _text(given, "visit"))
        return _see(Asked(), _place(request, "compare/forget", _text(given, "lang")))

    @app.get("/compare/cell", include_in_schema=False)
    async def cell(request: Request) -> Response:
        """One practice in the draft and in another policy."""
        asked, _ = read_asked(request.query_params.multi_items())
        html, status = await to_thread.run_sync(comparisons.cell, request, _place(request, "compare/cell"), asked, limiter=places)
        return _page(html, status)

    @app.get("/compare/report.{suffix}", include_in_schema=False)
    async def report(request: Request, suffix: str) -> Response:
        """The comparison as a file."""
        place, (asked, error) = _place(request, f"compare/report.{suffix}"), read_asked(request.query_params.multi_items())
        if suffix not in _TYPES or error:
            return _page(missing_page(place, "missing_policy"), 404)
        made = await to_thread.run_sync(comparisons.document, request, place, asked, suffix, limiter=places)
        if made is None:
            return _page(missing_page(place, "missing_policy"), 404)
        return _file(made, f"{'perbandingan' if place.lang == 'id' else 'comparison'}.{suffix}", _TYPES[suffix])

    @app.get("/compare/starter.md", include_in_schema=False)
    def starter(request: Request) -> Response:
        """A policy of the model clauses for the practices that were chosen, all of them where none was."""
        from kb.starter import assemble

        place = _place(request, "compare/starter.md")
        wanted = [n for n in PRACTICE_NUMBERS if str(n) in request.query_params.getlist("practice")] or list(PRACTICE_NUMBERS)
        text = assemble(wanted, place.lang, effective_from=None)
        return _file(text, f"{'kebijakan-awal' if place.lang == 'id' else 'starter-policy'}.md", _TYPES["md"])

    @app.get("/compare/plotly.js", include_in_schema=False)
    def plotly(request: Request) -> Response:
        """What draws the map, from the package that is installed here."""
        packed, mark = drawing()
        headers = {"cache-control": "private, max-age=86400", "etag": mark, "content-encoding": "gzip", "vary": "accept-encoding"}
        if request.headers.get("if-none-match") == mark:
            return Response(status_code=304, headers=headers)
        return Response(packed, media_type="text/javascript", headers=headers)


@cache
def drawing() -> tuple[bytes, str]:
    """Plotly's script, packed, and what its version is told by."""
    # Its Python part, which would take half a second to import, is not used.
    spec = find_spec("plotly")
    assert spec and spec.origin
    script = (Path(spec.origin).parent / "package_data" / "plotly.min.js").read_bytes()
    return gzip.compress(script, 6, mtime=0), f'"{hashlib.sha256(script).hexdigest()[:32]}"'


def owner(request: Request) -> str:
    """Whose visit a request belongs to: the person's who signed in, else of whoever holds this cookie."""
    person = person_of(request)
    return person.key if person and person.key else request.cookies.get(COOKIE, "")


def read_asked(pairs: Sequence[tuple[str, str]]) -> tuple[Asked, AskFirstError | None]:
    """What an address asks for, and what is wrong with it; a second `policy` is one to lay beside the first."""
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        if value and len(given.setdefault(name, [])) < _MOST:
            given[name].append(value[:300])

    def only(name: str) -> str:
        return given.get(name, [""])[0]

    error: AskFirstError | None = None
    days = {}
    for name in ("since", "until"):
        days[name] = only(name).strip()
        if days[name] and not _DAY.fullmatch(days[name]):
            error = InputError(expected="a year or a day such as 2024 or 2024-05-31", found=f"'{days[name][:40]}'", todo="correct it")
            days[name] = ""
    sectors, countries, languages, coverages = (frozenset(given.get(n, ())) for n in ("sector", "country", "language", "coverage"))
    fits = Filter(sectors, countries, languages, coverages, days["since"], days["until"])
    policies = [*given.get("policy", ()), "", ""]
    return Asked(only("visit"), policies[0], only("with") or policies[1], fits), error


async def _form(request: Request) -> FormData:
    """The fields that were sent, a file among them held in memory."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.form(max_files=0, max_fields=60)
    parser = MultiPartParser(request.headers, request.stream(), max_files=1, max_fields=60, max_part_size=4 * LARGEST_TEXT)
    parser.spool_max_size = LARGEST_UPLOAD + 1  # more than can come: never a file on disk
    try:
        return await parser.parse()
    except (MultiPartException, KeyError):
        raise InputError(expected="a file, a text or a policy", found="a form that is cut off", todo="send it again") from None


async def _sent(given: FormData, lang: str) -> tuple[bytes, str]:
    """What was sent and its name; no bytes and its id where a policy of the index was picked."""
    file, text, policy = given.get("file"), _text(given, "text"), _text(given, "pick")
    data, name = b"", ""
    if isinstance(file, UploadFile) and file.filename:
        if (file.size or 0) > LARGEST_FILE:
            most = LARGEST_FILE // 1_000_000
            raise InputError(
                expected=told("large_expected", lang, most=most), found=told("large_found", lang), todo=told("large_todo", lang)
            )
        data, name = await file.read(), Path(file.filename.replace("\\", "/")).name[-200:]
    chosen = [bool(name), bool(text.strip()), bool(policy)]
    if sum(chosen) != 1:
        several = "several" if sum(chosen) else "nothing"
        raise InputError(expected=told("several_expected", lang), found=told(f"{several}_found", lang), todo=told(f"{several}_todo", lang))
    if policy:
        return b"", policy
    if name:
        if not data:
            raise InputError(expected=told("several_expected", lang), found=told("empty_found", lang), todo=told("nothing_todo", lang))
        return data, name
    # A heading tells Markdown from a plain text, whose own numbers a reader of Markdown would take away.
    suffix = "md" if re.search(r"^#{1,6} ", text, re.MULTILINE) else "txt"
    return text.encode("utf-8", "replace"), f"{told('draft', lang)}.{suffix}"


def _kept(given: FormData) -> Asked:
    asked, _ = read_asked([(name, value) for name, value in given.multi_items() if isinstance(value, str)])
    return Asked(other=asked.other, fits=asked.fits)


def _text(given: FormData, name: str) -> str:
    value: Any = given.get(name)
    return value if isinstance(value, str) else ""


def _see(asked: Asked, place: Place) -> RedirectResponse:
    query = urlencode([*asked.pairs, ("lang", place.lang)], errors="replace")
    return RedirectResponse(f"{place.up}compare?{query}", 303, headers=_HEADERS)


def _page(html: str, status: int = 200) -> Response:
    return running(HTMLResponse(html.encode("utf-8", "replace"), status, headers=_HEADERS), hashes([script(), comparing_script()]))


def _file(made: str | bytes, name: str, kind: str) -> Response:
    headers = {"cache-control": "private, no-store", "content-disposition": f'attachment; filename="{name}"'}
    return Response(made.encode("utf-8", "replace") if isinstance(made, str) else made, media_type=kind, headers=headers)


def _place(request: Request, here: str, lang: str = "") -> Place:
    asked = lang or request.query_params.get("lang") or request.headers.get("accept-language", "").split(",")[0]
    return Place(known(asked), here, "../" * here.count("/") or "./")
