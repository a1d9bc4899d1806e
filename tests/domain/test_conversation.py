"""A conversation's transitions: what is refused in each phase, and what follows from what is allowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatservice.domain import conversation as rules
from chatservice.domain.conversation import Conversation, Phase
from chatservice.domain.envelope import mentor_sender
from chatservice.domain.seat import MentorSeat, Seat, Side
from chatservice.errors import OutOfTurnError, WrongEpochError
from tests.live_builders import KEY_ID, OTHER_KEY_ID, draft, waiting_conversation

VISITOR = Seat("a", Side.VISITOR, "visitor")
MENTOR = Seat("a", Side.MENTOR, mentor_sender(KEY_ID))
COLLEAGUE = Seat("a", Side.MENTOR, mentor_sender(OTHER_KEY_ID))


def taken(conversation: Conversation | None = None) -> Conversation:
    return rules.take(conversation or waiting_conversation(), account_id=7, key_id=KEY_ID)


def talking() -> Conversation:
    return rules.after_post(taken(), VISITOR, draft(0, epoch=1, kind="grant"))


def test_nobody_takes_a_seat_that_is_taken():
    with pytest.raises(OutOfTurnError):
        rules.take(taken(), account_id=8, key_id=OTHER_KEY_ID)


@pytest.mark.parametrize(
    ("conversation", "epoch"), [(waiting_conversation(), 1), (taken(), 2), (talking(), 1)]
)
def test_only_the_present_offer_can_be_declined(conversation, epoch):
    with pytest.raises(OutOfTurnError):
        rules.decline(conversation, epoch)


def test_a_declined_offer_leaves_the_epoch_for_the_next_mentor():
    declined = rules.decline(taken(), 1)

    assert declined.phase is Phase.WAITING
    assert rules.take(declined, account_id=8, key_id=OTHER_KEY_ID).mentor == MentorSeat(8, OTHER_KEY_ID, 1)


@pytest.mark.parametrize(
    ("conversation", "account_id", "key_id"),
    [(waiting_conversation(), 7, KEY_ID), (taken(), 8, KEY_ID), (taken(), 7, OTHER_KEY_ID)],
)
def test_a_seat_is_given_back_to_nobody_but_its_mentor(conversation, account_id, key_id):
    with pytest.raises(OutOfTurnError):
        rules.reclaim(conversation, account_id=account_id, key_id=key_id)


def test_nobody_is_spared_a_mentor_who_is_not_there():
    with pytest.raises(OutOfTurnError):
        rules.ask_for_another(waiting_conversation())


def test_a_mentor_whom_the_visitor_was_spared_is_not_seated_again():
    spared = rules.ask_for_another(talking())

    assert spared.phase is Phase.WAITING
    with pytest.raises(OutOfTurnError):
        taken(spared)
    assert rules.take(spared, account_id=8, key_id=OTHER_KEY_ID).mentor == MentorSeat(8, OTHER_KEY_ID, 2)


def test_a_seat_known_by_key_alone_gets_its_account_when_the_mentor_comes_back():
    restored = Conversation("a", b"", 1, "share", 1, MentorSeat(None, KEY_ID, 1))

    assert rules.reclaim(restored, account_id=7, key_id=KEY_ID).mentor == MentorSeat(7, KEY_ID, 1)


@pytest.mark.parametrize(
    ("conversation", "seat", "posted", "refusal"),
    [
        (waiting_conversation(), VISITOR, draft(0, kind="offer"), OutOfTurnError),
        (waiting_conversation(), VISITOR, draft(0, epoch=1), WrongEpochError),
        (taken(), VISITOR, draft(0, epoch=1), WrongEpochError),
        (taken(), VISITOR, draft(0, epoch=2, kind="grant"), WrongEpochError),
        (waiting_conversation(), MENTOR, draft(0, epoch=1), OutOfTurnError),
        (talking(), MENTOR, draft(0, epoch=1, kind="grant"), OutOfTurnError),
        (talking(), MENTOR, draft(0, epoch=0), WrongEpochError),
        (talking(), MENTOR, draft(0, epoch=2, kind="offer"), WrongEpochError),
        (talking(), COLLEAGUE, draft(0, epoch=1), OutOfTurnError),
        (talking(), COLLEAGUE, draft(0, epoch=2, kind="offer"), OutOfTurnError),
    ],
)
def test_what_a_seat_may_not_post_is_refused(conversation, seat, posted, refusal):
    with pytest.raises(refusal):
        rules.after_post(conversation, seat, posted)


def test_a_refused_epoch_is_answered_with_the_one_in_use():
    with pytest.raises(WrongEpochError) as refusal:
        rules.after_post(talking(), VISITOR, draft(0, epoch=5))

    assert refusal.value.detail == {"epoch": 1}


def test_only_the_visitors_grant_opens_an_epoch():
    offered = taken()
    after_offer = rules.after_post(offered, MENTOR, draft(0, epoch=1, kind="offer"))

    assert (offered.phase, after_offer.phase, talking().phase) == (
        Phase.OFFERED,
        Phase.OFFERED,
        Phase.TALKING,
    )
    assert talking().epoch == 1


def test_a_grant_that_crossed_the_mentors_loss_still_opens_its_epoch():
    lost = rules.release(taken())

    granted = rules.after_post(lost, VISITOR, draft(0, epoch=1, kind="grant"))

    assert (granted.phase, granted.epoch) == (Phase.WAITING, 1)
    assert rules.take(granted, account_id=8, key_id=OTHER_KEY_ID).mentor == MentorSeat(8, OTHER_KEY_ID, 2)


def test_everything_said_earlier_may_be_posted_anew():
    for posted in (draft(0), draft(1, epoch=1, kind="grant"), draft(2, epoch=1)):
        assert rules.after_post(talking(), VISITOR, posted) == talking()


@pytest.mark.parametrize(
    ("conversation", "present", "phase"),
    [
        (waiting_conversation(), False, Phase.WAITING),
        (taken(), True, Phase.OFFERED),
        (taken(), False, Phase.AWAY),
        (talking(), True, Phase.TALKING),
        (talking(), False, Phase.AWAY),
    ],
)
def test_a_seated_mentor_without_a_connection_is_away(conversation, present, phase):
    assert rules.seen_phase(conversation, mentor_present=present) is phase


@given(
    st.integers(0, 5),
    st.integers(0, 5),
    st.booleans(),
    st.booleans(),
)
def test_the_higher_epoch_wins_whichever_ticket_comes_first(
    first_epoch, second_epoch, first_seated, second_seated
):
    def conversation(epoch: int, seated: bool, key_id: str) -> Conversation:
        mentor = MentorSeat(7, key_id, epoch + 1) if seated else None
        return Conversation("a", b"", 1, "share", epoch, mentor)

    first = conversation(first_epoch, first_seated, KEY_ID)
    second = conversation(second_epoch, second_seated, OTHER_KEY_ID)

    winner, other_way = rules.newer(first, second), rules.newer(second, first)

    if (first_epoch, first_seated) != (second_epoch, second_seated):
        assert winner == other_way
    assert winner.epoch + (winner.mentor is not None) == max(
        first_epoch + first_seated, second_epoch + second_seated
    )
