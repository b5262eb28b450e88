"""The command line, and the composition root: the one file that imports `ingest` and `chat` together."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from chat.arguments import parser
from kb.errors import AskFirstError, HomeError, InputError
from kb.settings import Settings, described, read_settings

if TYPE_CHECKING:
    from chat.answer import Answer, Message
    from chat.ask import Assistant
    from chat.evaluate import Outcome
    from chat.llm import LanguageModel
    from chat.progress import Progress
    from chat.report import Report
    from ingest.changes import Changes
    from kb.clause import Clause, Policy
    from kb.search import KnowledgeBase

LONGEST_LINE = 4_000_000  # code points of one JSON line


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
        _log(f"askfirst: {error}")
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
        for line_id, given in _lines(sys.stdin):
            _print_json(_answered_line(assistant, line_id, given))
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
    answer = _assistant(settings).answer(Message(_printable(text), draft, options.lang, account))
    if options.json:
        _print_json(answer.to_json(explained=options.explain))
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
        for line_id, given in _lines(sys.stdin):
            _print_json({"id": line_id, "error": given} if isinstance(given, str) else search_line(knowledge, given, options.top or 20))
        return 0
    if not options.query or not options.query.strip():
        raise InputError(expected="what to look for", found="nothing", todo="write it in quotation marks, or use --jsonl")
    found = hits(_knowledge(settings), _printable(options.query), options.lang, options.top or 10)
    if options.json:
        _print_json({"id": None, "hits": found})
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
            _log,
            _progress(),
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
            _log("watching for changes; Ctrl-C stops")
            keep_fresh(settings, lambda outcome: show(outcome.changes, built=outcome.built), _log, _progress(), stop=stop)
    except KeyboardInterrupt:
        pass
    _log("stopped watching; the last good index stays in force")


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
        _print_json(to_json(changes, built=built))
        return
    *found, total = lines(changes)
    for line in found:
        print(_printable(line))
    if not changes.any and not options.dry_run and not built:
        print("nothing changed: the index is up to date")
    print(total)


def _serve(_options: argparse.Namespace, settings: Settings) -> int:
    from chat.web.serve import serve

    serve(settings, partial(_opened, settings), _log, _draft_reader(settings))
    return 0


def _token(options: argparse.Namespace, settings: Settings) -> int:
    from chat.web.identity import Role, listed
    from chat.web.tokens import make, tokens_path

    print(make(settings, options.name, Role(options.role), listed(options.groups)))
    _log(f"its hash is in {tokens_path(settings)}; the token itself is shown this once")
    return 0


def _mcp(_options: argparse.Namespace, settings: Settings) -> int:
    from chat.mcp import serve

    # Ctrl-C ends it at once: a thread that waits for stdin cannot be told to stop, and there is nothing to lose.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    serve(partial(_opened, settings), _log)
    return 0


def _compare(options: argparse.Namespace, settings: Settings) -> int:
    from chat.comparing_command import run, wanted

    asked = wanted(options)

    from chat.comparing import Comparer, open_comparer
    from chat.shelf import Shelf

    def opened(of: Settings, index: Path) -> Comparer:
        return open_comparer(of, index, _draft_reader(settings))

    comparer = _opened(settings, opened)
    run(asked, comparer, Shelf(comparer.knowledge, date.today()), _log)
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
    from chat.evaluate import calibration_error, figures, missed, read_test, run, table
    from chat.flips import counts, flips, lines
    from chat.opening import open_other
    from chat.scenarios import read_bank, read_files

    if options.scenarios:
        cases = list(read_files(options.scenarios))
    elif options.split == "test":
        cases = read_test()
    else:
        cases = [case for case in read_bank() if options.split in ("all", case.split)]
    model = _measured_model(settings) if options.llm else None
    assistant = _assistant(replace(settings, llm=""))

    def report(done: int) -> None:
        if done % 500 == 0:
            _log(f"  {done:,} of {len(cases):,}")

    outcomes = run(assistant, cases, report)
    found = figures(outcomes)
    failed = missed(found, options.thresholds) if options.thresholds else []
    flipped = None
    if options.against:
        other = open_other(settings, options.against)
        flipped = flips(cases, (o.answer for o in run(other, cases, report)), (o.answer for o in outcomes))
    beside = None
    if model:
        from chat.beside import Beside
        from chat.leashed import LeashedAssistant

        leashed = LeashedAssistant.over(assistant, model, seconds=settings.llm_timeout, widen=settings.llm_widen)
        beside = Beside(outcomes, run(leashed, cases, report))
        if options.thresholds:
            failed += [f"with the model: {line}" for line in missed(figures(beside.with_model), options.thresholds)]
    drawn = _plots(options.plots, outcomes) if options.plots else []
    if options.json:
        shape = {
            "cases": len(cases),
            "figures": {lang: {name: figure.to_json() for name, figure in part.items()} for lang, part in found.items()},
            "calibration_error": calibration_error(outcomes),
            "index": assistant.knowledge.manifest.digest,
            "missed": failed,
        }
        if flipped is not None:
            against = {"index": other.knowledge.manifest.digest, "counts": counts(flipped), "flips": [f.to_json() for f in flipped]}
            shape["against"] = against
        if beside:
            shape["llm"] = {"model": settings.llm} | beside.to_json()
        _print_json(shape)
    else:
        print(table(found))
        print(f"calibration error of doubt {calibration_error(outcomes):.3f}, {len(cases):,} cases")
        compared = ["", f"with the language model {settings.llm}:", *beside.lines()] if beside else []
        for line in [*(lines(flipped) if flipped is not None else []), *compared, *(f"wrote {file}" for file in drawn)]:
            print(_printable(line))
        for line in failed:
            print(f"missed: {line}")
    return 1 if failed else 0


def _measured_model(settings: Settings) -> LanguageModel:
    from chat.llm import open_model

    if not settings.llm:
        raise InputError(expected="a language model to measure with --llm", found="none", todo="name one in the setting llm")
    return open_model(settings)


def _plots(folder: Path, outcomes: Sequence[Outcome]) -> list[Path]:
    from chat.plots import plots

    return plots(outcomes, folder)


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
        _print_json(report.to_json())
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
        return open_embedder(ensure_export(model, settings.embedder, settings.model_folder, _log), model)

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
        outcome = refresh(settings, _log, _progress(), wait=0.2 if answerable else -1)
    except IndexNewer:
        raise
    except AskFirstError as error:
        return _last_good(settings, error)
    for file, reason in outcome.changes.refused.items():
        _log(f"askfirst: refused {file}: {reason}")
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
        _log("askfirst: another process is updating the index; answering from the last one")
    else:
        _log(f"askfirst: answering from the last good index: {error}")
    return last


def _opened(settings: Settings, opener: Any) -> Any:
    """Opens the index; a damaged one is rebuilt, saying so, and opened again."""
    from ingest.build import refresh
    from kb.errors import IndexDamaged, IndexStranger

    index = _ensure_index(settings)
    try:
        return opener(settings, index)
    except (IndexDamaged, IndexStranger) as error:
        _log(f"askfirst: the index is damaged and is built again ({error.found})")
        return opener(settings, refresh(settings, _log, _progress(), rebuild=True).index)


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


# --- lines ----------------------------------------------------------------------------------------------------------


def _lines(stream: TextIO) -> Iterator[tuple[Any, Mapping[str, Any] | str]]:
    """For each line of JSON its id and the object, or what is wrong with it; empty lines are passed over."""
    for raw in stream.buffer:
        line = raw.decode("utf-8", "replace").strip().lstrip("\ufeff")
        if not line:
            continue
        try:
            if len(line) > LONGEST_LINE:
                raise ValueError(f"a line of {len(line):,} characters")
            given = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield None, f"expected a JSON object on the line; found {str(error) or 'nesting too deep'}; correct it"
            continue
        if isinstance(given, dict):
            yield given.get("id"), given
        else:
            yield None, f"expected a JSON object on the line; found {type(given).__name__}; correct it"


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


def _print_json(value: Any) -> None:
    sys.stdout.write(_printable(json.dumps(value, ensure_ascii=False)) + "\n")
    sys.stdout.flush()


def _printable(text: str) -> str:
    """The text with lone surrogates replaced: they come from arguments that are not UTF-8 and cannot be printed."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _progress() -> Progress:
    """A bar on a terminal, now and then a line in a log."""
    from chat.progress import progress

    return progress(sys.stderr)


__all__ = ["described", "main"]

if __name__ == "__main__":
    sys.exit(main())
