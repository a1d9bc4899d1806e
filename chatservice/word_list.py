"""The list of words that keys are compared by: read from the theme, where browsers fetch the same file."""

import json
from functools import cache
from typing import Final, cast

from chatservice.settings import PROJECT

FILE: Final = PROJECT / "theme" / "static" / "words" / "key_words.json"


@cache
def word_list() -> tuple[str, ...]:
    """Return the 1,024 words in their order."""
    return tuple(cast("list[str]", json.loads(FILE.read_text(encoding="utf-8"))))
