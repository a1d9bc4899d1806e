"""The little work before a conversation: who meets it, how dear it is, and what solves it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatservice.domain.work import BASE_CEILING, DEAREST, FREE_FROM_ONE, ceiling_for, hide

SALT = bytes(range(16))
FREE, CAP = 25, 50
CROWD = {"starts": FREE + 1, "from_one": 0, "waiting": 0, "free": FREE, "queue_cap": CAP}


@pytest.mark.parametrize("number", [-1, 0, 6, 8, 10, 2**32])
def test_no_other_number_solves_a_task(number):
    assert not hide(7, salt=SALT, ceiling=10).is_solved_by(number)


def test_a_number_of_another_task_solves_nothing():
    assert not hide(7, salt=SALT[::-1], ceiling=10).is_solved_by(
        next(n for n in range(10) if hide(3, salt=SALT, ceiling=10).is_solved_by(n))
    )


def test_the_hidden_number_solves_its_task():
    assert hide(7, salt=SALT, ceiling=10).is_solved_by(7)


@pytest.mark.parametrize(
    "calm", [{"starts": FREE}, {"starts": 1, "from_one": FREE_FROM_ONE}, {"starts": 1, "waiting": FREE - 1}]
)
def test_on_an_ordinary_evening_nobody_meets_it(calm):
    assert ceiling_for(**(CROWD | calm)) == 0


@pytest.mark.parametrize(
    "crowd", [{}, {"starts": 1, "waiting": FREE}, {"starts": 1, "from_one": FREE_FROM_ONE + 1}]
)
def test_in_a_crowd_it_costs_the_least_at_first(crowd):
    assert ceiling_for(**(CROWD | crowd)) == BASE_CEILING


def test_it_gets_dearer_with_the_places_taken_and_not_with_how_many_are_turned_away():
    by_places = [ceiling_for(**(CROWD | {"waiting": waiting})) for waiting in (0, 30, 40, 50)]

    assert by_places == sorted(by_places)
    assert by_places[-1] == DEAREST * BASE_CEILING
    assert ceiling_for(**(CROWD | {"starts": 100_000})) == BASE_CEILING


def test_one_home_that_begins_again_and_again_works_more():
    assert ceiling_for(**(CROWD | {"from_one": 3 * FREE_FROM_ONE})) == 3 * BASE_CEILING


MANY, CAPS = st.integers(0, 10**6), st.integers(1, 10**4)


@given(MANY, MANY, MANY, MANY, CAPS)
def test_however_many_come_nobody_is_asked_for_more_than_a_phone_can_do(starts, from_one, waiting, free, cap):
    ceiling = ceiling_for(starts=starts, from_one=from_one, waiting=waiting, free=free, queue_cap=cap)

    assert ceiling in {0, *(BASE_CEILING * price for price in range(1, DEAREST + 1))}
