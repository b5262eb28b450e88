"""The command line, and the composition root: the one file that imports `ingest` and `chat` together."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chat.arguments import parser
from chat.console import bar, log, print_json, printable, read_lines
from kb.errors import AskFirstError, HomeError, InputError
from kb.settings import Settings, described, read_settings

if TYPE_CHECKING:
    from chat.answer import Answer, Message
    from chat.ask import Assistant
    from chat.report import Report
    from ingest.changes import Changes
    from kb.clause import Clause, Policy
    from kb.search import KnowledgeBase


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code (CONTRACT, section 1)."""
    # Nothing here reports to anybody; said before any library that might is imported.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    os.environ.setdefault("LANGSMITH_TRACING", "false")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    options = parser().parse_args(arguments)
    try:
        flags = {key: getattr(options, key, None) for key in ("host", "port")}
        settings = read_settings(os.environ, Path.cwd(), flags)
        return _commands()[options.command](options, settings)
    except AskFirstError as error:
        log(f"askfirst: {error}")
        return 2
    except BrokenPipeError:
        # The reader of our output went away (`| head`): not an error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _commands() -> Mapping[str, Callable[[argparse.Namespace, Settings], int]]:
    return {
        "ask": _ask,
        "check": _check,
        "search": _search,
        "ingest": _ingest,
        "serve": _serve,
        "token": _token,
        "mcp": _mcp,
        "compare": _compare,
        "evaluate": _evaluate,
        "init": _init,
        "doctor": _doctor,
    }


# --- commands -------------------------------------------------------------------------------------------------------


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    if options.jsonl:
        assistant = _assistant(settings)
        for line_id, given in read_lines(sys.stdin):
            print_json(_answered_line(assistant, line_id, given))
        return 0
    if options.question is None:
        raise InputError(expected="a question", found="none", todo="write it in quotation marks, or use --jsonl")
    if not options.question.strip():
        raise InputError(expected="a question", found="an empty text", todo="write it in quotation marks")
    return _show(options, settings, options.question, draft=False)


def _check(options: argparse.Namespace, settings: Settings) -> int:
    if options.file == "-":
        data, name = sys.stdin.buffer.read(), "stdin"
    else:
        name = options.file
        try:
            data = Path(options.file).read_bytes()
        except OSError as error:
            raise InputError(expected=f"a readable file {name}", found=error.strerror or str(error), todo="correct the path") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(expected=f"UTF-8 text in {name}", found=f"byte 0x{data[error.start]:02x}", todo="save it as UTF-8") from error
    if not text.strip():
        raise InputError(expected=f"a draft in {name}", found="an empty text", todo="write the post there")
    return _show(options, settings, text, draft=True)


def _show(options: argparse.Namespace, settings: Settings, text: str, *, draft: bool) -> int:
    from chat.answer import Account, Message

    account = Account(options.account) if options.account else None
    answer = _assistant(settings).answer(Message(printable(text), draft, options.lang, account))
    if options.json:
        print_json(answer.to_json(explained=options.explain))
        return 0
    print(answer.text)
    if options.explain:
        print()
        print(json.dumps(answer.explain | {"doubt": answer.doubt, "index": answer.index}, ensure_ascii=False, indent=2))
    return 0


def _search(options: argparse.Namespace, settings: Settings) -> int:
    from chat.api import hits, search_line

    if options.jsonl:
        knowledge = _knowledge(settings)
        for line_id, given in read_lines(sys.stdin):
            print_json({"id": line_id, "error": given} if isinstance(given, str) else search_line(knowledge, given, options.top or 20))
        return 0
    if not options.query or not options.query.strip():
        raise InputError(expected="what to look for", found="nothing", todo="write it in quotation marks, or use --jsonl")
    found = hits(_knowledge(settings), printable(options.query), options.lang, options.top or 10)
    if options.json:
        print_json({"id": None, "hits": found})
        return 0
    for hit in found:
        place = " ".join(part for part in (hit["policy_title"], hit["section"]) if part)
        print(f"{hit['score']:6.2f}  {hit['clause_id']}  ({hit['authority']}, {hit['modality']})\n        {place}\n        {hit['text']}")
    return 0


def _ingest(options: argparse.Namespace, settings: Settings) -> int:
    from ingest.run import run
    from ingest.sources import given_with
    from kb.clause import Authority

    authority = Authority.BINDING if options.binding else Authority.REFERENCE if options.reference else None
    given = given_with(options.effective_from, options.effective_to, options.supersedes)
    if not options.path and (authority or given):
        raise InputError(expected="paths that the options are about", found="none", todo="name the files or folders")
    if options.watch and options.dry_run:
        raise InputError(expected="--watch or --dry-run", found="both", todo="leave one out")

    def ingest() -> None:
        changes, built = run(
            settings,
            options.path,
            log,
            bar(),
            authority=authority,
            given=given,
            forget=options.forget,
            rebuild=options.rebuild,
            dry=options.dry_run,
        )
        _report(changes, options, built=built)

    if options.watch:
        _watch(options, settings, ingest)
    else:
        ingest()
    return 0


def _watch(options: argparse.Namespace, settings: Settings, ingest: Callable[[], None]) -> None:
    """Ingests, then again after each change, until a signal says stop."""
    from ingest.watch import keep_fresh, watching

    def show(changes: Changes, *, built: bool) -> None:
        if changes.any or changes.refused or changes.missing:
            _report(changes, options, built=built)
            sys.stdout.flush()

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with watching(settings):
            ingest()
            sys.stdout.flush()
            stop = _asked_to_stop()
            log("watching for changes; Ctrl-C stops")
            keep_fresh(settings, lambda outcome: show(outcome.changes, built=outcome.built), log, bar(), stop=stop)
    except KeyboardInterrupt:
        pass
    log("stopped watching; the last good index stays in force")


def _asked_to_stop() -> threading.Event:
    """Set by the first signal that asks to stop; a second one interrupts.

    An interrupt can be lost where Python ignores exceptions, as while it frees an object; a flag is not. It is set by a thread,
    as the signal may come while this one holds the flag's own lock.
    """
    stop = threading.Event()

    def asked(number: int, _frame: object) -> None:
        signal.signal(number, signal.default_int_handler)
        threading.Thread(target=stop.set, daemon=True).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, asked)
    return stop


def _report(changes: Changes, options: argparse.Namespace, *, built: bool) -> None:
    from ingest.changes import lines, to_json

    if options.json:
        print_json(to_json(changes, built=built))
        return
    *found, total = lines(changes)
    for line in found:
        print(printable(line))
    if not changes.any and not options.dry_run and not built:
        print("nothing changed: the index is up to date")
    print(total)


def _serve(_options: argparse.Namespace, settings: Settings) -> int:
    from chat.web.serve import serve

    serve(settings, partial(_opened, settings), log, _draft_reader(settings))
    return 0


def _token(options: argparse.Namespace, settings: Settings) -> int:
    from chat.web.identity import Role, listed
    from chat.web.tokens import make, tokens_path

    print(make(settings, options.name, Role(options.role), listed(options.groups)))
    log(f"its hash is in {tokens_path(settings)}; the token itself is shown this once")
    return 0


def _mcp(_options: argparse.Namespace, settings: Settings) -> int:
    from chat.mcp import serve

    # Ctrl-C ends it at once: a thread that waits for stdin cannot be told to stop, and there is nothing to lose.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    serve(partial(_opened, settings), log)
    return 0


def _compare(options: argparse.Namespace, settings: Settings) -> int:
    from chat.comparing_command import run, wanted

    asked = wanted(options)

    from chat.comparing import Comparer, open_comparer
    from chat.shelf import Shelf

    def opened(of: Settings, index: Path) -> Comparer:
        return open_comparer(of, index, _draft_reader(settings))

    comparer = _opened(settings, opened)
    run(asked, comparer, Shelf(comparer.knowledge, date.today()), log)
    return 0


def _draft_reader(settings: Settings) -> Callable[[bytes, str], tuple[Policy, tuple[Clause, ...]]]:
    """What reads a draft as `ingest` would read a document, by the corpus's own topics."""

    def read(data: bytes, name: str) -> tuple[Policy, tuple[Clause, ...]]:
        from ingest.drafted import read_draft
        from ingest.gather import read_topics
        from kb.support import merged, read_yaml, support_files

        topics = read_topics(merged((file, read_yaml(file)) for file in support_files(settings, "topics.yaml")), "topics.yaml")
        return read_draft(data, name, topics)

    return read


def _evaluate(options: argparse.Namespace, settings: Settings) -> int:
    from chat.evaluate_command import evaluate

    return evaluate(options, settings, lambda: _assistant(replace(settings, llm="")))


def _init(_options: argparse.Namespace, settings: Settings) -> int:
    from chat.init import init

    written = init(settings)
    for path in written:
        print(f"wrote {path}")
    if not written:
        print(f"nothing to write: {settings.own_corpus} has every file already")
    print("edit them; the next question uses them (`askfirst doctor` says what is missing)")
    return 0


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    from chat.doctor import examine

    report = _validated(options.corpus, settings) if options.corpus else examine(settings, _index_state(settings))
    if options.json:
        print_json(report.to_json())
    else:
        print(report.to_text())
    return 1 if report.errors else 0


def _validated(corpus: Path, settings: Settings) -> Report:
    """The report on a corpus folder, read as `ingest` would read it."""
    from chat.validate import validate
    from ingest.gather import gather, read_topics
    from ingest.plan import expected_model
    from ingest.sources import sources
    from kb.embedding import Embedder, ensure_export, open_embedder
    from kb.errors import CorpusError
    from kb.support import SHIPPED, merged, read_yaml, support_files

    alone = replace(settings, corpus=corpus.absolute(), home=settings.home / "none")
    try:
        topics = read_topics(merged((file, read_yaml(file)) for file in support_files(alone, "topics.yaml")), "topics.yaml")
    except CorpusError:
        topics = read_topics(read_yaml(SHIPPED / "topics.yaml"), "topics.yaml")  # the validator says what is wrong with it
    gathered = gather(sources(alone), topics)

    def embedder() -> Embedder:
        model = expected_model(settings)
        return open_embedder(ensure_export(model, settings.embedder, settings.model_folder, log), model)

    return validate(corpus, gathered.policies, gathered.clauses, gathered.refused, embedder)


# --- opening --------------------------------------------------------------------------------------------------------


def _ensure_index(settings: Settings) -> Path:
    """The index to answer from: fresh where it can be, the last good one with a warning where it cannot."""
    from ingest.build import refresh
    from ingest.plan import is_fresh
    from kb.errors import IndexNewer, IndexUnusable
    from kb.manifest import Manifest, current_index

    try:
        if fresh := is_fresh(settings):
            return fresh
    except IndexNewer:
        raise
    except AskFirstError as error:
        return _last_good(settings, error)
    try:
        Manifest.read(current_index(settings.index_folder))
        answerable = True
    except IndexUnusable:
        answerable = False
    try:
        # With something to answer from, another process that is building is not waited for.
        outcome = refresh(settings, log, bar(), wait=0.2 if answerable else -1)
    except IndexNewer:
        raise
    except AskFirstError as error:
        return _last_good(settings, error)
    for file, reason in outcome.changes.refused.items():
        log(f"askfirst: refused {file}: {reason}")
    return outcome.index


def _last_good(settings: Settings, error: AskFirstError) -> Path:
    from ingest.plan import expected_model
    from kb.errors import IndexUnusable
    from kb.manifest import Manifest, current_index

    try:
        last = current_index(settings.index_folder)
        Manifest.read(last, expected_model(settings))
    except (IndexUnusable, AskFirstError):
        raise error from None
    if isinstance(error, HomeError) and "one that is" in error.found:
        log("askfirst: another process is updating the index; answering from the last one")
    else:
        log(f"askfirst: answering from the last good index: {error}")
    return last


def _opened(settings: Settings, opener: Any) -> Any:
    """Opens the index; a damaged one is rebuilt, saying so, and opened again."""
    from ingest.build import refresh
    from kb.errors import IndexDamaged, IndexStranger

    index = _ensure_index(settings)
    try:
        return opener(settings, index)
    except (IndexDamaged, IndexStranger) as error:
        log(f"askfirst: the index is damaged and is built again ({error.found})")
        return opener(settings, refresh(settings, log, bar(), rebuild=True).index)


def _assistant(settings: Settings) -> Assistant:
    from chat.opening import open_assistant

    return _opened(settings, open_assistant)  # type: ignore[no-any-return]


def _knowledge(settings: Settings) -> KnowledgeBase:
    from chat.opening import open_knowledge

    return _opened(settings, open_knowledge)  # type: ignore[no-any-return]


def _index_state(settings: Settings) -> str:
    """One word for `doctor`: fresh, stale, missing, damaged or newer."""
    from ingest.plan import expected_model, is_fresh
    from kb.errors import IndexMissing, IndexNewer, IndexUnusable
    from kb.manifest import Manifest, current_index

    try:
        Manifest.read(current_index(settings.index_folder), expected_model(settings))
        return "fresh" if is_fresh(settings) else "stale"
    except IndexMissing:
        return "missing"
    except IndexNewer:
        return "newer"
    except (IndexUnusable, AskFirstError):
        return "damaged"


# --- an answer a line --------------------------------------------------------------------------------------------------


def _answered_line(assistant: Assistant, line_id: Any, given: Mapping[str, Any] | str) -> dict[str, Any]:
    from chat.api import message_from

    if isinstance(given, str):
        return {"id": line_id, "error": given}
    try:
        message: Message = message_from(given)
    except InputError as error:
        return {"id": line_id, "error": str(error)}
    answer: Answer = assistant.answer(message)
    return answer.to_json() | {"id": line_id}


__all__ = ["described", "main"]

if __name__ == "__main__":
    sys.exit(main())
