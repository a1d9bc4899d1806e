"""What feedback may be, and what is kept of it: a face, a day, and nothing that says after which conversation."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatservice.domain.feedback import KEPT_FOR, LONGEST_LINE, Face, Feedback, keep_feedback, write_feedback


@pytest.mark.parametrize("face", ["", "Better", "great", "better ", "3"])
def test_without_one_of_the_three_faces_there_is_no_feedback(face):
    assert write_feedback(face=face, line="Tack") is None


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("", ""),
        ("  Tack \r\n för\tallt \x00\u202e", "Tack för allt"),
        ("å" * (LONGEST_LINE + 1), "å" * LONGEST_LINE),
    ],
)
def test_a_line_is_one_line_of_what_can_be_read_and_not_longer_than_is_said(written, line):
    assert write_feedback(face="worse", line=written) == Feedback(Face.WORSE, line)


def test_feedback_never_shows_its_line_by_itself():
    assert "hemligt" not in repr(Feedback(Face.SAME, "hemligt"))


@given(st.integers(0, 2**32))
def test_whatever_the_hour_the_day_after_is_all_that_is_known(seconds):
    now = datetime.fromtimestamp(seconds, UTC)

    kept = keep_feedback(Face.SAME, key_id="", sealed=b"", now=now)

    assert kept.released_on.time() == datetime.min.time()
    assert (kept.released_on.date() - now.date()).days == 1
    assert kept.kept_until - kept.released_on == KEPT_FOR


def test_ids_are_random_and_never_the_same():
    ids = [keep_feedback(Face.SAME, key_id="", sealed=b"", now=datetime.now(UTC)).id for _ in range(50)]

    assert len(set(ids)) == 50
    assert ids != sorted(ids)
    assert {len(each) for each in ids} == {22}
