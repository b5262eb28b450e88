"""Somebody else's page: a small web server with a strict policy of its own that embeds the chat by one line."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

HERE = Path(__file__).parent


class Intranet:
    """Serves the sample page on loopback; `/?data-lang=id…` puts these attributes on its script element,
    `?plain=embed` has a plain frame instead of the script, `?page=id` is in Indonesian."""

    def __init__(self, askfirst: str) -> None:
        """`askfirst` is the address of the server whose chat it embeds."""
        page = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page.answer(self)

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        self.askfirst = askfirst
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """The page, its style sheet, or an empty picture."""
        parts = urlsplit(request.path)
        given = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if parts.path == "/intranet.css":
            body, kind = (HERE / "intranet.css").read_bytes(), "text/css"
        elif parts.path == "/":
            line = (
                f'<script src="{self.askfirst}/embed.js" {" ".join(f"{k}={chr(34)}{v}{chr(34)}" for k, v in given.items())} async></script>'
            )
            if given.get("plain"):
                line = ""
            page = (HERE / "intranet.html").read_text("utf-8").replace("LANG", given.get("page", "en")).replace("EMBED", line)
            if "plain" in given:
                frame = f'<iframe src="{self.askfirst}/{given["plain"]}" title="AskFirst"></iframe>'
                page = page.replace('<div id="chat">', f'<div id="chat">{frame}')
            body, kind = page.encode(), "text/html; charset=utf-8"
        else:
            body, kind = b"", "image/svg+xml"
        origin = "/".join(self.askfirst.split("/", 3)[:3])  # a path would have to match to its end
        request.send_response(200)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.send_header(
            "Content-Security-Policy",
            f"default-src 'none'; img-src 'self'; style-src 'self'; script-src {origin}; frame-src {origin}; "
            "require-trusted-types-for 'script'",
        )
        request.end_headers()
        request.wfile.write(body)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
