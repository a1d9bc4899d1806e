"""The inside listener: ready or not, and figures in which nobody can be found."""

import asyncio
import http.client
import re
import secrets
import signal
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from chatservice.commands.canary.searching import spellings
from chatservice.domain.statistics import (
    OPENED,
    WAIT_STEPS_MIN,
    Outcome,
    length_name,
    outcome_name,
    step_names,
)
from chatservice.errors import ChatError, RefusedError
from chatservice.meter import LAG_STEPS_S, SEATS, Meter, MeteredTally
from chatservice.readiness import find_obstacle
from chatservice.settings import Settings
from chatservice.web.inside import counted
from tests.evening import mentors_on_duty, visitors_waiting
from tests.running_service import example_pin, free_port
from tools.participants.service import Service, ServiceError


def codes_of(kind: type[ChatError]) -> set[str]:
    """Return the codes of an error and of all below it."""
    return {kind.code}.union(*(codes_of(below) for below in kind.__subclasses__()))


# Every word that a label may hold; nothing else is let into the figures.
LABELS = {
    "event": {"opened", "queued", "taken", "left", "ended"},
    "code": codes_of(RefusedError),
    "store": {"records", "live"},
    "seat": set(SEATS.values()),
    "le": {*map(str, LAG_STEPS_S), "+Inf"},
}


class Nothing:
    """A tally that keeps nothing."""

    def count(self, name: str) -> None:
        """Count nowhere."""


class Mute:
    """Records or a live store that fail when they are asked, each in its own way."""

    def __init__(self, error: Exception | None = None) -> None:
        self.accounts = self
        self._error = error

    async def find(self, account_id: int) -> None:
        """Fail like a database that is gone, or find nobody."""
        if self._error:
            raise self._error

    async def waiting_count(self) -> int:
        """Fail like a live store that is gone, or count nobody."""
        if self._error:
            raise self._error
        return 0


def ask(port: int, path: str) -> tuple[int, str]:
    """Return the status and the text of a page of this machine."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def ask_until(port: int, path: str, is_right: Callable[[str], bool]) -> tuple[int, str]:
    """Ask for a page up to six times: a store that a busy machine kept for two seconds is called away."""
    for _ in range(5):
        if is_right((told := ask(port, path))[1]):
            return told
    return ask(port, path)


def are_up(text: str) -> bool:
    """Say whether both stores answered."""
    told = figures(text)
    return told["chat_store_up", "records"] == told["chat_store_up", "live"] == 1


def figures(text: str) -> dict[tuple[str, ...], float]:
    """Return the samples by name and the values of their labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def strange_labels(text: str) -> set[tuple[str, str]]:
    """Return the labels that are not known beforehand."""
    return {
        (name, value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        for name, value in sample.labels.items()
        if value not in LABELS.get(name, set())
    }


@pytest.mark.parametrize(
    ("records", "live", "drains", "told"),
    [
        (Mute(), Mute(), False, None),
        (Mute(), Mute(), True, "startar-om"),
        (Mute(OperationalError("", {}, OSError())), Mute(), False, "databasen"),
        (Mute(TimeoutError()), Mute(), False, "databasen"),
        (Mute(ChatError()), Mute(), False, "databasen"),
        (Mute(), Mute(ConnectionRefusedError()), False, "samtalslagret"),
        (Mute(), Mute(ChatError()), False, "samtalslagret"),
    ],
)
async def test_what_is_in_the_way_is_told_in_one_word_and_counted(records, live, drains, told):
    meter, draining = Meter(), asyncio.Event()
    if drains:
        draining.set()

    assert await find_obstacle(records, live, draining, meter) == told

    store = {"databasen": "records", "samtalslagret": "live"}.get(told or "")
    assert dict(meter.failed_looks) == ({store: 1} if store else {})


def test_a_name_that_is_counted_for_the_statistics_becomes_one_of_five_events():
    meter = Meter()
    tally = MeteredTally(Nothing(), meter)

    for name in (OPENED, length_name(60), length_name(9000), *step_names("wait", WAIT_STEPS_MIN)):
        tally.count(name)
    for outcome in Outcome:
        tally.count(outcome_name(outcome))

    assert dict(meter.events) == {"opened": 1, "ended": 2}


def test_how_late_the_loop_was_is_counted_below_the_next_step():
    meter = Meter()
    for late_s in (0.0, 0.001, 0.3, 99.0):
        meter.note_lag(late_s)

    (lag,) = [family for family in counted(meter) if family.name == "chat_loop_lag_seconds"]

    shown = {sample.labels.get("le", sample.name): sample.value for sample in lag.samples}
    assert (shown["0.001"], shown["0.25"], shown["0.5"], shown["+Inf"]) == (2, 2, 3, 4)
    assert shown["chat_loop_lag_seconds_sum"] == pytest.approx(99.301)


async def test_an_evening_is_counted_and_nobody_stands_in_the_figures(make_service, project, example_home):
    port = free_port()
    service = make_service(metrics_port=port)
    marker = f"Hemligt{secrets.token_hex(8)}"
    pin = example_pin(project, example_home)
    async with AsyncExitStack() as stack:
        (mentor,) = await mentors_on_duty(stack, service, 1)
        with pytest.raises(ServiceError):
            await Service(service.base_url).sign_in(marker, marker, "000000")
        (visitor,) = await visitors_waiting(stack, service, pin, 1)
        before = figures((await asyncio.to_thread(ask, port, "/metrics"))[1])
        await mentor.take()
        await asyncio.gather(visitor.until_talking(), mentor.until_talking())
        await visitor.say(marker)
        assert await mentor.next_text() == marker
        status, text = await asyncio.to_thread(ask, port, "/metrics")
        during = figures(text)
        who = [
            marker,
            "127.0.0.1",
            "mentor-0",
            visitor.identity.conversation,
            visitor.token,
            mentor.identity.key_id,
        ]
        await visitor.end()
        await mentor.until_ended()
    after = figures((await asyncio.to_thread(ask_until, port, "/metrics", are_up))[1])

    assert (before["chat_waiting",], before["chat_on_duty",], before["chat_talking",]) == (1, 1, 0)
    assert (during["chat_waiting",], during["chat_on_duty",], during["chat_talking",]) == (0, 1, 1)
    assert (during["chat_open_sockets", "visitor"], during["chat_open_sockets", "mentor"]) == (1, 1)
    # An offer, a grant and a text at least.
    assert during["chat_envelopes_delivered_total",] >= before["chat_envelopes_delivered_total",] + 3
    assert after["chat_sign_in_failures_total",] == 1
    assert [after["chat_conversations_total", name] for name in ("opened", "queued", "taken", "ended")] == [
        1
    ] * 4
    assert (after["chat_store_up", "records"], after["chat_store_up", "live"]) == (1, 1)
    assert after["process_open_fds",] > 0
    assert after["chat_loop_lag_seconds_count",] > 0
    assert status == 200
    assert strange_labels(text) == set()
    assert not [word for word in who for one in spellings(word) if one in text.encode()]


def test_the_inside_answers_on_this_machine_only_and_not_on_the_public_port(make_service):
    port = free_port()
    service = make_service(metrics_port=port, bind="0.0.0.0")  # noqa: S104 -- that is what is tried
    # Another address of this very machine: what is bound to 127.0.0.1 does not answer there.
    elsewhere = socket.create_connection(("127.0.0.2", service.port), timeout=5)
    elsewhere.close()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5)
    assert ask_until(port, "/redo", "redo\n".__eq__) == (200, "redo\n")
    assert [ask(service.port, path)[0] for path in ("/redo", "/metrics")] == [404, 404]
    assert service.stop(signal.SIGTERM) == 0


def test_a_busy_inside_port_is_told_with_its_setting(make_service):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(RuntimeError, match=r"upptagen.*CHAT_METRICS_PORT"):
            make_service(metrics_port=taken.getsockname()[1])


def test_the_inside_is_off_by_itself(tmp_path):
    assert Settings(data_dir=tmp_path, secret="x" * 40).metrics_port == 0


def test_no_label_is_made_from_what_came_in(project):
    source = (project / "chatservice/web/inside.py").read_text(encoding="utf-8")

    assert set(re.findall(r"labels=\[\"(\w+)\"\]", source)) == LABELS.keys() - {"le"}
