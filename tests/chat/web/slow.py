"""`python -m tests.chat.web.slow HOME`: the real `serve` around an app that takes its time, so that stopping can be watched."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from starlette.requests import Request

from kb.settings import read_settings


def build_app(*_: Any, **_given: Any) -> FastAPI:
    """Routes that take the seconds asked for, and one without an end."""
    app = FastAPI()

    @app.get("/api/slow/{seconds}")
    def slow(seconds: float) -> str:
        time.sleep(seconds)
        return "finished"

    @app.get("/gradio_api/heartbeat/{page}")
    async def heartbeat(page: str, request: Request) -> StreamingResponse:
        async def beats() -> Any:
            while True:
                yield "data: ALIVE\n\n"
                await asyncio.sleep(0.05)

        return StreamingResponse(beats(), media_type="text/event-stream")

    @app.get("/readyz")
    def readyz() -> dict[str, str]:
        return {"status": "ready"}

    @app.get("/api/broken")
    def broken() -> None:
        raise ValueError("what Budi typed")

    return app


def main(home: str) -> None:
    """Serves until told to stop."""
    module = ModuleType("chat.web.app")
    module.build_app = build_app  # type: ignore[attr-defined]
    sys.modules["chat.web.app"] = module  # the real one takes seconds to load
    import chat.web.serve as serving

    serving._FINISHING = 8.0
    settings = read_settings({"ASKFIRST_HOME": home, "ASKFIRST_PORT": "0", "ASKFIRST_LOG": sys.argv[2]}, Path(home))

    def log(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    serving.serve(settings, lambda opener: opener(settings, Path(home)), log, lambda *_: None)


if __name__ == "__main__":
    main(sys.argv[1])
