"""What an operator's own programs ask for, on this machine only: whether the service is ready, and its figures.

An app of its own on a port of its own, bound to 127.0.0.1 (server.py, CHAT_METRICS_PORT), so that no web server in
front can pass it on by mistake. Knows the meter and the parts, and no visitor: no figure has a label that could name
anybody.
"""

from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from quart import Quart, Response

from chatservice.meter import LAG_STEPS_S, Meter
from chatservice.readiness import find_obstacle, live_answers, records_answer
from chatservice.web.parts import Parts

READY_PATH: Final = "/redo"
METRICS_PATH: Final = "/metrics"
"""Where Prometheus looks by itself."""


def inside_app(find_parts: Callable[[], Parts | None]) -> Quart:
    """Return the app of the inside listener; `find_parts` gives None until the service has started."""
    app = Quart(__name__, static_folder=None, template_folder=None)

    @app.get(READY_PATH)
    async def ready() -> Response:  # pyright: ignore[reportUnusedFunction]
        the = find_parts()
        obstacle = (
            "startar" if the is None else await find_obstacle(the.records, the.live, the.draining, the.meter)
        )
        return _plain("redo" if obstacle is None else obstacle, 200 if obstacle is None else 503)

    @app.get(METRICS_PATH)
    async def metrics() -> Response:  # pyright: ignore[reportUnusedFunction]
        the = find_parts()
        if the is None:
            return _plain("startar", 503)
        registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=registry)
        registry.register(_Figures([*counted(the.meter), *await _looked_at(the)]))
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    return app


def counted(meter: Meter) -> Iterator[Metric]:
    """Give what was counted since the process began."""
    yield _counter("chat_envelopes_delivered", "Envelopes sent to the browser they are for.", meter.delivered)
    yield _counter("chat_sign_in_failures", "Sign-ins refused, whatever was wrong.", meter.sign_in_failures)
    events = CounterMetricFamily(
        "chat_conversations", "Conversations by what became of them.", labels=["event"]
    )
    for name, count in sorted(meter.events.items()):
        events.add_metric([name], count)
    yield events
    refusals = CounterMetricFamily("chat_refusals", "What sockets refused, by code.", labels=["code"])
    for code, count in sorted(meter.refusals.items()):
        refusals.add_metric([code], count)
    yield refusals
    looks = CounterMetricFamily(
        "chat_failed_looks", "Looks at a store that did not answer.", labels=["store"]
    )
    for store in ("records", "live"):
        looks.add_metric([store], meter.failed_looks[store])
    yield looks
    sockets = GaugeMetricFamily("chat_open_sockets", "Open WebSockets of this process.", labels=["seat"])
    for seat, count in meter.open_sockets.items():
        sockets.add_metric([seat], count)
    yield sockets
    yield _lag(meter)


async def _looked_at(the: Parts) -> list[Metric]:
    """Give what is so now. What cannot be known while a store is away is left out."""
    are_up = {"records": await records_answer(the.records), "live": await live_answers(the.live)}
    up = GaugeMetricFamily("chat_store_up", "Whether a store answers: 1 or 0.", labels=["store"])
    for store, is_up in are_up.items():
        up.add_metric([store], int(is_up))
        the.meter.failed_looks[store] += not is_up
    draining = _gauge(
        "chat_draining", "Whether a planned restart has begun: 1 or 0.", int(the.draining.is_set())
    )
    if not are_up["live"]:
        return [up, draining]
    return [
        up,
        draining,
        _gauge("chat_waiting", "Visitors in the queue.", await the.live.waiting_count()),
        _gauge("chat_talking", "Visitors with a mentor.", await the.live.talking_count()),
        _gauge("chat_on_duty", "Connected mentors on duty.", await the.live.duty_count()),
        _gauge("chat_paused", "Connected mentors who have paused.", await the.live.paused_count()),
    ]


class _Figures:
    """Figures that were gathered before, as a collector."""

    def __init__(self, figures: list[Metric]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Give them."""
        yield from self._figures


def _lag(meter: Meter) -> HistogramMetricFamily:
    below, buckets = 0, list[tuple[str, float]]()
    for step, count in zip((*map(str, LAG_STEPS_S), "+Inf"), meter.lag, strict=True):
        below += count
        buckets.append((step, below))
    return HistogramMetricFamily(
        "chat_loop_lag_seconds",
        "How late the event loop woke a task.",
        buckets=buckets,
        sum_value=meter.lag_sum_s,
    )


def _counter(name: str, what: str, value: float) -> CounterMetricFamily:
    return CounterMetricFamily(name, what, value=value)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, value=value)


def _plain(word: str, status: int) -> Response:
    return Response(f"{word}\n", status=status, mimetype="text/plain", headers={"Cache-Control": "no-store"})
