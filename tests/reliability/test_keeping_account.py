"""The proofs in bench/ can fail: what is lost, doubled, altered, late or growing is seen."""

import asyncio
import os
import socket

import pytest

from bench import reliability_kill, reliability_soak
from bench.reliability_network import BadWire
from bench.reliability_pairs import Faults, Line, compare
from bench.reliability_rows import Row, percentile
from tools.participants.seat import Own


def said(*texts: str) -> list[Line]:
    return [Line(text, Own(number, 1, "message", "")) for number, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("shown", "fault"),
    [
        (["a", "c"], Faults(lost=1)),
        (["a", "b", "b", "c"], Faults(doubled=1)),
        (["a", "c", "b"], Faults(out_of_order=1)),
        (["a", "b", "c", "d"], Faults(foreign=1)),
        (["c", "b", "b"], Faults(lost=1, doubled=1, out_of_order=1)),
    ],
)
def test_what_is_wrong_with_what_was_shown_is_counted(shown, fault):
    assert compare(said("a", "b", "c"), shown) == fault
    assert fault


def test_what_nobody_held_any_more_may_be_gone_but_not_come_twice():
    lines = said("a", "b", "c")
    lines[1].must = False

    assert not compare(lines, ["a", "c"])
    assert not compare(lines, ["a", "b", "c"])
    assert compare(lines, ["a", "b", "b", "c"]).doubled == 1


def test_an_alarm_of_either_end_is_a_fault():
    assert compare(said("a"), ["a"], alarms=1)


def row(**changed: object) -> Row:
    usual: Row = {
        "round": 0,
        "settled": True,
        "heard": 4,
        "ends": 4,
        "from_kill_max_s": 1.0,
        "from_listening_p95_s": 1.0,
    }
    return {**usual, **vars(Faults()), **changed}


@pytest.mark.parametrize(
    ("planned", "changed"),
    [
        (False, {"lost": 1}),
        (False, {"settled": False}),
        (False, {"from_listening_p95_s": 3.1}),
        (True, {"doubled": 1}),
        (True, {"heard": 3}),
        (True, {"from_kill_max_s": 10.1}),
    ],
)
def test_a_broken_promise_is_told(planned, changed):
    assert reliability_kill.judge([row()], planned=planned) == []
    assert len(reliability_kill.judge([row(), row(**changed)], planned=planned)) == 1


def evening_rows(**grown_per_row: float) -> list[Row]:
    flat: Row = {"rss_kib": 100_000.0, "fds": 400.0, "threads": 7.0, "shown_wrong": 0}
    return [
        flat
        | {"second": number * 15.0, "began": number}
        | {name: float(str(flat[name])) + number * each for name, each in grown_per_row.items()}
        for number in range(80)
    ]


@pytest.mark.parametrize("leak", [{"rss_kib": 100.0}, {"fds": 0.1}, {"threads": 0.1}])
def test_what_grows_all_evening_is_told(leak, monkeypatch, tmp_path):
    monkeypatch.setattr("bench.reliability_rows.RESULTS", tmp_path)

    assert reliability_soak.judge(evening_rows(), 60.0) == []
    assert len(reliability_soak.judge(evening_rows(**leak), 60.0)) == 1


def test_a_percentile_is_the_nearest_rank():
    assert percentile([3.0, 1.0, 2.0, 4.0], 0.5) == 2.0
    assert percentile([float(each) for each in range(1, 101)], 0.95) == 95.0
    assert percentile([], 0.95) == 0.0


@pytest.mark.parametrize(("loss", "arrives"), [(0.0, True), (1.0, False)])
async def test_a_bad_wire_carries_packets_late_or_not_at_all(loss, arrives):
    (near, wire_near), (wire_far, far) = (socket.socketpair(type=socket.SOCK_DGRAM) for _ in range(2))
    for each in (near, wire_near, wire_far, far):
        each.setblocking(False)
    wire = BadWire((wire_near.fileno(), wire_far.fileno()), loss=loss, delay_s=0.001, jitter_s=0.001)

    with wire.carrying():
        os.write(near.fileno(), b"one")
        while not wire.packets:
            await asyncio.sleep(0)
        if arrives:
            assert await asyncio.get_running_loop().sock_recv(far, 100) == b"one"

    assert wire.dropped == (0 if arrives else 1)
    for each in (near, wire_near, wire_far, far):
        each.close()
