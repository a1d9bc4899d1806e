"""A browser key's short name in words that two people can compare by voice: eight of a list of 1,024.

The first 80 bits of the name, ten for each word. Both pages make the words themselves, from the key they see
(theme/static/js/crypto/key_words.js); here they are made for the command line. The list stands beside the theme's
code, in theme/static/words/key_words.json, because browsers fetch it there.
"""

from collections.abc import Sequence
from typing import Final

from chatservice.domain.sealing import from_base64url

LIST_LENGTH: Final = 1024
WORD_COUNT: Final = 8
_BITS: Final = 10


def key_words(key_id: str, words: Sequence[str]) -> tuple[str, ...]:
    """Return the eight words of a key id (base64url of 16 bytes). `words` is the list of 1,024."""
    name = from_base64url(key_id)
    number = int.from_bytes(name[: WORD_COUNT * _BITS // 8])
    return tuple(words[number >> _BITS * place & LIST_LENGTH - 1] for place in reversed(range(WORD_COUNT)))
