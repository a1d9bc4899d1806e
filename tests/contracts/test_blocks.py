"""What every live store keeps to about blocks: no address, an end, and a way back."""

import re

import pytest

from chatservice.domain.connection import home_of
from chatservice.domain.seat import seat_of_mentor
from chatservice.errors import BlockedError
from chatservice.live import blocks as memory_blocks
from chatservice.live.blocks import KEY_LIFE_S
from chatservice.ports import Origin
from chatservice.usecases.blocking import admit_origin, end_and_block, undo_block
from tests.live_builders import KEY_ID, waiting_conversation

HOUR_S = 3600
HERE, NEIGHBOUR, ELSEWHERE = "198.51.100.7", "::ffff:198.51.100.7", "198.51.100.8"


async def talk(live, address, name="a", account_id=1):
    """Let somebody at an address talk with a mentor; return the mentor's seat."""
    await live.open(waiting_conversation(name), queue_cap=9)
    await live.blocks.note(name, await live.blocks.origin_of(address))
    conversation = await live.take_oldest(account_id=account_id, key_id=KEY_ID)
    assert conversation.mentor is not None
    return seat_of_mentor(conversation.id, conversation.mentor)


async def is_out(live, address) -> bool:
    return await live.blocks.is_blocked(await live.blocks.origin_of(address))


@pytest.mark.parametrize("address", ["", "unknown", "127.0.0.1", "::1", "10.0.0.1", "192.168.1.9", "fd00::1"])
async def test_what_is_not_somebodys_own_connection_is_never_blocked_but_the_conversation_ends(live, address):
    seat = await talk(live, address)

    assert await end_and_block(live, seat, account_id=1, block_s=HOUR_S) is None

    assert await live.find(seat.conversation_id) is None
    assert not await is_out(live, address)
    assert list(await live.blocks.in_force()) == []


async def test_a_conversation_that_is_gone_blocks_nobody(live):
    seat = await talk(live, HERE)
    await live.erase(seat.conversation_id, "visitor")

    assert await live.blocks.block(seat.conversation_id, account_id=1, block_s=HOUR_S) is None


async def test_a_blocked_connection_begins_no_new_conversation_and_another_does(live, clock):
    block = await end_and_block(live, await talk(live, HERE), account_id=1, block_s=HOUR_S)

    assert block is not None
    with pytest.raises(BlockedError):
        await admit_origin(live, await live.blocks.origin_of(NEIGHBOUR))
    await admit_origin(live, await live.blocks.origin_of(ELSEWHERE))
    await admit_origin(live, Origin())
    clock.pass_time(HOUR_S - 1)
    assert await is_out(live, HERE)
    clock.pass_time(1)
    assert not await is_out(live, HERE)
    assert list(await live.blocks.in_force()) == []


async def test_a_block_outlives_the_days_key_and_old_keys_go(live, clock):
    clock.pass_time(KEY_LIFE_S - HOUR_S)
    seat = await talk(live, HERE)
    clock.pass_time(2 * HOUR_S)
    assert len((await live.blocks.origin_of(HERE)).digests) == 2, (
        "the key of the conversation and the new one"
    )
    await end_and_block(live, seat, account_id=1, block_s=3 * HOUR_S)

    assert await is_out(live, HERE)
    clock.pass_time(3 * HOUR_S)
    assert not await is_out(live, HERE)
    assert len((await live.blocks.origin_of(HERE)).digests) == 1


async def test_the_same_connection_blocked_again_keeps_its_label_and_holds_for_longer(live, clock):
    first = await end_and_block(live, await talk(live, HERE), account_id=1, block_s=HOUR_S)
    clock.pass_time(60)
    again = await end_and_block(live, await talk(live, HERE, "b"), account_id=1, block_s=HOUR_S)

    assert first is not None
    assert again is not None
    assert again.label == first.label
    assert (again.until - first.until).total_seconds() == 60
    assert list(await live.blocks.in_force()) == [again]


async def test_a_mentor_takes_back_her_own_block_and_nobody_elses_and_a_coordinator_any(live):
    mine = await end_and_block(live, await talk(live, HERE), account_id=1, block_s=HOUR_S)
    theirs = await end_and_block(live, await talk(live, ELSEWHERE, "b", 2), account_id=2, block_s=HOUR_S)
    assert mine is not None
    assert theirs is not None

    assert not await undo_block(live, theirs.label, account_id=1)
    assert not await live.blocks.lift("ZZZZZ")
    assert await undo_block(live, mine.label, account_id=1)
    assert await live.blocks.lift(theirs.label)
    assert not await is_out(live, HERE)
    assert not await is_out(live, ELSEWHERE)


async def test_labels_are_short_and_random_and_no_address_is_held(live, monkeypatch):
    block = await end_and_block(live, await talk(live, HERE), account_id=1, block_s=HOUR_S)

    assert block is not None
    assert re.fullmatch("[A-Z2-9]{4}", block.label)
    assert "198.51" not in repr(vars(live.blocks)) + repr(await live.blocks.origin_of(HERE))
    assert "Origin()" in repr(await live.blocks.origin_of(HERE))


async def test_a_flood_of_blocks_lets_the_oldest_go(live, monkeypatch):
    monkeypatch.setattr(memory_blocks, "MOST_BLOCKS", 1)
    await end_and_block(live, await talk(live, HERE), account_id=1, block_s=HOUR_S)
    await end_and_block(live, await talk(live, ELSEWHERE, "b"), account_id=1, block_s=HOUR_S)

    assert not await is_out(live, HERE)
    assert await is_out(live, ELSEWHERE)


def test_a_home_is_one_old_address_or_a_whole_network_of_new_ones():
    assert home_of(HERE) == home_of(NEIGHBOUR) != home_of(ELSEWHERE)
    assert home_of("2001:db8:1:2::1") == home_of("2001:db8:1:2:ffff::2") != home_of("2001:db8:1:3::1")
