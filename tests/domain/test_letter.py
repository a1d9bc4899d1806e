"""What a letter may be, and that only the inbox key opens it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from chatservice.domain import letter_sealing, sealing
from chatservice.domain.letter import (
    LONGEST_EMAIL,
    LONGEST_TEXT,
    Letter,
    Topic,
    printable,
    received_day,
    write_letter,
)
from chatservice.domain.letter_sealing import SIZES, inbox_key_id, open_letter, open_line, seal_letter
from chatservice.errors import LetterMistakesError, MalformedError, NotOwnerError
from tests.fixtures.vector_maker.keys import fixed_key

KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = sealing.public_bytes(KEY)
RIGHT = {"topic": "idea", "text": "Visa kön tydligare.", "email": ""}


@pytest.mark.parametrize(
    ("changed", "mistakes"),
    [
        ({"topic": ""}, {"topic": "missing"}),
        ({"topic": "advertising"}, {"topic": "missing"}),
        ({"text": ""}, {"text": "missing"}),
        ({"text": " \r\n\t \x00"}, {"text": "missing"}),
        ({"text": "å" * (LONGEST_TEXT + 1)}, {"text": "too_long"}),
        *(
            ({"email": email}, {"email": "malformed"})
            for email in (
                "namn",
                "a@b",
                "a b@example.org",
                "a@@example.org",
                "a@example..org",
                "@example.org",
            )
        ),
        ({"email": "a" * LONGEST_EMAIL + "@example.org"}, {"email": "malformed"}),
        (
            {"topic": "", "text": "", "email": "x"},
            {"topic": "missing", "text": "missing", "email": "malformed"},
        ),
    ],
)
def test_every_field_that_cannot_be_right_is_named_at_once(changed, mistakes):
    with pytest.raises(LetterMistakesError) as refused:
        write_letter(**(RIGHT | changed))

    assert refused.value.mistakes == mistakes


def test_a_refusal_and_a_letter_never_repeat_what_was_written():
    with pytest.raises(LetterMistakesError) as refused:
        write_letter(topic="question", text="hemligt", email="hemlig")
    letter = write_letter(topic="question", text="hemligt", email="hemlig@example.org")

    assert "hemlig" not in repr(refused.value) + str(refused.value.detail) + repr(letter)


def test_a_letter_keeps_its_lines_and_loses_what_steers_a_screen():
    letter = write_letter(
        topic="opinion", text="  ett\r\ntvå\rtre\x1b[2J\u202eerkyf\x00 👩\u200d🚒  ", email=" a@example.org\n"
    )

    assert letter.text == "ett\ntvå\ntre[2Jerkyf 👩\u200d🚒"
    assert letter.email == "a@example.org"


@pytest.mark.parametrize("length", [1, LONGEST_TEXT])
def test_a_letter_may_be_short_or_as_long_as_is_said(length):
    assert len(write_letter(**(RIGHT | {"text": "å" * length})).text) == length


def test_another_key_opens_nothing():
    sealed = seal_letter(Letter(Topic.IDEA, "hemligt"), PUBLIC)

    with pytest.raises(NotOwnerError):
        open_letter(sealed, ec.generate_private_key(ec.SECP256R1()))


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:-1], lambda data: data[:-1] + b"\x00" + data[-1:], lambda _: b""]
)
def test_a_changed_letter_is_not_opened(spoil):
    with pytest.raises(NotOwnerError):
        open_letter(spoil(seal_letter(Letter(Topic.IDEA, "hemligt"), PUBLIC)), KEY)


@pytest.mark.parametrize(
    "content", [b"", b"\x80", b"\0\0\0\1", sealing.framed("idea", "x") + b"\x80", b"\xff" * 40]
)
def test_what_is_sealed_rightly_and_no_letter_is_malformed(content):
    sealed = letter_sealing._SUITE.encrypt(  # pyright: ignore[reportPrivateUsage]
        content,
        KEY.public_key(),
        letter_sealing._INFO,  # pyright: ignore[reportPrivateUsage]
    )

    with pytest.raises(MalformedError):
        open_letter(sealed, KEY)


def test_what_is_no_key_is_refused():
    with pytest.raises(MalformedError):
        seal_letter(Letter(Topic.IDEA, "hej"), b"\x04" + bytes(64))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=LONGEST_TEXT), st.sampled_from(Topic))
def test_whatever_is_written_is_what_the_coordinator_reads(text, topic):
    letter = Letter(topic, printable(text), "namn@example.org")

    assert open_letter(seal_letter(letter, PUBLIC), KEY) == letter


def test_the_size_of_what_is_kept_tells_one_of_three():
    longest = Letter(Topic.QUESTION, "🌲" * LONGEST_TEXT, "å" * LONGEST_EMAIL)
    sizes = {
        len(seal_letter(letter, PUBLIC))
        for letter in (
            Letter(Topic.IDEA, "a"),
            Letter(Topic.IDEA, "a" * 900),
            Letter(Topic.IDEA, "a" * 3000),
            longest,
        )
    }

    assert len(sizes) == len(SIZES)


def test_only_the_day_of_a_letter_is_known():
    assert received_day(datetime(2026, 11, 22, 19, 31, 7, 5, tzinfo=UTC)) == datetime(
        2026, 11, 22, tzinfo=UTC
    )


VECTORS = json.loads((Path(__file__).parent.parent / "fixtures/vectors/letters.json").read_text("utf-8"))
VECTOR_KEY = fixed_key("inbox")


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["why"])
def test_what_the_browser_refuses_is_refused_here_for_the_same_reason(vector):
    reason = {"unreadable": NotOwnerError, "malformed": MalformedError}[vector["code"]]

    with pytest.raises(reason):
        open_letter(sealing.from_base64url(vector["sealed"]), VECTOR_KEY)


@pytest.mark.parametrize("vector", VECTORS["refused_lines"], ids=lambda vector: vector["why"])
def test_a_line_that_the_browser_refuses_is_refused_here_for_the_same_reason(vector):
    reason = {"unreadable": NotOwnerError, "malformed": MalformedError}[vector["code"]]

    with pytest.raises(reason):
        open_line(sealing.from_base64url(vector["sealed"]), VECTOR_KEY)


def test_what_the_browser_opens_is_opened_here_to_the_same_words():
    assert inbox_key_id(sealing.public_bytes(VECTOR_KEY)) == VECTORS["key_id"]
    for vector in VECTORS["letters"]:
        expected = Letter(Topic(vector["topic"]), vector["text"], vector["email"])
        assert open_letter(sealing.from_base64url(vector["sealed"]), VECTOR_KEY) == expected
    for vector in VECTORS["lines"]:
        assert open_line(sealing.from_base64url(vector["sealed"]), VECTOR_KEY) == vector["line"]
