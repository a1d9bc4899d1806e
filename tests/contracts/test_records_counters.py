"""Counters and talk requests keep to what the ports say, over real databases."""

from datetime import date, timedelta

from chatservice.domain.certification import Role
from chatservice.domain.statistics import Counter
from chatservice.ports import TalkRequest
from chatservice.usecases.talk_requests import ask_to_talk
from tests.live_builders import EVENING, HandClock

SUNDAY = date(2026, 11, 22)
MIDNIGHT = EVENING.replace(hour=0)


async def mentor(records, username="exempel"):
    account = await records.accounts.add(
        username=username, role=Role.MENTOR, alias="Mentor", password_hash="h", code_secret="s", at=EVENING
    )
    return account.id


async def test_the_first_day_is_the_earliest_that_was_counted_on(records):
    assert await records.counters.first_day() is None

    await records.counters.add({Counter(SUNDAY, 20, "opened"): 1, Counter(date(2025, 1, 2), 20, "opened"): 1})

    assert await records.counters.first_day() == date(2025, 1, 2)


async def test_counters_grow_and_are_read_by_day(records):
    opened, queued = Counter(SUNDAY, 20, "opened"), Counter(SUNDAY, 20, "queued")
    later = Counter(SUNDAY + timedelta(days=1), 0, "opened")

    await records.counters.add({opened: 2, queued: 1})
    await records.counters.add({opened: 3, later: 1})

    assert await records.counters.between(SUNDAY, SUNDAY) == {opened: 5, queued: 1}
    assert await records.counters.between(SUNDAY, later.day) == {opened: 5, queued: 1, later: 1}
    assert await records.counters.between(later.day + timedelta(days=1), date.max) == {}


async def test_a_wish_to_talk_is_one_for_each_mentor_and_holds_the_day_only(records):
    first, second = await mentor(records, "a"), await mentor(records, "b")
    clock = HandClock()
    await ask_to_talk(records.talk_requests, clock, second)
    clock.pass_time(24 * 3600)
    await ask_to_talk(records.talk_requests, clock, first)
    await ask_to_talk(records.talk_requests, clock, first)

    assert list(await records.talk_requests.everything()) == [
        TalkRequest(second, MIDNIGHT),
        TalkRequest(first, MIDNIGHT + timedelta(days=1)),
    ]

    await records.talk_requests.remove(second)
    await records.talk_requests.remove(second)
    assert [wish.account_id for wish in await records.talk_requests.everything()] == [first]
