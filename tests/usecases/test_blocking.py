"""Lifting a block is a coordinator's act, and only what was there can be lifted."""

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.seat import seat_of_mentor
from chatservice.live.memory import MemoryLiveStore
from chatservice.usecases.blocking import end_and_block, lift_block
from tests.live_builders import KEY_ID, waiting_conversation
from tests.staff_builders import staff_room

SOMEWHERE = "198.51.100.7"


async def test_a_block_is_lifted_once_and_the_act_is_noted_once(tmp_path):
    async with staff_room(tmp_path) as room:
        by = (await room.add("sam", Role.COORDINATOR)).account.id
        live, log = MemoryLiveStore(room.clock), room.desk.records.audit_log
        await live.open(waiting_conversation("a"), queue_cap=9)
        origin = await live.blocks.origin_of(SOMEWHERE)
        await live.blocks.note("a", origin)
        taken = await live.take_oldest(account_id=1, key_id=KEY_ID)
        assert taken.mentor
        block = await end_and_block(live, seat_of_mentor(taken.id, taken.mentor), account_id=1, block_s=3600)
        assert block

        assert not await lift_block(live, log, room.clock, "nope", by=by)
        assert await lift_block(live, log, room.clock, block.label, by=by)
        assert not await lift_block(live, log, room.clock, block.label, by=by)

        assert not await live.blocks.is_blocked(origin)
        acts = [(entry.act, entry.account_id) for entry in await log.newest(limit=9)]
        assert acts.count((Act.BLOCK_LIFTED, by)) == 1
