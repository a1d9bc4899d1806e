"""Whatever people do and in whatever order, each live store answers as a plain model of dictionaries does."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chatservice.domain import conversation as rules
from chatservice.domain.conversation import EndedBy
from chatservice.domain.duty import DutyState
from chatservice.domain.envelope import Draft
from chatservice.domain.seat import MentorSeat, Seat, Side, seat_of_mentor, visitor_seat
from chatservice.errors import ChatError
from chatservice.ports import Colleague, LiveStore
from tests.contracts.conftest import OpenStore
from tests.contracts.live_model import LiveModel
from tests.live_builders import HandClock, waiting_conversation

NAMES = st.sampled_from(["a", "b", "c"])
ACCOUNTS = st.sampled_from([1, 2, 3])
CONNECTIONS = st.sampled_from(["new page", "new page", "old page"])
SIDES = st.sampled_from(list(Side))
KINDS = st.sampled_from(["message", "message", "message", "offer", "grant"])
GRACE = {"visitor_grace_s": 60.0, "mentor_grace_s": 120.0, "silence_s": 600.0}
QUEUE_CAP = 2
EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "40"))


def key_of(account_id: int) -> str:
    return f"key {account_id}"


class LiveMachine(RuleBasedStateMachine):
    """Does the same to the store and to the model, and compares what both answer and what both refuse."""

    open_store: ClassVar[OpenStore]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.clock = HandClock()
        self.opened = type(self).open_store(self.clock, None)
        self.store: LiveStore = self.loop.run(self._enter())
        self.model = LiveModel(self.clock.seconds)
        self.tickets: dict[str, rules.Conversation] = {}
        self.count = 0

    async def _enter(self) -> LiveStore:
        return await self.opened.__aenter__()

    async def _leave(self) -> None:
        await self.opened.__aexit__(None, None, None)

    def teardown(self) -> None:
        self.loop.run(self._leave())
        self.loop.close()

    def both(self, asked: Coroutine[Any, Any, Any], expected: Callable[[], Any]) -> Any:
        """Let both answer, or both refuse with the same error; return the model's answer."""
        try:
            wanted: Any = expected()
        except ChatError as refused:
            with pytest.raises(type(refused)) as caught:
                self.loop.run(asked)
            assert caught.value.args == refused.args
            return None
        answer = self.loop.run(asked)
        assert wanted is None or answer == wanted
        return wanted

    def seat(self, name: str, side: Side, account_id: int) -> Seat:
        if side is Side.VISITOR:
            return visitor_seat(name)
        return seat_of_mentor(name, MentorSeat(account_id, key_of(account_id), 0))

    @rule(name=NAMES, early=st.integers(-5, 5))
    def open(self, name: str, early: int) -> None:
        if name in self.model.talks:
            return
        self.count += 1
        conversation = waiting_conversation(name, since_ms=10 + self.count + early)
        self.both(
            self.store.open(conversation, queue_cap=QUEUE_CAP),
            lambda: self.model.open(conversation, QUEUE_CAP),
        )

    @rule(account_id=ACCOUNTS)
    def take(self, account_id: int) -> None:
        async def take() -> str:
            return (await self.store.take_oldest(account_id=account_id, key_id=key_of(account_id))).id

        self.both(take(), lambda: self.model.take(account_id, key_of(account_id)))

    @rule(
        name=NAMES,
        side=SIDES,
        account_id=ACCOUNTS,
        kind=KINDS,
        step=st.integers(-1, 2),
        off=st.sampled_from([0, 0, 0, -1, 1]),
    )
    def post(self, name: str, side: Side, account_id: int, kind: Any, step: int, off: int) -> None:
        """Post the next envelope, one that was there before, one too far ahead; of this epoch or of another."""
        seat = self.seat(name, side, account_id)
        talk = self.model.talks.get(name)
        have = len(talk.own(seat.sender)) if talk else 0
        epoch = (talk.conversation.epoch if talk else 0) + step
        draft = Draft(max(0, have + off), epoch, kind, f"sealed {have + off} {kind} {epoch}")
        self.both(self.store.post(seat, draft), lambda: self.model.post(seat, draft))

    @rule(name=NAMES, account_id=ACCOUNTS)
    def begin_to_talk(self, name: str, account_id: int) -> None:
        """Take the long way to a conversation in one step: what comes after it is worth more tries."""
        self.mentor_arrives(account_id, "new page", has_key=True)
        self.say_duty(account_id, DutyState.ON)
        self.open(name, early=0)
        self.take(account_id)
        self.grant(name, account_id)

    @rule(name=NAMES, account_id=ACCOUNTS)
    @precondition(lambda self: any(talk.conversation.mentor for talk in self.model.talks.values()))
    def grant(self, name: str, account_id: int) -> None:
        """Let a visitor open the next epoch, which is what makes two people talk."""
        talk = self.model.talks.get(name)
        if talk is not None:
            seat = visitor_seat(name)
            draft = Draft(
                len(talk.own(seat.sender)), talk.conversation.epoch + 1, "grant", f"grant {account_id}"
            )
            self.both(self.store.post(seat, draft), lambda: self.model.post(seat, draft))

    @rule(name=NAMES, side=SIDES, account_id=ACCOUNTS, of=ACCOUNTS, through=st.integers(0, 4))
    def receive(self, name: str, side: Side, account_id: int, of: int, through: int) -> None:
        seat = self.seat(name, side, account_id)
        sender = self.seat(name, side.other, of).sender
        self.both(
            self.store.note_received(seat, sender, through),
            lambda: self.model.note_received(seat, sender, through),
        )

    @rule(name=NAMES, change=st.sampled_from([rules.release, rules.ask_for_another]))
    def change(self, name: str, change: Callable[[rules.Conversation], rules.Conversation]) -> None:
        async def apply() -> None:
            await self.store.change(name, change)

        self.both(apply(), lambda: self.model.become(change(self.model.talk(name).conversation)))

    @rule(name=NAMES, epoch=st.integers(1, 3))
    def decline(self, name: str, epoch: int) -> None:
        async def apply() -> None:
            await self.store.change(name, lambda conversation: rules.decline(conversation, epoch))

        self.both(
            apply(), lambda: self.model.become(rules.decline(self.model.talk(name).conversation, epoch))
        )

    @rule(name=NAMES, account_id=ACCOUNTS)
    def ask_colleague(self, name: str, account_id: int) -> None:
        async def ask() -> None:
            await self.store.ask_colleague(name, key_of(account_id))

        self.both(ask(), lambda: self.model.ask_colleague(name, key_of(account_id)))

    @rule(asked=ACCOUNTS, is_granted=st.booleans())
    def begin_to_hand_over(self, asked: int, is_granted: bool) -> None:
        """Ask a colleague, and let the visitor agree or think about it."""
        self.mentor_arrives(asked, "new page", has_key=True)
        self.say_duty(asked, DutyState.ON)
        for name, talk in list(self.model.talks.items()):
            if talk.conversation.phase is rules.Phase.TALKING:
                self.ask_colleague(name, asked)
                if is_granted:
                    self.grant(name, asked)

    @rule(account_id=ACCOUNTS)
    def turn_down(self, account_id: int) -> None:
        name = self.model.asked(account_id)
        if name is None:
            return

        def turn(conversation: rules.Conversation) -> rules.Conversation:
            return rules.turn_down(conversation, account_id=account_id)

        async def apply() -> None:
            await self.store.change(name, turn)

        self.both(apply(), lambda: self.model.become(turn(self.model.talk(name).conversation)))

    @rule(name=NAMES, by=st.sampled_from(list(EndedBy)))
    def erase(self, name: str, by: EndedBy) -> None:
        self.both(self.store.erase(name, by), lambda: self.model.erase(name, by))

    @rule(name=NAMES)
    def write_ticket(self, name: str) -> None:
        if name in self.model.talks:
            held = self.model.talks[name].conversation
            self.tickets[name] = rules.replace(held, next=None)

    @rule(name=NAMES)
    def restore(self, name: str) -> None:
        """Bring a conversation back by its ticket, unless its mentor has sat down somewhere else meanwhile."""
        ticket = self.tickets.get(name)
        if ticket is None:
            return
        if ticket.mentor is not None:
            account_id = ticket.mentor.account_id or 0
            elsewhere = {self.model.seated(account_id, ticket.mentor.key_id), self.model.asked(account_id)}
            if elsewhere - {None, name}:
                return

        async def bring() -> None:
            await self.store.restore(ticket)

        self.both(bring(), lambda: self.model.restore(ticket))

    @rule(name=NAMES, side=SIDES, connection=CONNECTIONS)
    def arrive(self, name: str, side: Side, connection: str) -> None:
        talk = self.model.talks.get(name)
        mentor = talk.conversation.mentor if talk else None
        if side is Side.MENTOR and (mentor is None or mentor.account_id is None):
            return
        seat = self.seat(name, side, mentor.account_id if mentor and mentor.account_id else 1)
        self.both(self.store.arrive(seat, connection), lambda: self.model.arrive(seat, connection))

    @rule(name=NAMES, side=SIDES, connection=CONNECTIONS)
    def depart(self, name: str, side: Side, connection: str) -> None:
        seat = self.seat(name, side, 1)
        self.both(self.store.depart(seat, connection), lambda: self.model.depart(seat, connection))

    @rule(account_id=ACCOUNTS, state=st.sampled_from(list(DutyState)))
    def say_duty(self, account_id: int, state: DutyState) -> None:
        self.loop.run(self.store.set_duty(account_id, state))
        self.model.mentor(account_id).duty = state

    @rule(account_id=ACCOUNTS, connection=CONNECTIONS, has_key=st.booleans())
    def mentor_arrives(self, account_id: int, connection: str, has_key: bool) -> None:
        colleague = Colleague(key_of(account_id), f"Alias {account_id}") if has_key else None
        self.loop.run(self.store.mentor_arrives(account_id, connection, colleague))
        mentor = self.model.mentor(account_id)
        mentor.connection, mentor.key_id = connection, key_of(account_id) if has_key else None

    @rule(account_id=ACCOUNTS, connection=CONNECTIONS)
    def mentor_departs(self, account_id: int, connection: str) -> None:
        self.both(
            self.store.mentor_departs(account_id, connection),
            lambda: self.model.mentor_departs(account_id, connection),
        )

    @rule(seconds=st.sampled_from([1, 30, 61, 121, 601]))
    def time_passes(self, seconds: float) -> None:
        self.clock.pass_time(seconds)
        self.model.now_s = self.clock.seconds

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        self.loop.run(self._compare())

    async def _compare(self) -> None:
        store, model = self.store, self.model
        overdue = await store.overdue(**GRACE)
        assert {(each.conversation_id, each.side) for each in overdue} == model.overdue(**GRACE)
        line = model.line()
        view = await store.queue_view(limit=10)
        assert (view.count, view.since_ms) == (len(line), tuple(each.since_ms for each in line))
        assert await store.waiting_count() == len(line)
        seats = [talk.conversation.mentor for talk in model.talks.values() if talk.conversation.mentor]
        assert await store.talking_count() == len(seats)
        for name in ("a", "b", "c"):
            assert await store.ended_by(name) == model.ended_by(name)
            await self._compare_talk(name)
        connected = [account for account, mentor in model.mentors.items() if mentor.connection is not None]
        on_duty = [account for account in connected if model.mentors[account].duty is DutyState.ON]
        assert sorted(await store.on_duty()) == sorted(on_duty)
        assert await store.duty_count() == len(on_duty)
        paused = [account for account in connected if model.mentors[account].duty is DutyState.PAUSED]
        assert await store.paused_count() == len(paused)
        for account_id in (1, 2, 3):
            assert await store.seated(account_id=account_id, key_id=key_of(account_id)) == model.seated(
                account_id, key_of(account_id)
            )
            asked = await store.asked(account_id)
            assert (asked.id if asked else None) == model.asked(account_id)
            assert await store.mentor_connection(account_id) == model.mentor(account_id).connection
            assert {each.key_id for each in await store.colleagues(account_id)} == model.colleagues(
                account_id
            )

    async def _compare_talk(self, name: str) -> None:
        talk, view = self.model.talks.get(name), await self.store.view(name)
        log = await self.store.envelopes_after(name, 0, limit=1000)
        if talk is None:
            assert view is None
            assert await self.store.find(name) is None
            assert list(log) == []
            return
        assert view is not None
        assert view.conversation == await self.store.find(name) == talk.conversation
        line = [conversation.id for conversation in self.model.line()]
        assert view.place == (line.index(name) + 1 if name in line else None)
        assert {side: each.connection for side, each in view.presence.items()} == talk.connected
        assert {sender: count for sender, count in view.received.items() if count} == {
            sender: count for sender, count in talk.received.items() if count
        }
        assert [each.position for each in log] == list(range(1, len(talk.log) + 1))
        assert [
            (each.sender, Draft(each.sequence, each.epoch, each.kind, each.body)) for each in log
        ] == talk.log


def test_a_live_store_and_the_model_never_disagree(open_store: OpenStore) -> None:
    class Machine(LiveMachine):
        pass

    Machine.open_store = staticmethod(open_store)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[
                HealthCheck.too_slow,
                HealthCheck.filter_too_much,
                # The server is emptied whenever the store is opened.
                HealthCheck.function_scoped_fixture,
            ],
        ),
    )
