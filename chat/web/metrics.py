"""`GET /metrics`: what a monitoring system asks a running server, as numbers; nothing of it quotes or names anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import prometheus_client as prometheus
from fastapi import FastAPI
from fastapi.responses import Response
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from chat.answer import Answer
from kb.manifest import Manifest

# Seconds; the promise for an answer under load is 1.5.
_BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """What one process counts of itself, from its start."""

    def __init__(self) -> None:
        # When each series began says nothing here, and doubles their number.
        prometheus.disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = prometheus.CollectorRegistry()
        self._answers = prometheus.Counter(
            "askfirst_answers", "Answers by verdict, language of the message, and question or draft", ["verdict", "lang", "kind"],
            registry=self._registry,
        )  # fmt: skip
        self._failures = prometheus.Counter("askfirst_answer_failures", "Messages that could not be answered", registry=self._registry)
        self._seconds = prometheus.Histogram(
            "askfirst_answer_seconds", "Time of an answer once it is begun", buckets=_BUCKETS, registry=self._registry
        )
        self._refusals = prometheus.Counter(
            "askfirst_refusals", "Requests answered with an error, by status", ["status"], registry=self._registry
        )
        self._calls = prometheus.Counter("askfirst_llm_calls", "Calls to the language model", registry=self._registry)
        self._tokens = prometheus.Counter("askfirst_llm_tokens", "Tokens of those, as it counts them", ["way"], registry=self._registry)
        self._held = prometheus.Counter(
            "askfirst_llm_interventions", "What of the language model was held back, by kind", ["kind"], registry=self._registry
        )
        self._reused = prometheus.Counter("askfirst_llm_cached", "Answers of it that were kept from before", registry=self._registry)
        self._worked = prometheus.Histogram(
            "askfirst_llm_seconds", "Its time on an answer, after the rules' own", buckets=_BUCKETS, registry=self._registry
        )
        self._swaps = prometheus.Counter("askfirst_index_swaps", "Times a newer index was taken up", registry=self._registry)
        self._waiting = prometheus.Gauge("askfirst_queue_length", "Messages that wait for an answer to be begun", registry=self._registry)
        prometheus.ProcessCollector(registry=self._registry)  # memory, processor time, open files

    def answered(self, answer: Answer, *, draft: bool, seconds: float) -> None:
        """Counts an answer."""
        verdict = answer.verdict.value if answer.verdict else "none" if answer.in_scope else "off_topic"
        self._answers.labels(verdict, answer.lang, "draft" if draft else "question").inc()
        self._seconds.observe(seconds)

    def modelled(self, account: Mapping[str, Any]) -> None:
        """Counts what a language model did for an answer: `explain["llm"]`."""
        self._calls.inc(account["calls"])
        self._tokens.labels("in").inc(account["tokens_in"])
        self._tokens.labels("out").inc(account["tokens_out"])
        for kind, count in account["interventions"].items():
            self._held.labels(kind).inc(count)
        if account["cached"]:
            self._reused.inc()
        else:
            self._worked.observe(account["seconds"])

    def failed(self) -> None:
        """Counts a message that could not be answered."""
        self._failures.inc()

    def refused(self, status: int) -> None:
        """Counts a request that was answered with an error."""
        self._refusals.labels(str(status)).inc()

    def swapped(self) -> None:
        """Counts a newer index taken up."""
        self._swaps.inc()

    def watch(self, waiting: Callable[[], int], manifest: Callable[[], Manifest]) -> None:
        """Has both looked at whenever somebody asks for the figures."""
        self._waiting.set_function(waiting)
        self._registry.register(_Index(manifest))

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return prometheus.generate_latest(self._registry)


class _Index(prometheus.registry.Collector):
    def __init__(self, manifest: Callable[[], Manifest]) -> None:
        self._manifest = manifest

    def collect(self) -> Iterable[Metric]:
        """What answers now; its age is `time() - askfirst_index_built_timestamp_seconds`."""
        manifest = self._manifest()
        where = "server" if manifest.server else "folder"
        yield InfoMetricFamily("askfirst_index", "The index that answers", {"digest": manifest.digest, "vectors": where})
        yield GaugeMetricFamily("askfirst_index_clauses", "Clauses in it", len(manifest.clauses))
        yield GaugeMetricFamily("askfirst_index_refused_files", "Files that were refused when it was built", len(manifest.refused))
        built = datetime.fromisoformat(manifest.built).timestamp()
        yield GaugeMetricFamily("askfirst_index_built_timestamp_seconds", "When it was built, in Unix time", built)

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that registering does not ask for the index."""
        return ()


def routes(app: FastAPI, metrics: Metrics) -> None:
    """Adds the route; who may see it stands in `chat.web.identity`."""

    @app.get("/metrics", tags=["operation"], response_class=Response)
    def figures() -> Response:
        """Figures for Prometheus."""
        return Response(metrics.text(), headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4, "cache-control": "no-store"})
