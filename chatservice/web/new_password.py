"""What is wrong with a password that somebody chooses, in words: too short, too long, or tried by anybody first."""

from chatservice.usecases.guessable import is_guessable
from chatservice.usecases.proving import LONGEST_PASSWORD, SHORTEST_PASSWORD, normal
from chatservice.web.languages import N_

TOO_SHORT = N_("Lösenordet behöver minst 10 tecken.")
TOO_LONG = N_("Lösenordet får ha högst 200 tecken.")
TOO_EASY = N_("Det lösenordet är bland de första som någon provar. Ta tre eller fyra ord efter varandra.")
NOT_THE_SAME = N_("De två lösenorden är inte likadana.")


def password_errors(password: str, again: str) -> dict[str, str]:
    """Return sentences for translation by field; nothing when the password can be used."""
    length = len(normal(password))
    if length < SHORTEST_PASSWORD:
        return {"password": TOO_SHORT}
    if length > LONGEST_PASSWORD:
        return {"password": TOO_LONG}
    if is_guessable(normal(password)):
        return {"password": TOO_EASY}
    return {} if normal(password) == normal(again) else {"password_again": NOT_THE_SAME}
