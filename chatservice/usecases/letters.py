"""What happens to a letter: it is sealed as it comes in, kept until a date, and erased then.

Knows the records as a port and the clock that is handed in. Nothing here can open a letter: the private half of the
inbox key is with the coordinators (theme/static/js/crypto/letters.js, `commands/inbox.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from chatservice.domain.audit import Act
from chatservice.domain.letter import KEPT_FOR, Letter, SealedLetter, received_day
from chatservice.domain.letter_sealing import inbox_key_id, seal_letter
from chatservice.errors import InboxFullError
from chatservice.ports import Clock, Letters, Records
from chatservice.usecases.auditing import note

MOST_LETTERS = 2000
"""Forty megabytes of the longest ones: a flood fills neither the disk nor the coordinators' days without end."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """Where letters go. `public_key` is the inbox key's (65 bytes); `announce` says only that there is something."""

    letters: Letters
    clock: Clock
    public_key: bytes
    announce: Callable[[], None]


async def send_letter(inbox: Inbox, letter: Letter) -> None:
    """Seal a letter and keep it for 90 days at most. Raises `InboxFullError`."""
    if await inbox.letters.count() >= MOST_LETTERS:
        raise InboxFullError
    received_on = received_day(inbox.clock.now())
    await inbox.letters.add(
        SealedLetter(
            key_id=inbox_key_id(inbox.public_key),
            sealed=seal_letter(letter, inbox.public_key),
            received_on=received_on,
            kept_until=received_on + KEPT_FOR,
        )
    )
    inbox.announce()


async def erase_letter(records: Records, clock: Clock, number: int, *, by: int) -> bool:
    """Erase a letter that was answered; False when there is none any more."""
    erased = await records.letters.remove(number)
    if erased:
        await note(records.audit_log, clock, by, Act.LETTER_ERASED)
    return erased


async def forget_old_letters(letters: Letters, clock: Clock) -> int:
    """Erase the letters whose time is over; return how many they were."""
    return await letters.remove_kept_until(clock.now())
