"""What every adapter of the shifts keeps to, over real databases: also when two want the same at once."""

import asyncio
from datetime import timedelta

import pytest

from chatservice.domain.certification import Role
from chatservice.domain.shift import Stretch
from tests.live_builders import EVENING

HOUR = timedelta(hours=1)


async def mentors(records, count=3):
    added = [
        await records.accounts.add(
            username=f"m{number}",
            role=Role.MENTOR,
            alias="Mentor",
            password_hash="",
            code_secret="",
            at=EVENING,
        )
        for number in range(count)
    ]
    return [account.id for account in added]


def hours(start, end):
    return Stretch(EVENING + start * HOUR, EVENING + end * HOUR)


async def test_what_is_not_there_is_neither_found_nor_changed(records):
    [mira] = await mentors(records, 1)
    shift = await records.shifts.add(mira, hours(0, 3))
    await records.shifts.remove(shift.id, mira)

    assert await records.shifts.find(shift.id) is None
    assert await records.shifts.remove(shift.id, mira) is False
    assert await records.shifts.offer(shift.id, mira, up_for_swap=True) is False
    assert await records.shifts.hand_over(shift, mira) is False
    assert list(await records.shifts.coming(EVENING)) == []


async def test_nobody_has_two_shifts_at_once_and_touching_ones_are_fine(records):
    mira, other, _ = await mentors(records)
    first = await records.shifts.add(mira, hours(0, 2))

    assert await records.shifts.add(mira, hours(1, 3)) is None
    after = await records.shifts.add(mira, hours(2, 3))
    beside = await records.shifts.add(other, hours(0, 2))

    assert list(await records.shifts.coming(EVENING)) == [first, beside, after]
    assert list(await records.shifts.of_account(mira, EVENING)) == [first, after]
    assert list(await records.shifts.of_account(mira, EVENING + 2 * HOUR)) == [after]
    assert await records.shifts.find(beside.id) == beside


async def test_a_shift_is_left_or_offered_by_nobody_but_its_mentor(records):
    mira, other, _ = await mentors(records)
    shift = await records.shifts.add(mira, hours(0, 2))

    assert await records.shifts.remove(shift.id, other) is False
    assert await records.shifts.offer(shift.id, other, up_for_swap=True) is False
    assert await records.shifts.offer(shift.id, mira, up_for_swap=True) is True

    assert (await records.shifts.find(shift.id)).up_for_swap


async def test_only_an_offered_shift_is_handed_over_and_then_it_is_offered_no_longer(records):
    mira, other, _ = await mentors(records)
    shift = await records.shifts.add(mira, hours(0, 2))
    assert await records.shifts.hand_over(shift, other) is False
    await records.shifts.offer(shift.id, mira, up_for_swap=True)

    assert await records.shifts.hand_over(shift, other) is True

    held = await records.shifts.find(shift.id)
    assert (held.account_id, held.up_for_swap, held.stretch) == (other, False, shift.stretch)


async def test_a_shift_that_somebody_else_offers_by_now_is_not_handed_over(records):
    mira, other, third = await mentors(records)
    seen = await records.shifts.add(mira, hours(0, 2))
    await records.shifts.offer(seen.id, mira, up_for_swap=True)
    await records.shifts.hand_over(seen, other)
    await records.shifts.offer(seen.id, other, up_for_swap=True)

    assert await records.shifts.hand_over(seen, third) is False

    assert (await records.shifts.find(seen.id)).account_id == other


async def test_nobody_is_handed_a_shift_while_she_has_another(records):
    mira, other, _ = await mentors(records)
    shift = await records.shifts.add(mira, hours(0, 2))
    await records.shifts.offer(shift.id, mira, up_for_swap=True)
    await records.shifts.add(other, hours(1, 3))

    assert await records.shifts.hand_over(shift, other) is False

    assert (await records.shifts.find(shift.id)).account_id == mira


@pytest.mark.parametrize("turn", range(5))
async def test_of_many_who_take_an_offered_shift_at_once_one_gets_it(records, turn):
    mira, *others = await mentors(records, 6)
    shift = await records.shifts.add(mira, hours(0, 2))
    await records.shifts.offer(shift.id, mira, up_for_swap=True)

    got = await asyncio.gather(*(records.shifts.hand_over(shift, one) for one in others))

    assert sorted(got) == [False, False, False, False, True]
    assert (await records.shifts.find(shift.id)).account_id == others[got.index(True)]


async def test_of_many_overlapping_shifts_given_to_one_mentor_at_once_one_stays(records):
    [mira] = await mentors(records, 1)

    given = await asyncio.gather(*(records.shifts.add(mira, hours(0, 1 + number)) for number in range(5)))

    [shift] = [one for one in given if one is not None]
    assert list(await records.shifts.coming(EVENING)) == [shift]


async def test_freeing_erases_what_touches_the_time_and_nothing_of_others(records):
    mira, other, _ = await mentors(records)
    before = await records.shifts.add(mira, hours(0, 2))
    for stretch in (hours(2, 4), hours(4, 6)):
        await records.shifts.add(mira, stretch)
    after = await records.shifts.add(mira, hours(6, 7))
    theirs = await records.shifts.add(other, hours(2, 6))

    assert await records.shifts.free(mira, EVENING + 3 * HOUR, EVENING + 6 * HOUR) == 2
    assert list(await records.shifts.coming(EVENING)) == [before, theirs, after]

    assert await records.shifts.free(mira, EVENING + HOUR) == 2
    assert list(await records.shifts.coming(EVENING)) == [theirs]


async def test_ended_shifts_are_forgotten_and_their_numbers_never_given_again(records):
    [mira] = await mentors(records, 1)
    ended, last = await records.shifts.add(mira, hours(0, 1)), await records.shifts.add(mira, hours(1, 2))

    assert await records.shifts.remove_ended(EVENING + HOUR) == 0
    assert await records.shifts.remove_ended(EVENING + 2 * HOUR) == 1
    assert await records.shifts.find(ended.id) is None
    assert await records.shifts.remove_ended(EVENING + 3 * HOUR) == 1

    assert (await records.shifts.add(mira, hours(0, 1))).id > last.id
