"""What is counted: by name and hour, in steps, in the organisation's own time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from chatservice.domain.statistics import Counter, Outcome, counter, length_name, outcome_name, wait_name

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("waited_s", "name"),
    [
        (0, "wait_0_1"),
        (59.9, "wait_0_1"),
        (60, "wait_1_2"),
        (299, "wait_2_5"),
        (3599, "wait_30_60"),
        (3600, "wait_60"),
        (1e9, "wait_60"),
    ],
)
def test_a_wait_is_counted_in_the_step_it_reached(waited_s, name):
    assert wait_name(waited_s) == name


@pytest.mark.parametrize(
    ("lasted_s", "name"),
    [(0, "length_0_5"), (300, "length_5_15"), (7199, "length_90_120"), (7200, "length_120")],
)
def test_a_length_is_counted_in_the_step_it_reached(lasted_s, name):
    assert length_name(lasted_s) == name


def test_an_hour_is_the_one_on_the_wall_and_nothing_finer_is_left():
    late = datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)

    assert counter("opened", late, STOCKHOLM) == Counter(date(2026, 11, 23), 0, "opened")


def test_every_name_fits_its_column():
    names = [outcome_name(outcome) for outcome in Outcome]

    assert names[0] == "outcome_listened"
    assert max(len(name) for name in (*names, wait_name(3599), length_name(7199))) <= 32
