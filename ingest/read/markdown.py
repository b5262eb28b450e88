"""Markdown with YAML front matter → Document. Offsets count code points of the decoded text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.document import Block, Document, Kind, LeftOut, Refusal, Why

LARGEST = 20_000_000  # bytes; a policy of a thousand pages stays below 5 MB of text
_FENCE = re.compile(r"---[ \t]*\r?\n")
_END_FENCE = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_ATTRIBUTES = re.compile(r"[ \t]*\{([^{}\n]*)\}[ \t]*$")
_ATTRIBUTE = re.compile(r"#(?P<id>[\w./~-]+)|(?P<key>[a-z]+)=(?P<value>\"[^\"]*\"|[^\s\"]+)")
_MARKER = re.compile(r"[ \t]*(?:>[ \t]*)*(?:[-*+]|(?P<number>\d{1,9}[.)]))(?:[ \t]+|$)")
_QUOTED = re.compile(r"[ \t]*(?:>[ \t]*)+")
_LINE_END = re.compile(r"\r\n?|\n")  # as the parser counts lines: an old Mac's end them too
_CELLS = re.compile(r"(?<!\\)\|")
_KEYS = frozenset({"modality", "topics", "practices", "contact"})


def read_markdown(data: bytes, name: str) -> Document:
    """The document's headings, list items and paragraphs; raises `Refusal` with line and remedy."""
    text = decoded(data)
    front, begin = front_matter(text)
    blocks = tuple(_blocks(text, begin))
    return Document(name=name, text=text, blocks=blocks, front=front, left_out=left_out(text, blocks, begin))


def decoded(data: bytes) -> str:
    """The UTF-8 text in `data`, without a byte order mark; raises `Refusal` with the line."""
    if len(data) > LARGEST:
        raise Refusal(f"expected at most {LARGEST:,} bytes; found {len(data):,}; split the file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Refusal(f"line {line}: expected UTF-8; found byte 0x{data[error.start]:02x}; save it as UTF-8") from error
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise Refusal(f"line {line}: expected text; found a NUL byte; this is not a text file")
    return text


def left_out(text: str, blocks: Sequence[Block], begin: int = 0) -> tuple[LeftOut, ...]:
    """What stands between the blocks and is no printed number: front matter up to `begin`, then bullets, comments and other markup."""
    found: list[LeftOut] = []
    if begin:
        found.append(LeftOut(text[:begin], 0, begin, Why.FRONT_MATTER))
    at = begin
    for block in [*sorted(blocks, key=lambda b: b.start), None]:
        end = block.start if block else len(text)
        if block and block.number and text[at:end].rstrip().endswith(block.number):
            end = at + len(text[at:end].rstrip()) - len(block.number)
        gap = text[at:end]
        if gap.strip():
            start = at + len(gap) - len(gap.lstrip())
            found.append(LeftOut(gap.strip(), start, start + len(gap.strip()), Why.MARKUP))
        at = max(at, block.end) if block else at
    return tuple(found)


def front_matter(text: str) -> tuple[Mapping[str, Any], int]:
    """The YAML between the first two fences and the offset behind it."""
    opening = _FENCE.match(text)
    if not opening:
        return {}, 0
    closing = _END_FENCE.search(text, opening.end())
    if not closing:
        raise Refusal("line 1: expected front matter between two lines of ---; found no second one; add it")
    try:
        found = yaml.load(text[opening.end() : closing.start()], Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = (mark.line if mark else 0) + 2
        raise Refusal(f"line {line}: expected YAML; found {error.problem or 'an error'}; correct the front matter") from error
    except (yaml.YAMLError, ValueError) as error:
        raise Refusal(f"line 2: expected YAML; found {str(error).splitlines()[0]}; correct the front matter") from error
    if found is None:
        found = {}
    if not isinstance(found, dict):
        raise Refusal(f"line 2: expected keys and values; found {type(found).__name__}; correct the front matter")
    return found, closing.end()


def _blocks(text: str, begin: int) -> list[Block]:
    # The front matter is blanked, not cut, so that line numbers and offsets are those of the file.
    body = re.sub(r"[^\n]", " ", text[:begin]) + text[begin:]
    starts = [0, *(found.end() for found in _LINE_END.finditer(body))]
    if starts[-1] < len(body):
        starts.append(len(body) + 1)
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    blocks: list[Block] = []
    depth = 0
    head: Block | None = None
    lead = ""
    for at, token in enumerate(tokens):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                depth += 1
            case "bullet_list_close" | "ordered_list_close":
                depth -= 1
            case "heading_open" | "paragraph_open" if token.map:
                first = tokens[at - 1].type == "list_item_open" if at else False
                heading = token.type == "heading_open"
                kind = Kind.HEADING if heading else Kind.ITEM if depth and first else Kind.PARAGRAPH
                level = int(token.tag[1]) if heading else max(depth, 1)
                blocks.append(_block(body, starts, token, kind, level))
            case "tr_open" if token.map:
                row = _row(_block(body, starts, token, Kind.PARAGRAPH, 1), lead)
                if tokens[at - 1].type == "thead_open":
                    head = row
                else:
                    blocks.append(row)
            case "tbody_open":
                lead = ", ".join(filter(None, map(str.strip, _CELLS.split(head.text if head else ""))))
                head = None
            case "table_close":
                # A table of nothing but a head keeps it as its text.
                blocks += [head] if head else []
                head, lead = None, ""
            case "fence" | "code_block" | "html_block" if token.map:
                if not (token.type == "html_block" and body[starts[token.map[0]] :].lstrip().startswith("<!--")):
                    blocks.append(_block(body, starts, token, Kind.PARAGRAPH, 1))
    return [block for block in blocks if block.text]


def _block(body: str, starts: list[int], token: Token, kind: Kind, level: int) -> Block:
    first, last = token.map or [0, 1]
    start, end = starts[first], min(starts[last], len(body)) if last < len(starts) else len(body)
    number = None
    if kind is Kind.HEADING and body[start:].lstrip().startswith("#"):
        start = re.compile(r"[ \t]*#+[ \t]*").match(body, start).end()  # type: ignore[union-attr]
    elif kind is Kind.HEADING:
        # A heading underlined with === or ---: the underline is no part of it.
        end = starts[last - 1]
    elif kind is Kind.ITEM and (marker := _MARKER.match(body, start)):
        # A nested first item ("- 1. text") leaves its outer marker on the same line.
        while marker and marker.end() <= end:
            start, number = marker.end(), marker["number"]
            marker = _MARKER.match(body, start)
    if kind is not Kind.ITEM and (quoted := _QUOTED.match(body, start, end)):
        start = quoted.end()
    attributes: dict[str, str] = {}
    line = body.count("\n", 0, start) + 1
    found = _ATTRIBUTES.search(body[start:end].rstrip())
    if found and (parsed := _attributes(found[1], line)) is not None:
        attributes, end = parsed, start + found.start()
    while end > start and body[end - 1].isspace():
        end -= 1
    while start < end and body[start].isspace():
        start += 1
    return Block(kind, body[start:end], start, end, level, number, attributes, line)


def _row(block: Block, lead: str) -> Block:
    """A table's row without the bars around it, under the heads of its columns."""
    begin = len(block.text) - len(block.text.lstrip("| \t"))
    text = block.text[begin:].rstrip("| \t")
    return replace(block, text=text, start=block.start + begin, end=block.start + begin + len(text), lead=lead)


def _attributes(inside: str, line: int) -> dict[str, str] | None:
    """What a trailing `{…}` sets; `None` when it is ordinary text in braces."""
    inside = inside.strip()
    if not inside or not re.match(r"#|[a-z]+=", inside):
        return None
    found: dict[str, str] = {}
    rest = inside
    while rest:
        match = _ATTRIBUTE.match(rest)
        if not match:
            raise Refusal(f"line {line}: expected key=value in {{…}}; found '{rest}'; correct it")
        if match["id"]:
            found["id"] = match["id"]
        elif match["key"] in _KEYS:
            found[match["key"]] = match["value"].strip('"')
        else:
            raise Refusal(f"line {line}: expected one of {', '.join(sorted(_KEYS))}; found '{match['key']}'; correct it")
        rest = rest[match.end() :].lstrip()
    return found
