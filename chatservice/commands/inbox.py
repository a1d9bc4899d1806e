"""`inbox list`, `read`, `erase` and `feedback`: what has come to the coordinators, opened with their key file.

The passphrase comes from standard input and what is read goes to standard output; neither is written anywhere.
"""

import argparse
import asyncio
from collections.abc import Sequence

from chatservice.commands.migrate import ensure_current
from chatservice.commands.passphrase import read_passphrase
from chatservice.domain.feedback import KEPT_FOR, Face, SealedFeedback
from chatservice.domain.letter import Letter, SealedLetter, Topic, printable
from chatservice.errors import MalformedError, NotOwnerError, StartError
from chatservice.inbox_key import InboxKey
from chatservice.ports import Letters
from chatservice.records import open_records
from chatservice.settings import Settings
from chatservice.usecases.feedback import forget_old_feedback
from chatservice.usecases.letters import forget_old_letters

TOPICS = {
    Topic.QUESTION: "En fråga",
    Topic.IDEA: "En idé",
    Topic.OPINION: "En åsikt",
    Topic.OTHER: "Något annat",
}
FACES = {
    Face.BETTER: "Det kändes bättre",
    Face.SAME: "Ungefär som förut",
    Face.WORSE: "Det kändes sämre",
}


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Run an `inbox` command. Raises `StartError`."""
    ensure_current(settings)
    # Before the records are opened: a question for a passphrase holds no database.
    key = _key(settings, options) if options.act in {"read", "feedback"} else None
    asyncio.run(_run(settings, options, key))
    return 0


async def _run(settings: Settings, options: argparse.Namespace, key: InboxKey | None) -> None:
    async with open_records(settings) as records:
        clock = settings.make_clock()
        await forget_old_letters(records.letters, clock)
        await forget_old_feedback(records.feedback, clock)
        released = await records.feedback.released(clock.now())
        if options.act == "list":
            _show_all(await records.letters.everything())
            if released:
                print(f"Omdömen efter samtal: {len(released)}. Visa dem med: inbox feedback")
        elif options.act == "feedback":
            _show_feedback(released, key)
        elif options.act == "erase":
            if not await records.letters.remove(options.number):
                raise _missing(options.number)
            print(f"Meddelande {options.number} är raderat.")
        elif key is not None:
            await _show(records.letters, options.number, key)


def _key(settings: Settings, options: argparse.Namespace) -> InboxKey | None:
    if options.key is not None:
        return InboxKey.load(options.key, read_passphrase(confirm=False) or None)
    if settings.is_example and settings.example_inbox_key_file.exists():
        return InboxKey.load(settings.example_inbox_key_file, None)
    if options.act == "feedback":
        return None
    raise StartError("Ange inkorgsnyckelns fil med --key, och skriv dess lösenfras på standard in.")


def _show_all(letters: Sequence[SealedLetter]) -> None:
    if not letters:
        print("Inkorgen är tom.")
    for letter in letters:
        print(f"{letter.number}  kom {letter.received_on:%Y-%m-%d}  raderas {letter.kept_until:%Y-%m-%d}")


def _show_feedback(released: Sequence[SealedFeedback], key: InboxKey | None) -> None:
    """Show the faces as counts and the lines in no order; neither says when it came, nor after which conversation."""
    if not released:
        print("Inga omdömen att visa. Det som kommer i dag visas i morgon.")
        return
    for face, words in FACES.items():
        print(f"{words + ':':<19}{sum(1 for given in released if given.face is face)}")
    print(f"Varje omdöme raderas {KEPT_FOR.days} dagar efter att det visades första gången.")
    sealed = [given for given in released if given.sealed]
    if sealed and key is None:
        print(f"Rader till samordnaren: {len(sealed)}. Läs dem med: inbox feedback --key FIL")
        return
    for given in sealed:
        print(f"\n{FACES[given.face]}:\n  {_line(given, key)}")


def _line(given: SealedFeedback, key: InboxKey | None) -> str:
    try:
        return printable(key.open_line(given.sealed)) if key else ""
    except (NotOwnerError, MalformedError):
        return f"(låst med en annan nyckel, id {given.key_id})"


async def _show(letters: Letters, number: int, key: InboxKey) -> None:
    sealed = await letters.find(number)
    if sealed is None:
        raise _missing(number)
    try:
        letter = key.open(sealed.sealed)
    except (NotOwnerError, MalformedError) as error:
        raise StartError(
            f"Nyckeln öppnar inte meddelande {number}: det är låst med en annan (id {sealed.key_id}, den här har "
            f"{key.key_id}). Ange rätt fil med --key."
        ) from error
    _print(sealed, letter)


def _print(sealed: SealedLetter, letter: Letter) -> None:
    print(f"Nummer:  {sealed.number}")
    print(f"Kom:     {sealed.received_on:%Y-%m-%d}")
    print(f"Raderas: {sealed.kept_until:%Y-%m-%d}, eller med: inbox erase {sealed.number}")
    print(f"Gäller:  {TOPICS[letter.topic]}")
    print(f"Svar:    {printable(letter.email) or 'önskas inte (ingen e-postadress)'}")
    print()
    print(printable(letter.text))


def _missing(number: int) -> StartError:
    return StartError(f"Det finns inget meddelande {number}: se inbox list.")
