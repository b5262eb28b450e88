"""What the command line takes (CONTRACT, section 1). Standard library only: `--help` must cost nothing."""

from __future__ import annotations

import argparse
from pathlib import Path


def parser() -> argparse.ArgumentParser:
    """The whole command line; `command` names the command that was given."""
    top = argparse.ArgumentParser(
        prog="askfirst",
        description="Can I post this? Answers from your social media rules: a verdict, the clause that decides, a person to ask.",
        epilog="Settings: askfirst.toml or ASKFIRST_* variables; `askfirst doctor` lists them.",
    )
    top.add_argument("--version", action="version", version=f"askfirst {version()}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    ask = commands.add_parser("ask", help="answer a question", description="Answers one question, or a line of JSON each with --jsonl.")
    ask.add_argument("question", nargs="?", help="the question; leave it out with --jsonl")
    ask.add_argument("--jsonl", action="store_true", help="a JSON object a line from stdin, an answer a line, in order")
    _common(ask)

    check = commands.add_parser("check", help="check a draft post", description="Checks a draft post from a file or stdin (-).")
    check.add_argument("file", help="file with the draft, or - for stdin")
    _common(check)

    search = commands.add_parser("search", help="find clauses, without a verdict", description="Ranked clauses, no verdict.")
    search.add_argument("query", nargs="?", help="what to look for; leave it out with --jsonl")
    search.add_argument("--jsonl", action="store_true", help="a JSON object a line from stdin, a list of hits a line, in order")
    search.add_argument("--top", type=_positive, default=None, help="how many clauses (10; 20 with --jsonl)")
    search.add_argument("--lang", choices=("auto", "en", "id"), default="auto", help="language of the query")
    search.add_argument("--json", action="store_true", help="JSON instead of text")

    ingest = commands.add_parser(
        "ingest",
        help="bring the index up to date",
        description="Brings the index up to date with the corpus and the remembered paths.",
    )
    ingest.add_argument("path", nargs="*", metavar="PATH|URL", help="files, folders or https addresses to add; they are remembered")
    force = ingest.add_mutually_exclusive_group()
    force.add_argument("--binding", action="store_true", help="the paths hold our own rules (the default for plain documents)")
    force.add_argument("--reference", action="store_true", help="the paths hold other organisations' rules")
    ingest.add_argument("--effective-from", metavar="DAY", help="first day on which the paths are in force, unless a file says so itself")
    ingest.add_argument("--effective-to", metavar="DAY", help="last day on which the paths are in force, unless a file says so itself")
    ingest.add_argument("--supersedes", metavar="POLICY", help="id of the policy whose place the paths take from their first day on")
    ingest.add_argument("--forget", metavar="PATH|URL", action="append", default=[], help="stop remembering a path or address")
    ingest.add_argument("--rebuild", action="store_true", help="embed everything anew")
    ingest.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
    ingest.add_argument("--watch", action="store_true", help="go on watching the paths and your own corpus until stopped")
    ingest.add_argument("--json", action="store_true", help="JSON instead of text")

    serve = commands.add_parser("serve", help="web page and API", description="Serves the chat page and the API.")
    serve.add_argument("--host", help="address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (7860)")

    token = commands.add_parser(
        "token",
        help="make a token for a program that uses the API",
        description="Makes a token, prints it this once and keeps its hash in the tokens file; to revoke it, remove its line there.",
    )
    token.add_argument("name", help="what will use it")
    token.add_argument("--role", choices=("staff", "author", "admin"), default="staff", help="what it may do (staff)")
    token.add_argument("--groups", default="", help="groups whose policies it sees, comma-separated (none)")

    commands.add_parser(
        "mcp",
        help="a tool server (MCP) for other assistants",
        description="Offers ask, search and clause to other assistants: an MCP server on stdin and stdout.",
    )

    compare = commands.add_parser(
        "compare",
        help="lay a draft beside the practices and published policies",
        description="Practices × policies: what a draft covers, lacks and goes against; without a draft, how common each practice is.",
    )
    compare.add_argument("draft", nargs="?", metavar="DRAFT", help="a file that `ingest` could read, or the id of a policy")
    compare.add_argument(
        "--with",
        dest="named",
        nargs="+",
        action="extend",
        default=[],
        metavar="POLICY",
        help="also rule by rule beside these policies, by id",
    )
    compare.add_argument(
        "--format", choices=("table", "md", "csv", "xlsx", "docx", "json"), help="how to write it (by --out's ending, else table)"
    )
    compare.add_argument("--out", type=Path, metavar="FILE", help="write it there instead of printing it; needed for xlsx and docx")
    compare.add_argument("--sector", action="append", default=[], help="compare with policies of this sector only; may be repeated")
    compare.add_argument("--country", action="append", default=[], help="… of this country, as in `US`")
    compare.add_argument("--lang", action="append", default=[], choices=("en", "id"), help="… in this language")
    compare.add_argument("--coverage", action="append", default=[], help="… available to this extent: full, near-full, partial, secondary")
    compare.add_argument("--since", metavar="DATE", help="… dated from this year, month or day on")
    compare.add_argument("--until", metavar="DATE", help="… dated up to this year, month or day")
    compare.add_argument("--report-lang", choices=("en", "id"), help="language of the report (the draft's)")

    evaluate = commands.add_parser(
        "evaluate",
        help="measure the assistant on labelled cases",
        description="Measures the assistant on labelled cases, with 95 % intervals.",
    )
    evaluate.add_argument("scenarios", nargs="*", type=Path, help="YAML files of cases; without them the shipped bank")
    evaluate.add_argument("--split", choices=("fit", "tune", "test", "all"), default="tune", help="which part of the bank (tune)")
    evaluate.add_argument("--thresholds", type=Path, metavar="FILE", help="JSON of figure → {lang: [least, most]}; exit 1 where one fails")
    evaluate.add_argument(
        "--against", type=Path, metavar="INDEX", help="list the verdicts that flip from this index (or home) to the current one"
    )
    evaluate.add_argument("--llm", action="store_true", help="measure with the configured language model too, beside the rules alone")
    evaluate.add_argument(
        "--plots", type=Path, metavar="DIR", help="draw the risk-coverage curve and the reliability diagram there, as PNG"
    )
    evaluate.add_argument("--json", action="store_true", help="JSON instead of a table")

    commands.add_parser(
        "init",
        help="start your own corpus",
        description="Puts editable copies of the support files and an example policy into your own corpus.",
    )

    doctor = commands.add_parser(
        "doctor",
        help="what is installed, configured, stale, missing",
        description="Looks at the installation and the corpus.",
    )
    doctor.add_argument("--corpus", type=Path, metavar="DIR", help="validate this corpus folder")
    doctor.add_argument("--json", action="store_true", help="JSON instead of text")
    return top


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lang", choices=("auto", "en", "id"), default="auto", help="language of the message (auto)")
    parser.add_argument("--account", choices=("personal", "brand"), help="the account that would post")
    parser.add_argument("--json", action="store_true", help="JSON instead of text")
    parser.add_argument("--explain", action="store_true", help="show how the answer came about")


def _positive(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError(f"expected a number from 1 to 1000; found {text}")
    return number


def version() -> str:
    """The installed version of the program."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("askfirst")
    except PackageNotFoundError:
        return "(not installed)"
