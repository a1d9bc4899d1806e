"""The usual wait: silence when we know too little, and otherwise a range that nine of ten do not exceed."""

from hypothesis import given
from hypothesis import strategies as st

from chatservice.domain.waiting import FEWEST, Wait, expected_wait

_waits = st.lists(
    st.builds(Wait, place=st.integers(1, 20), waited_s=st.floats(0, 20_000)), min_size=FEWEST, max_size=50
)


def test_nothing_is_said_before_enough_is_known():
    assert expected_wait([Wait(1, 60.0)] * (FEWEST - 1), 1) is None


def test_an_evening_of_ten_minutes_is_called_ten_minutes():
    assert expected_wait([Wait(1, 600.0)] * 5, 1) == (10, 15)
    assert expected_wait([Wait(2, 1200.0)] * 5, 1) == (10, 15)
    assert expected_wait([Wait(1, 540.0)] * 5, 2) == (15, 20)


def test_a_quick_evening_still_leaves_five_minutes():
    assert expected_wait([Wait(1, 3.0)] * 5, 1) == (0, 5)


@given(_waits, st.integers(1, 50))
def test_the_range_is_in_steps_and_nine_of_ten_waits_fit_under_it(waits, place):
    low, high = expected_wait(waits, place) or (0, 0)

    assert 0 <= low < high
    assert low % 5 == high % 5 == 0
    per_place_s = sorted(wait.waited_s / wait.place for wait in waits)
    under = sum(each * place / 60 <= high + 1e-6 for each in per_place_s)
    assert under >= 0.9 * len(waits)


@given(_waits, st.integers(1, 49))
def test_a_later_place_is_never_promised_less(waits, place):
    earlier, later = expected_wait(waits, place), expected_wait(waits, place + 1)

    assert earlier is not None
    assert later is not None
    assert earlier[0] <= later[0]
    assert earlier[1] <= later[1]
