"""What the live store on Valkey keeps to beyond the contract: several processes, and a server that comes and goes.

Two stores over one server stand for two processes; all of them share the test's clock.
"""

import asyncio
import time
from contextlib import AsyncExitStack

import pytest

from chatservice.domain import conversation as rules
from chatservice.domain.conversation import EndedBy
from chatservice.domain.duty import DutyState
from chatservice.domain.seat import MentorSeat, Side, seat_of_mentor
from chatservice.errors import (
    AlreadyTalkingError,
    ColleagueAwayError,
    FullError,
    LiveStoreAwayError,
    NobodyWaitingError,
    StartError,
)
from chatservice.live.valkey import connection as way
from chatservice.live.valkey import shared
from chatservice.live.valkey import store as store_module
from chatservice.live.valkey.store import open_valkey_store
from chatservice.ports import STORE_TOPIC, Colleague, Overdue, Pulse, seat_topic
from tests.live_builders import KEY_ID, OTHER_KEY_ID, draft, has_rung, seat_in, waiting_conversation
from tests.valkey_server import ValkeyServer

GRACE = {"visitor_grace_s": 60, "mentor_grace_s": 120, "silence_s": 600}
MENTOR = seat_of_mentor("a", MentorSeat(7, KEY_ID, 1))


@pytest.fixture
async def stores(valkey, clock, monkeypatch):
    """Give a function that opens one more store on the server, as one more process would; it lives while we say so."""
    monkeypatch.setattr(store_module, "_BEAT_EVERY_S", 3600)
    monkeypatch.setattr(shared, "ALIVE_S", 3600)
    async with AsyncExitStack() as stack:

        async def one_more():
            return await stack.enter_async_context(open_valkey_store(valkey.url, clock))

        yield one_more


@pytest.fixture
async def own_server(tmp_path, monkeypatch):
    """Give a server that a test may stop."""
    monkeypatch.setattr(way, "_HOLD_S", 0.2)
    monkeypatch.setattr(store_module, "_BEAT_EVERY_S", 0.05)
    server = ValkeyServer(tmp_path)
    server.start()
    yield server
    server.stop()


def fall_silent(store, valkey):
    """Let the time pass in which a process should have said that it is alive."""
    valkey.command("DEL", f"chat:alive:{store._process}")


def hold_until_told(monkeypatch):
    """Let nobody be let in again after a loss before `let_in`, however slow the test is."""
    monkeypatch.setattr(way, "_HOLD_S", 3600)


def let_in(store):
    """Let the moment be over in which everybody is told."""
    store._connection._held_until_s = 0


async def until_back(attempt):
    """Return what an attempt gives as soon as the store is there again."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await attempt()
            except LiveStoreAwayError:
                await asyncio.sleep(0.02)


async def test_each_of_fifty_visitors_gets_one_of_the_hundred_mentors_in_four_processes(stores):
    processes = [await stores() for _ in range(4)]
    names = [f"visitor {number:02}" for number in range(50)]
    for number, name in enumerate(names):
        await processes[0].open(waiting_conversation(name, since_ms=number), queue_cap=99)

    results = await asyncio.gather(
        *(
            processes[number % 4].take_oldest(account_id=number, key_id=f"key {number}")
            for number in range(100)
        ),
        return_exceptions=True,
    )

    taken = [result.id for result in results if not isinstance(result, BaseException)]
    assert sorted(taken) == names
    assert sum(isinstance(result, NobodyWaitingError) for result in results) == 50
    assert await processes[1].talking_count() == 50


async def test_one_mentor_in_two_processes_at_once_gets_one_seat(stores):
    processes = [await stores(), await stores()]
    for name in ("a", "b"):
        await processes[0].open(waiting_conversation(name), queue_cap=9)

    results = await asyncio.gather(
        *(process.take_oldest(account_id=7, key_id=KEY_ID) for process in processes), return_exceptions=True
    )

    assert sum(isinstance(result, AlreadyTalkingError) for result in results) == 1
    assert await processes[0].waiting_count() == 1


async def test_one_mentor_with_two_keys_in_two_processes_gets_one_seat_though_two_visitors_are_next(stores):
    processes = [await stores(), await stores()]
    spares_one = rules.replace(waiting_conversation("a"), avoids=frozenset({OTHER_KEY_ID}))
    await processes[0].open(spares_one, queue_cap=9)
    await processes[0].open(waiting_conversation("b"), queue_cap=9)

    results = await asyncio.gather(
        processes[0].take_oldest(account_id=7, key_id=KEY_ID),
        processes[1].take_oldest(account_id=7, key_id=OTHER_KEY_ID),
        return_exceptions=True,
    )

    assert sum(isinstance(result, AlreadyTalkingError) for result in results) == 1
    assert await processes[0].waiting_count() == 1


async def with_a_colleague(live):
    """Let one mentor talk in "a", and another be free to take over."""
    await live.mentor_arrives(8, "page", Colleague(OTHER_KEY_ID, "Exempel Två"))
    await live.set_duty(8, DutyState.ON)
    await live.open(waiting_conversation("a"), queue_cap=9)
    await live.take_oldest(account_id=7, key_id=KEY_ID)
    await live.post(seat_in(), draft(0, epoch=1, kind="grant"))
    return live


async def test_a_colleague_who_goes_off_duty_between_two_questions_is_not_asked(stores, monkeypatch):
    live = await with_a_colleague(await stores())
    look = live._free_colleagues

    async def look_and_be_overtaken():
        seen = await look()
        await live.set_duty(8, DutyState.OFF)
        return seen

    monkeypatch.setattr(live, "_free_colleagues", look_and_be_overtaken)
    with pytest.raises(ColleagueAwayError):
        await live.ask_colleague("a", OTHER_KEY_ID)
    assert await live.asked(8) is None


async def test_a_mentor_who_leaves_while_she_is_being_asked_is_asked_no_longer(stores, monkeypatch):
    live = await with_a_colleague(await stores())
    asked = live.asked

    async def not_asked_and_then_asked(account_id):
        monkeypatch.setattr(live, "asked", asked)
        await live.ask_colleague("a", OTHER_KEY_ID)

    monkeypatch.setattr(live, "asked", not_asked_and_then_asked)
    await live.mentor_departs(8, "page")

    assert await live.asked(8) is None
    assert (await live.find("a")).next is None


async def test_changes_that_race_are_all_applied_to_what_the_others_made(stores):
    processes = [await stores() for _ in range(4)]
    await processes[0].open(waiting_conversation("a"), queue_cap=9)

    def avoid(key_id):
        return lambda held: rules.replace(held, avoids=held.avoids | {key_id})

    keys = {f"key {number}" for number in range(40)}
    await asyncio.gather(
        *(processes[number % 4].change("a", avoid(key_id)) for number, key_id in enumerate(sorted(keys)))
    )

    assert (await processes[2].find("a")).avoids == keys


async def test_a_full_queue_is_full_for_every_process(stores):
    first, second = await stores(), await stores()
    results = await asyncio.gather(
        *(
            (first if number % 2 else second).open(waiting_conversation(f"n{number}"), queue_cap=5)
            for number in range(20)
        ),
        return_exceptions=True,
    )

    assert sum(isinstance(result, FullError) for result in results) == 15
    assert await first.waiting_count() == 5


async def test_what_one_process_holds_from_before_never_decides_what_another_may_post(stores):
    first, second = await stores(), await stores()
    await first.open(waiting_conversation("a"), queue_cap=9)
    old = await first.find("a")  # kept by somebody, so that the first process knows it
    await second.take_oldest(account_id=7, key_id=KEY_ID)
    await second.post(seat_in(), draft(0, epoch=1, kind="grant"))

    assert await first.post(MENTOR, draft(0, epoch=1, kind="offer"))
    assert await first.post(seat_in(), draft(1, epoch=1))

    assert old.mentor is None
    assert [envelope.kind for envelope in await second.envelopes_after("a", 0, limit=9)] == [
        "grant",
        "offer",
        "message",
    ]


async def test_a_bell_rings_in_the_other_process(stores):
    first, second = await stores(), await stores()
    await first.open(waiting_conversation("a"), queue_cap=9)
    bell = second.listen(seat_topic("a", Side.MENTOR))
    await has_rung(second, bell)

    await first.post(seat_in(), draft(0))
    assert await has_rung(second, bell)
    bell.unfollow(seat_topic("a", Side.MENTOR))
    await first.post(seat_in(), draft(1))
    assert not await has_rung(second, bell)


async def test_whoever_holds_what_has_not_changed_gets_the_same_object(stores):
    live = await stores()
    await live.open(waiting_conversation("a"), queue_cap=9)
    before = await live.view("a")
    await live.post(seat_in(), draft(0))
    again = await live.view("a")
    await live.pulse(seat_in(), Pulse())
    after_pulse = await live.view("a")
    await live.take_oldest(account_id=7, key_id=KEY_ID)
    taken = await live.view("a")

    assert again.conversation is before.conversation
    assert again.presence[Side.VISITOR] is before.presence[Side.VISITOR]
    assert after_pulse.presence[Side.VISITOR] is not before.presence[Side.VISITOR], "she types still"
    assert taken.conversation is not before.conversation


async def test_nothing_of_a_conversation_is_left_in_the_process_or_on_the_server(stores, valkey):
    live = await stores()
    await live.open(waiting_conversation("a"), queue_cap=9)
    await live.take_oldest(account_id=7, key_id=KEY_ID)
    await live.post(seat_in(), draft(0))
    await live.arrive(seat_in(), "tab")
    await live.depart(seat_in(), "tab")
    await live.erase("a", EndedBy.VISITOR)

    assert live._readings.known("a") is None
    left = valkey.command("KEYS", "*")
    assert [key for key in left if key.endswith(":a")] == ["chat:ended:a"]
    assert 0 < valkey.command("TTL", "chat:ended:a") <= 30 * 60


async def test_a_process_that_ends_orderly_leaves_its_seats_at_once(valkey, stores, clock):
    live = await stores()
    await live.open(waiting_conversation("a"), queue_cap=9)
    async with open_valkey_store(valkey.url, clock) as other:
        await other.mentor_arrives(7, "page")
        await other.arrive(seat_in(), "tab")

    assert (await live.view("a")).presence[Side.VISITOR].connection is None
    assert await live.mentor_connection(7) is None
    assert valkey.command("SMEMBERS", "chat:processes") == [live._process]


async def test_the_seats_of_a_process_that_is_gone_become_empty_and_then_overdue(stores, valkey, clock):
    live, gone = await stores(), await stores()
    await live.open(waiting_conversation("a"), queue_cap=9)
    await gone.mentor_arrives(7, "mentor's page", Colleague(KEY_ID, "Exempel Ett"))
    await gone.set_duty(7, DutyState.ON)
    await gone.take_oldest(account_id=7, key_id=KEY_ID)
    await gone.arrive(seat_in(), "visitor's page")
    await live.post(seat_in(), draft(0, epoch=1, kind="grant"))
    await live.mentor_arrives(8, "colleague's page", Colleague(OTHER_KEY_ID, "Exempel Två"))

    clock.pass_time(1000)
    assert await live.overdue(**GRACE) == [], "it is alive"
    fall_silent(gone, valkey)
    assert await live.overdue(**GRACE) == [], "the time begins now"

    view = await live.view("a")
    assert {presence.connection for presence in view.presence.values()} == {None}
    assert (await live.duty_count(), await live.mentor_connection(8)) == (0, "colleague's page")
    clock.pass_time(120)
    assert await live.overdue(**GRACE) == [Overdue("a", Side.MENTOR)]


async def test_a_process_that_was_given_up_too_early_lets_its_sockets_begin_anew(stores, valkey, monkeypatch):
    hold_until_told(monkeypatch)
    live, slow = await stores(), await stores()
    await slow.beat()
    assert await slow.waiting_count() == 0
    fall_silent(slow, valkey)
    await live.overdue(**GRACE)
    bell = slow.listen(STORE_TOPIC)
    await has_rung(slow, bell)

    await slow.beat()

    with pytest.raises(LiveStoreAwayError):
        await slow.waiting_count()
    await asyncio.wait_for(bell.wait(), 20)
    let_in(slow)
    assert await slow.waiting_count() == 0


async def test_time_is_the_same_for_processes_whose_clocks_began_elsewhere(valkey, clock, stores):
    began_s = time.monotonic()
    live = await stores()
    await live.open(waiting_conversation("a"), queue_cap=9)
    elsewhere = type(clock)(seconds=987_654_321.0)
    async with open_valkey_store(valkey.url, elsewhere) as other:
        passed_s = time.monotonic() - began_s  # at the server, while our clocks stood still
        assert await other.overdue(**GRACE) == []
        clock.pass_time(61)
        elsewhere.pass_time(61)
        assert await other.overdue(**GRACE) == [Overdue("a", Side.VISITOR)]
        await live.arrive(seat_in(), "tab")
        view = await other.view("a")
        assert view is not None
        changed_s = view.presence[Side.VISITOR].changed_s
        assert elsewhere.monotonic_s() - changed_s == pytest.approx(0, abs=1 + passed_s)


async def test_who_comes_later_takes_over_the_others_time_whatever_the_servers_clock_says(
    valkey, clock, stores
):
    live = await stores()
    await live.open(waiting_conversation("a"), queue_cap=9)
    clock.pass_time(61)  # which did not pass at the server
    await live.beat()

    later = await stores()

    assert await later.overdue(**GRACE) == [Overdue("a", Side.VISITOR)]


async def test_a_server_that_is_gone_is_said_to_be_away_at_once_and_used_again_when_it_is_back(
    own_server, clock, monkeypatch
):
    monkeypatch.setattr(store_module, "_BEAT_EVERY_S", 3600)  # no beat before she is back under the same name
    async with open_valkey_store(own_server.url, clock) as live:
        known = live.incarnation
        await live.open(waiting_conversation("a"), queue_cap=9)
        await live.arrive(seat_in(), "tab")
        bell = live.listen(seat_topic("a", Side.VISITOR))
        assert await has_rung(live, bell)
        lost = asyncio.create_task(live.lost())

        own_server.stop()
        await asyncio.wait_for(bell.wait(), 20)
        for attempt in (live.view("a"), live.post(seat_in(), draft(0)), live.blocks.in_force()):
            with pytest.raises(LiveStoreAwayError):
                await attempt
        await live.depart(seat_in(), "tab")
        await live.mentor_departs(7, "page")
        assert live.incarnation == known

        own_server.start()
        assert await until_back(lambda: live.view("a")) is None
        assert live.incarnation != known
        await asyncio.wait_for(lost, 20)
        await asyncio.wait_for(bell.wait(), 20)
        assert await live.restore(waiting_conversation("a")) == waiting_conversation("a")
        await has_rung(live, bell)
        await live.arrive(seat_in(), "tab")
        assert await has_rung(live, bell), "it is followed at the new server too"

        monkeypatch.setattr(store_module, "_BEAT_EVERY_S", 0.05)
        keeping = asyncio.create_task(live.keep())
        async with asyncio.timeout(30):  # she left while nobody could be told; the next beat makes up for it
            while (view := await live.view("a")) and view.presence[Side.VISITOR].connection is not None:
                await asyncio.sleep(0.02)
        keeping.cancel()


async def test_a_server_that_is_back_with_a_disk_is_not_used(own_server, clock, caplog):
    async with open_valkey_store(own_server.url, clock) as live:
        own_server.stop()
        own_server.start("--save", "60 1")

        async with asyncio.timeout(30):
            while "would write conversations to a disk" not in caplog.text:
                await asyncio.sleep(0.02)
        with pytest.raises(LiveStoreAwayError):
            await live.waiting_count()


async def test_a_server_that_was_emptied_never_says_that_a_conversation_is_unknown_before_all_were_told(
    own_server, clock, monkeypatch
):
    hold_until_told(monkeypatch)
    url = own_server.url
    async with open_valkey_store(url, clock) as first, open_valkey_store(url, clock) as second:
        await first.open(waiting_conversation("a"), queue_cap=9)

        own_server.clear()

        for store in (first, second):
            for _ in range(2):
                with pytest.raises(LiveStoreAwayError):
                    await store.view("a")
        assert first.incarnation == second.incarnation
        let_in(second)
        assert await second.view("a") is None


async def test_a_mute_server_is_away_within_seconds(own_server, clock, monkeypatch):
    async with open_valkey_store(own_server.url, clock) as live:
        own_server.freeze()
        with monkeypatch.context() as impatient:
            impatient.setattr(way, "ANSWER_WITHIN_S", 0.1)
            with pytest.raises(LiveStoreAwayError):
                await asyncio.wait_for(live.waiting_count(), 20)

        own_server.thaw()
        assert await until_back(live.waiting_count) == 0


@pytest.mark.parametrize(
    "options", [("--save", "60 1"), ("--appendonly", "yes"), ("--maxmemory-policy", "allkeys-lru")]
)
async def test_a_server_that_writes_to_a_disk_or_throws_away_is_refused(tmp_path, clock, options):
    server = ValkeyServer(tmp_path, *options)
    server.start()
    try:
        with pytest.raises(StartError, match=options[0].removeprefix("--")):
            async with open_valkey_store(server.url, clock):
                pass
    finally:
        server.stop()


async def test_a_password_and_a_database_are_used_and_never_told(tmp_path, clock):
    server = ValkeyServer(tmp_path, "--requirepass", "marker word")
    server.start()
    try:
        with pytest.raises(StartError):
            async with open_valkey_store(server.url, clock):
                pass
        with pytest.raises(StartError) as refusal:
            async with open_valkey_store(f"{server.url}?password=wrong%20marker", clock):
                pass
        assert "marker" not in str(refusal.value)
        url = f"valkey://127.0.0.1:{server.port}?db=3&password=marker%20word"
        async with open_valkey_store(url, clock) as live:
            await live.open(waiting_conversation("a"), queue_cap=9)
            bell = live.listen(seat_topic("a", Side.MENTOR))
            assert await has_rung(live, bell)
            await live.post(seat_in(), draft(0))
            assert await has_rung(live, bell)
    finally:
        server.stop()


async def test_a_user_who_may_hear_no_bells_is_refused(own_server, clock):
    rights = ("on", ">word", "~chat:*", "+@all")
    own_server.command("ACL", "SETUSER", "deaf", *rights, "resetchannels")
    own_server.command("ACL", "SETUSER", "hears", *rights, "-config", "&chat*")

    with pytest.raises(StartError):
        async with open_valkey_store(f"{own_server.url}?username=deaf&password=word", clock):
            pass
    async with open_valkey_store(f"{own_server.url}?username=hears&password=word", clock) as live:
        await live.open(waiting_conversation("a"), queue_cap=9)
        bell = live.listen(seat_topic("a", Side.MENTOR))
        await has_rung(live, bell)
        await live.post(seat_in(), draft(0))
        assert await has_rung(live, bell)


async def test_nobody_who_answers_is_a_start_error(tmp_path, clock):
    with pytest.raises(StartError, match="CHAT_LIVE_URL"):
        async with open_valkey_store(ValkeyServer(tmp_path).url, clock):
            pass
