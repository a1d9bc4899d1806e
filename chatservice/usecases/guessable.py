"""Whether a password is among those that are tried first: common ones, keyboard rows, and the words of this place.

zxcvbn holds the lists and the arithmetic; it is read when the first password is chosen, since most processes never
need its megabytes. Nobody is asked whether a password has leaked: that would be a third party.
"""

from typing import Final

GUESSES_AT_LEAST: Final = 10**6
"""What a guesser who must come to our door needs years for: sign-ins slow down, and a second factor stands behind."""
_LOOKED_AT: Final = 72
"""Longer ones are long enough; zxcvbn takes no more."""
_WORDS_OF_THIS_PLACE: Final = (
    "lösenord", "losenord", "hemligt", "hemlig", "stödchatt", "stodchatt", "chatt", "stöd", "mentor", "samordnare",
    "redaktör", "anhörig", "soldat", "mission", "utlandsmission", "försvaret", "sommar", "vinter", "höst",
    "vår", "välkommen", "sverige", "svenska", "stockholm", "göteborg", "malmö", "exempel",
)  # fmt: skip


def is_guessable(password: str) -> bool:
    """Say whether a password would be guessed in fewer than `GUESSES_AT_LEAST` tries."""
    from zxcvbn import zxcvbn

    judged = zxcvbn(password[:_LOOKED_AT], user_inputs=list(_WORDS_OF_THIS_PLACE))
    return int(judged["guesses"]) < GUESSES_AT_LEAST
