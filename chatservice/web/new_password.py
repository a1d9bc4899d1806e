"""What is wrong with a password that somebody chooses, in words. No rule but its length: long is what helps."""

from chatservice.usecases.proving import LONGEST_PASSWORD, SHORTEST_PASSWORD, normal
from chatservice.web.languages import N_

TOO_SHORT = N_("Lösenordet behöver minst 10 tecken.")
TOO_LONG = N_("Lösenordet får ha högst 200 tecken.")
NOT_THE_SAME = N_("De två lösenorden är inte likadana.")


def password_errors(password: str, again: str) -> dict[str, str]:
    """Return sentences for translation by field; nothing when the password can be used."""
    length = len(normal(password))
    if length < SHORTEST_PASSWORD:
        return {"password": TOO_SHORT}
    if length > LONGEST_PASSWORD:
        return {"password": TOO_LONG}
    return {} if normal(password) == normal(again) else {"password_again": NOT_THE_SAME}
