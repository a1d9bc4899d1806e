"""The machine's clock is followed at every small step, and not at once when it leaps."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from chatservice.clock import SystemClock

EVENING = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)


class Machine:
    """A machine whose wall clock somebody may set, and whose steady one nobody can."""

    def __init__(self) -> None:
        self.wall = EVENING
        self.steady_s = 1000.0

    def clock(self) -> SystemClock:
        return SystemClock(lambda: self.wall, lambda: self.steady_s)

    def pass_time(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.steady_s += seconds


@pytest.mark.parametrize("days", [400, -400, 2])
def test_a_leap_is_told_once_and_not_followed_for_an_hour(days, caplog):
    machine = Machine()
    clock = machine.clock()

    with caplog.at_level(logging.WARNING):
        machine.wall += timedelta(days=days)
        assert clock.now() == EVENING
        machine.pass_time(3599)
        assert clock.now() == EVENING + timedelta(seconds=3599)

    assert caplog.text.count(f"leapt by {days * 24} hours") == 1
    machine.pass_time(1)
    assert clock.now() == machine.wall


def test_a_leap_that_is_put_right_was_never_seen():
    machine = Machine()
    clock = machine.clock()
    machine.wall += timedelta(days=400)
    clock.now()
    machine.pass_time(1800)

    machine.wall -= timedelta(days=400)

    assert clock.now() == EVENING + timedelta(seconds=1800)
    machine.pass_time(7200)
    assert clock.now() == machine.wall


def test_a_second_leap_begins_the_hour_anew():
    machine = Machine()
    clock = machine.clock()
    machine.wall += timedelta(days=400)
    clock.now()
    machine.pass_time(3000)

    machine.wall += timedelta(days=400)

    assert clock.now() == EVENING + timedelta(seconds=3000)
    machine.pass_time(3000)
    assert clock.now() == EVENING + timedelta(seconds=6000)


def test_the_networks_corrections_and_a_clock_an_hour_wrong_are_followed_at_once():
    machine = Machine()
    clock = machine.clock()

    for step in (timedelta(milliseconds=3), timedelta(hours=1), timedelta(hours=-23)):
        machine.wall += step
        assert clock.now() == machine.wall


def test_a_clock_that_nobody_touches_tells_the_time_of_the_machine():
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=5)
