"""A handover's transitions: who may be asked, what a colleague who is asked may do, and who has left her seat."""

from dataclasses import replace

import pytest

from chatservice.domain import conversation as rules
from chatservice.domain.conversation import Conversation, Phase
from chatservice.domain.envelope import mentor_sender
from chatservice.domain.seat import MentorSeat, Seat, Side, key_of
from chatservice.errors import OutOfTurnError, WrongEpochError
from tests.live_builders import KEY_ID, OTHER_KEY_ID, draft, waiting_conversation

VISITOR = Seat("a", Side.VISITOR, "visitor")
MENTOR = Seat("a", Side.MENTOR, mentor_sender(KEY_ID))
COLLEAGUE = Seat("a", Side.MENTOR, mentor_sender(OTHER_KEY_ID))
GRANT = draft(1, epoch=2, kind="grant")


def talking() -> Conversation:
    taken = rules.take(waiting_conversation(), account_id=7, key_id=KEY_ID)
    return rules.after_post(taken, VISITOR, draft(0, epoch=1, kind="grant"))


def asked() -> Conversation:
    return rules.ask_colleague(talking(), account_id=8, key_id=OTHER_KEY_ID)


@pytest.mark.parametrize(
    ("conversation", "account_id", "key_id"),
    [
        (waiting_conversation(), 8, OTHER_KEY_ID),
        (rules.take(waiting_conversation(), account_id=7, key_id=KEY_ID), 8, OTHER_KEY_ID),
        (talking(), 8, KEY_ID),
        (talking(), 7, OTHER_KEY_ID),
        (replace(talking(), avoids=frozenset({OTHER_KEY_ID})), 8, OTHER_KEY_ID),
    ],
    ids=["nobody sits here", "nobody talks yet", "her own key", "her own account", "to be spared"],
)
def test_who_cannot_take_over_is_not_asked(conversation, account_id, key_id):
    with pytest.raises(OutOfTurnError):
        rules.ask_colleague(conversation, account_id=account_id, key_id=key_id)


@pytest.mark.parametrize(
    ("posted", "refusal"),
    [
        (draft(0, epoch=2), OutOfTurnError),
        (draft(0, epoch=2, kind="grant"), OutOfTurnError),
        (draft(0, epoch=1, kind="offer"), WrongEpochError),
        (draft(0, epoch=3, kind="offer"), WrongEpochError),
    ],
)
def test_a_colleague_who_is_asked_may_offer_for_the_next_epoch_and_nothing_else(posted, refusal):
    with pytest.raises(refusal):
        rules.after_post(asked(), COLLEAGUE, posted)

    assert rules.after_post(asked(), COLLEAGUE, draft(0, epoch=2, kind="offer")) == asked()


def test_only_the_colleague_herself_turns_it_down():
    for conversation, account_id in ((asked(), 7), (talking(), 8)):
        with pytest.raises(OutOfTurnError):
            rules.turn_down(conversation, account_id=account_id)

    assert rules.turn_down(asked(), account_id=8) == talking()


def test_the_visitors_browser_can_refuse_the_colleague_and_keeps_her_mentor():
    assert rules.decline(asked(), 2) == talking()


def test_the_present_mentor_speaks_until_the_grant_and_never_after_it():
    assert rules.after_post(asked(), MENTOR, draft(0, epoch=1)) == asked()
    over = rules.after_post(asked(), VISITOR, GRANT)

    for posted in (draft(1, epoch=1), draft(1, epoch=2), draft(1, epoch=3, kind="offer")):
        with pytest.raises(OutOfTurnError):
            rules.after_post(over, MENTOR, posted)


def test_the_grant_seats_the_colleague_and_the_asking_is_over():
    over = rules.after_post(asked(), VISITOR, GRANT)

    assert (over.phase, over.epoch, over.mentor, over.next) == (
        Phase.TALKING,
        2,
        MentorSeat(8, OTHER_KEY_ID, 2),
        None,
    )


def test_a_grant_for_somebody_whom_nobody_knows_any_more_empties_the_seat():
    over = rules.after_post(talking(), VISITOR, GRANT)

    assert (over.phase, over.epoch) == (Phase.WAITING, 2)


@pytest.mark.parametrize("leave", [rules.release, rules.ask_for_another])
def test_nobody_is_asked_any_more_when_the_mentor_is_gone(leave):
    assert key_of(leave(asked()).next) is None
