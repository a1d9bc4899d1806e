"""A little work for a browser, asked only of who begins a conversation while very many do: find a number.

The scheme is Altcha's: somebody hides a number below a bound behind a derivation, and whoever wants in tries one number
after the other. The bound on the numbers bounds the waiting, which plain counting of zeros does not. Each try is a few
hundred rounds of PBKDF2, so that what counts is the browser's own compiled code and not the loop around it: a program
written for it is hardly faster than a page. Knows no time, no socket and no counters (usecases/starting.py does).
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

ROUNDS: Final = 300
"""Measured: 65 µs a try, in Chromium and in Python alike, on one core of 2026."""
BASE_CEILING: Final = 3_000
"""0.1 s on such a core on average; one to two seconds on a phone of ten years, if it is ten times slower."""
DEAREST: Final = 4
FREE_FROM_ONE: Final = 10
"""So many of one home begin without work within ten minutes: a household and a barracks are one home each."""
_TARGET_BYTES: Final = 32
_NUMBER_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Task:
    """Which number below `ceiling` gives `target`, with this `salt`?"""

    salt: bytes
    target: bytes
    ceiling: int

    def is_solved_by(self, number: int) -> bool:
        """Say whether this is the number."""
        return 0 <= number < self.ceiling and hmac.compare_digest(_derived(self.salt, number), self.target)


def hide(number: int, *, salt: bytes, ceiling: int) -> Task:
    """Make the task whose answer is `number`, from 0 to `ceiling` - 1; `salt` is 16 fresh random bytes."""
    return Task(salt, _derived(salt, number), ceiling)


def ceiling_for(*, starts: int, from_one: int, waiting: int, free: int, queue_cap: int) -> int:
    """Return below which number somebody who begins now has to search; 0 for no work at all.

    `starts` began lately altogether and `from_one` from the same home, this one counted; `waiting` stand in line.
    Up to `free` of either meet no work. What is scarce is dear: the price rises with the places that are taken, and
    with what comes from one home, never with how many are turned away without work.
    """
    if starts <= free and waiting < free and from_one <= FREE_FROM_ONE:
        return 0
    taken = (waiting - free) / max(1, queue_cap - free)
    price = max(1 + round((DEAREST - 1) * max(0.0, taken)), from_one // FREE_FROM_ONE)
    return BASE_CEILING * min(DEAREST, price)


def _derived(salt: bytes, number: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", salt, number.to_bytes(_NUMBER_BYTES, "big"), ROUNDS, _TARGET_BYTES)
