"""Which numbers are hidden, tried by whoever knows everything that is shown, and the very rule by which it is hidden.

In small worlds every possible past is gone through: those that lead to the same page must differ in each small number.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import pytest

from chatservice.domain import small_cells
from chatservice.domain.small_cells import (
    CLOSED,
    FEWEST,
    HIDDEN,
    SMALL,
    Cell,
    may_be_summed,
    parts_of_total,
    shown_or_small,
    together,
    total_of,
)


def partitions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to share a total out."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in partitions(total - first, parts - 1):
            yield first, *rest


def given_away(closed: int) -> list[str]:
    """Go through all small worlds; tell each small number that everything shown leaves only one value for."""
    pasts: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for weeks in product(range(9), repeat=3):
        total = total_of(weeks)
        shown_weeks = tuple(shown_or_small(count) for count in weeks)
        for hours in partitions(sum(weeks), 3):
            shown = parts_of_total(hours, [True] * (3 - closed) + [False] * closed, total)
            pasts[shown_weeks, total, shown].append((*weeks, *hours))
    told: list[str] = []
    for page, ways in pasts.items():
        for place, values in enumerate(zip(*ways, strict=True)):
            # Near the edge the worlds that would differ are too large to be among these.
            if set(values) == {values[0]} and values[0] < FEWEST and sum(ways[0][:3]) <= 14:
                told.append(f"{page}: {place} is {values[0]}")
    return told


@pytest.mark.parametrize("closed", [0, 1])
def test_no_small_number_follows_from_two_tables_of_the_same_sum_and_the_rule_itself(closed):
    assert given_away(closed) == []


def test_the_attack_finds_small_numbers_where_only_they_are_hidden(monkeypatch):
    monkeypatch.setattr(small_cells, "_is_safe", lambda *_, **__: True)

    assert given_away(0)


@pytest.mark.parametrize(
    ("rest", "cells", "may"),
    [
        (3, {"small": 1}, False),
        (0, {"small": 5}, False),
        (8, {"small": 2}, False),
        (4, {"small": 2}, True),
        (7, {"small": 1, "large": 1}, False),
        (9, {"small": 1, "large": 1}, True),
        (4, {"small": 1, "free": 1}, True),
    ],
)
def test_a_sum_is_told_only_when_each_small_part_may_still_be_anything(rest, cells, may):
    assert may_be_summed(rest, **cells) is may


def test_a_zero_is_hidden_like_any_small_number():
    assert shown_or_small(0) == shown_or_small(4) == SMALL
    assert shown_or_small(5) == Cell(5)


def test_a_single_small_part_takes_the_last_large_one_with_it():
    shown = parts_of_total((20, 3, 30, 9), [True] * 4, Cell(62))

    assert shown == (Cell(20), SMALL, Cell(30), HIDDEN)


def test_parts_without_a_small_one_are_all_shown():
    assert parts_of_total((20, 30), [True, True], Cell(50)) == (Cell(20), Cell(30))


def test_a_table_that_nothing_can_make_safe_is_hidden_whole():
    shown = parts_of_total((0, 0, 5, 0), [True, True, True, False], Cell(5))

    assert shown == (HIDDEN, HIDDEN, HIDDEN, CLOSED)


def test_an_unknown_sum_always_has_a_large_part_hidden():
    assert HIDDEN in parts_of_total((20, 30, 40), [True] * 3, Cell(88, is_floor=True))


def test_a_sum_of_shown_cells_says_when_it_is_only_a_floor():
    assert together((Cell(5), Cell(6))) == Cell(11)
    assert together((Cell(5), SMALL)) == Cell(5, is_floor=True)
    assert together((SMALL, HIDDEN)) == HIDDEN
    assert together((Cell(5), CLOSED)) == Cell(5)
    assert together((CLOSED, CLOSED)) == CLOSED
    assert together((SMALL,)) == SMALL


def test_a_total_that_would_tell_a_week_is_a_floor():
    assert total_of((20, 3)) == Cell(20, is_floor=True)
    assert total_of((20, 3, 1)) == Cell(24)
    assert total_of((1, 3)) == HIDDEN
    assert total_of((20, 30)) == Cell(50)
