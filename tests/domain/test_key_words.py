"""The words that keys are compared by, and the list they come from; Node meets the same vectors."""

import re

import pytest

from chatservice.domain.key_words import LIST_LENGTH, key_words
from chatservice.errors import MalformedError
from chatservice.word_list import word_list
from tests.participants.vectors import each


def as_spoken(word: str) -> str:
    """Spell a word nearly as it sounds, so that words which only look different come out alike."""
    for pattern, sound in (
        (r"stj|skj|sch|sj|ch|sk(?=[eiyäö])|tj|kj|^k(?=[eiyäö])", "S"),
        (r"^(?:hj|gj|dj|lj|g(?=[eiyäö]))", "j"),
        (r"c(?=[eiyäö])|z", "s"),
        (r"ck|c|q", "k"),
        (r"w", "v"),
        (r"x", "ks"),
        (r"é|ä", "e"),
        (r"å", "o"),
        (r"(.)\1", r"\1"),
    ):
        word = re.sub(pattern, sound, word)
    return word


def test_a_name_that_is_no_key_id_is_refused():
    with pytest.raises(MalformedError):
        key_words("=", word_list())


def test_the_list_has_1024_short_words_in_order():
    words = word_list()

    assert len(words) == len(set(words)) == LIST_LENGTH
    assert list(words) == sorted(words)
    assert [word for word in words if not re.fullmatch("[a-zåäö]{3,8}", word)] == []


def test_no_two_words_can_be_taken_for_each_other():
    words = word_list()

    alike: list[tuple[str, str]] = []
    with_a_gap: dict[str, str] = {}
    heard: dict[str, str] = {}
    for word in words:
        alike += [
            (with_a_gap[gap], word)
            for place in range(len(word))
            if with_a_gap.setdefault(gap := f"{word[:place]}*{word[place + 1 :]}", word) != word
        ]
        shorter = {word[:place] + word[place + 1 :] for place in range(len(word))}
        alike += [(other, word) for other in shorter & set(words)]
        if heard.setdefault(as_spoken(word), word) != word:
            alike.append((heard[as_spoken(word)], word))

    assert alike == []


@each("key_words", "keys")
def test_a_key_has_the_same_words_here_and_in_browsers(vector):
    assert list(key_words(vector["key_id"], word_list())) == vector["words"]


def test_every_bit_of_the_first_eighty_counts():
    numbers = [str(number) for number in range(LIST_LENGTH)]

    assert key_words("AAAAAAAAAAAAAAAAAAAAAA", numbers) == ("0",) * 8
    assert key_words("_____________wAAAAAAAA", numbers) == ("1023",) * 8
    assert key_words("AAQBAQAgAAAAAAAAAAAAAA", numbers)[:4] == ("0", "64", "64", "256")
