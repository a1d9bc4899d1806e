"""A clock that jumps is not believed for a day; one that is corrected a little, or runs, is."""

from datetime import timedelta

import pytest

from chatservice.usecases.clock_jumps import ClockJumps
from tests.live_builders import HandClock


@pytest.mark.parametrize("days", [400, -400, 1])
def test_a_clock_that_jumped_is_told_once_and_believed_again_after_a_day_without_jumps(days):
    clock = HandClock()
    jumps = ClockJumps(clock)

    clock.at += timedelta(days=days)

    assert jumps.look() == timedelta(days=days)
    assert not jumps.is_even()
    clock.pass_time(23 * 3600)
    assert jumps.look() is None
    assert not jumps.is_even()
    clock.pass_time(3600)
    assert jumps.look() is None
    assert jumps.is_even()


def test_a_clock_that_is_put_right_has_jumped_again_and_the_day_begins_anew():
    clock = HandClock()
    jumps = ClockJumps(clock)
    clock.at += timedelta(days=400)
    jumps.look()
    clock.pass_time(20 * 3600)

    clock.at -= timedelta(days=400)

    assert jumps.look() == timedelta(days=-400)
    clock.pass_time(20 * 3600)
    jumps.look()
    assert not jumps.is_even()


def test_hours_that_pass_and_small_corrections_are_no_jump():
    clock = HandClock()
    jumps = ClockJumps(clock)

    clock.pass_time(30 * 24 * 3600)
    assert jumps.look() is None
    clock.at += timedelta(minutes=50)

    assert jumps.look() is None
    assert jumps.is_even()
