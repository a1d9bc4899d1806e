"""What the account commands share: the desk over opened records, reading a password, and showing credentials."""

import getpass
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from chatservice.clock import SystemClock
from chatservice.credentials import TimeCodes
from chatservice.errors import ChatError, MalformedError, StartError, UsernameTakenError, WeakPasswordError
from chatservice.organisation import OrganisationError, load_organisation
from chatservice.records import open_records
from chatservice.settings import Settings
from chatservice.staff import make_desk
from chatservice.usecases.accounts import LONGEST_PASSWORD, SHORTEST_PASSWORD, StaffDesk


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncGenerator[StaffDesk]:
    """Open the records and put the desk over them. Raises `StartError`."""
    pinned = load_organisation(settings.content_dir).keys.pinned
    async with open_records(settings) as records:
        yield make_desk(settings, records, settings.make_clock(), pinned=pinned)


def read_password() -> str:
    """Read a password from standard input: one line, or a question at a terminal."""
    if sys.stdin.isatty():
        return getpass.getpass("Lösenord: ")
    return sys.stdin.readline().rstrip("\r\n")


def one_line(error: ChatError) -> StartError:
    """Return the refusal of an account as one line with its remedy."""
    match error:
        case UsernameTakenError():
            return StartError("Användarnamnet är upptaget: välj ett annat.")
        case WeakPasswordError():
            return StartError(
                f"Lösenordet ska ha {SHORTEST_PASSWORD} till {LONGEST_PASSWORD} tecken "
                "och inte vara lätt att gissa: skriv ett annat på standard in."
            )
        case MalformedError(args=("alias",)):
            return StartError("Aliaset ska ha 1 till 40 tecken: välj ett annat med --alias.")
        case MalformedError():
            return StartError(
                "Användarnamnet får ha 1 till 32 tecken: a till ö, siffror, punkt, streck och understreck. "
                "Välj ett annat."
            )
        case _:
            return StartError(f"Det gick inte ({error.code}).")


def code_address(settings: Settings, secret: str, username: str) -> str:
    """Return the otpauth address that a code app reads."""
    try:
        issuer = load_organisation(settings.content_dir).short_name
    except OrganisationError:
        issuer = "Chatt"
    return TimeCodes((SystemClock(),)).address(secret, username=username, issuer=issuer)


def present_code(secret: str) -> str:
    """Return the present one-time code and how long a phone will show it, as words."""
    code, seconds = TimeCodes((SystemClock(),)).code_now(secret)
    return f"{code}  (nästa kod kommer om {seconds} s; den här godtas i högst {seconds + 30} s)"
