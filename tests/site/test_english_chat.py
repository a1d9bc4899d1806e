"""The chat in English: the same page as in Swedish, sentence for sentence, and no Swedish left in it."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

SPOKEN = {"aria-label", "alt", "title", "placeholder"}
# Names, addresses, numbers, and words that both languages have.
SAME_IN_BOTH = re.compile(r"[\W\d_]*|Invidzonen|Bris:?|\S+@\S+|in")


class Chat(HTMLParser):
    """What the chat page says: its words by name, and everything that is read or heard."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: dict[str, str] = {}
        self.said: list[str] = []
        self._word = ""
        self._is_silent = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._word = values.get("data-word", "")
        # What is marked as another language is a name: the link to the other version.
        self._is_silent = tag in {"script", "style"} or (tag != "html" and "lang" in values)
        is_description = values.get("name") == "description"
        self.said += [
            v for name, v in values.items() if name in SPOKEN or (is_description and name == "content")
        ]
        if "data-word" in values:
            self.words[self._word] = ""

    def handle_endtag(self, tag: str) -> None:
        self._word, self._is_silent = "", False

    def handle_data(self, data: str) -> None:
        if self._word:
            self.words[self._word] += data.strip()
        if not self._is_silent:
            self.said.append(data)


@pytest.fixture(scope="module")
def swedish(built_site: Path) -> Chat:
    return Chat((built_site / "chatt/index.html").read_text("utf-8"))


@pytest.fixture(scope="module")
def english(built_site: Path) -> Chat:
    return Chat((built_site / "en/chat/index.html").read_text("utf-8"))


def test_each_word_that_a_script_may_show_is_there_and_is_another_one(swedish: Chat, english: Chat):
    assert len(english.words) > 60
    assert english.words.keys() == swedish.words.keys()
    assert {name for name, text in english.words.items() if not text or text == swedish.words[name]} == set()


def test_nothing_that_is_read_or_heard_is_the_same_as_in_swedish(swedish: Chat, english: Chat):
    in_swedish = {" ".join(text.split()) for text in swedish.said}
    in_english = {" ".join(text.split()) for text in english.said}

    assert len(in_english) > 100
    assert {text for text in in_swedish & in_english if not SAME_IN_BOTH.fullmatch(text)} == set()
