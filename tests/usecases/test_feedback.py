"""Feedback is kept without a tie, its line sealed, shown from the day after and erased in time."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chatservice.domain import letter_sealing, sealing
from chatservice.domain.feedback import LONGEST_LINE, Face, Feedback
from chatservice.domain.letter import Letter, Topic
from chatservice.domain.letter_sealing import inbox_key_id, open_letter, open_line, seal_letter, seal_line
from chatservice.errors import MalformedError, NotOwnerError
from chatservice.usecases import feedback
from chatservice.usecases.feedback import FeedbackDesk, forget_old_feedback, give_feedback
from tests.live_builders import HandClock
from tests.staff_builders import fresh_records

DAY_S = 86_400
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = sealing.public_bytes(KEY)
LINE = "Jag hade velat ha mer tid."


@pytest.fixture
async def desk(tmp_path):
    async with fresh_records(tmp_path) as records:
        yield FeedbackDesk(records.feedback, HandClock(), PUBLIC)


async def test_when_there_is_no_room_nothing_more_is_kept(desk, monkeypatch):
    monkeypatch.setattr(feedback, "MOST_FEEDBACK", 1)

    assert await give_feedback(desk, Feedback(Face.BETTER)) is True
    assert await give_feedback(desk, Feedback(Face.BETTER)) is False
    assert await desk.box.count() == 1


async def test_without_an_inbox_key_only_the_face_is_kept(desk):
    await give_feedback(FeedbackDesk(desk.box, desk.clock, None), Feedback(Face.WORSE, LINE))

    (kept,) = await desk.box.released(desk.clock.now() + timedelta(days=1))
    assert (kept.face, kept.key_id, kept.sealed) == (Face.WORSE, "", b"")


async def test_a_face_alone_has_nothing_sealed(desk):
    await give_feedback(desk, Feedback(Face.SAME))

    (kept,) = await desk.box.released(desk.clock.now() + timedelta(days=1))
    assert (kept.key_id, kept.sealed) == ("", b"")


async def test_a_line_is_sealed_to_the_inbox_key(desk):
    await give_feedback(desk, Feedback(Face.BETTER, LINE))

    (kept,) = await desk.box.released(desk.clock.now() + timedelta(days=1))
    assert kept.key_id == inbox_key_id(PUBLIC)
    assert LINE.encode() not in kept.sealed
    assert open_line(kept.sealed, KEY) == LINE


async def test_feedback_is_erased_90_days_after_it_was_released_and_not_before(desk):
    await give_feedback(desk, Feedback(Face.BETTER, LINE))

    desk.clock.pass_time(90 * DAY_S)
    assert await forget_old_feedback(desk.box, desk.clock) == 0
    desk.clock.pass_time(DAY_S)
    assert await forget_old_feedback(desk.box, desk.clock) == 1
    assert await desk.box.count() == 0


def test_another_key_a_changed_line_and_a_letter_are_not_opened():
    for sealed, key in (
        (seal_line(LINE, PUBLIC), ec.generate_private_key(ec.SECP256R1())),
        (seal_line(LINE, PUBLIC)[:-1], KEY),
        (seal_letter(Letter(Topic.IDEA, LINE), PUBLIC), KEY),
    ):
        with pytest.raises(NotOwnerError):
            open_line(sealed, key)
    with pytest.raises(NotOwnerError):
        open_letter(seal_line(LINE, PUBLIC), KEY)


@pytest.mark.parametrize("content", [b"", b"\x80", sealing.framed("a", "b") + b"\x80", b"\xff" * 40])
def test_what_is_sealed_rightly_and_no_line_is_malformed(content):
    sealed = letter_sealing._SUITE.encrypt(  # pyright: ignore[reportPrivateUsage]
        content,
        KEY.public_key(),
        letter_sealing._LINE_INFO,  # pyright: ignore[reportPrivateUsage]
    )

    with pytest.raises(MalformedError):
        open_line(sealed, KEY)


def test_what_is_kept_of_a_line_has_one_size_whatever_was_written():
    assert len({len(seal_line(line, PUBLIC)) for line in ("", "a", "🌲" * LONGEST_LINE)}) == 1
