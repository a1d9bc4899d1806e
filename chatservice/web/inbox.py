"""The coordinators' inbox: mentors who need to talk, letters, feedback, and blocks to lift.

Letters and lines of feedback are given out as they are kept, sealed. They are opened in the coordinator's browser
(theme/static/js/entries/inbox.js); the private half of the inbox key never comes here.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Annotated, Final

import msgspec
from quart import Blueprint, Response, abort
from quart.typing import ResponseReturnValue

from chatservice.domain.certification import Role
from chatservice.domain.feedback import Face, SealedFeedback
from chatservice.domain.letter_sealing import inbox_key_id
from chatservice.domain.retention import RULES
from chatservice.domain.sealing import to_base64url
from chatservice.usecases.letters import erase_letter
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.blocking import INBOX_PATH, block_rows
from chatservice.web.forms import read_form
from chatservice.web.office import done, office_page
from chatservice.web.parts import Parts, parts

blueprint = Blueprint("inbox", __name__)
LETTERS_SHOWN: Final = 100
LINES_SHOWN: Final = 500


class EraseForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which letter is erased: its number."""

    number: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,15}\Z")]


@dataclass(frozen=True, slots=True)
class TalkWish:
    """A mentor who needs to talk, in the words of the page."""

    account_id: int
    alias: str
    asked_on: date


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter as far as it can be known without its key. `is_ours` says that it is sealed to the inbox key in use."""

    number: int
    received_on: date
    kept_until: date
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """The feedback that is shown from one day on: each face's count, and how many lines came with it."""

    released_on: date
    kept_until: date
    faces: tuple[tuple[Face, int], ...]
    lines: int


class SealedLetterItem(msgspec.Struct, frozen=True):
    """A letter for the page to open; base64url."""

    number: int
    sealed: str


class SealedLineItem(msgspec.Struct, frozen=True):
    """A line of feedback for the page to open."""

    day: str
    face: Face
    sealed: str


class SealedItems(msgspec.Struct, frozen=True):
    """Everything that the page opens."""

    letters: tuple[SealedLetterItem, ...]
    lines: tuple[SealedLineItem, ...]


@blueprint.get(INBOX_PATH)
@staff_required(Role.COORDINATOR)
async def inbox() -> ResponseReturnValue:
    """Show what waits for the coordinators. Letters stay sealed until the page opens them."""
    the = parts()
    public_key = the.inbox.public_key if the.inbox else None
    released = await the.records.feedback.released(the.clock.now())
    return await office_page(
        "office_inbox.html",
        room=INBOX_PATH,
        talk_wishes=await _talk_wishes(the),
        letters=await _letter_rows(the, inbox_key_id(public_key) if public_key else ""),
        letter_count=await the.records.letters.count(),
        batches=_batches(released),
        feedback_count=len(released),
        blocks=await block_rows(the),
        public_key=to_base64url(public_key) if public_key else "",
        example_file=_example_file(the),
        rules=RULES,
        idle_minutes=round(the.settings.session_idle_s / 60),
    )


@blueprint.get(f"{INBOX_PATH}brev")
@staff_required(Role.COORDINATOR)
async def sealed_items() -> ResponseReturnValue:
    """Give out what the page opens, sealed."""
    records, now = parts().records, parts().clock.now()
    letters = (await records.letters.everything())[:LETTERS_SHOWN]
    lines = [given for given in await records.feedback.released(now) if given.sealed][:LINES_SHOWN]
    items = SealedItems(
        tuple(SealedLetterItem(letter.number, to_base64url(letter.sealed)) for letter in letters),
        tuple(
            SealedLineItem(_day(given.released_on).isoformat(), given.face, to_base64url(given.sealed))
            for given in lines
        ),
    )
    return Response(msgspec.json.encode(items), content_type="application/json")


@blueprint.post(f"{INBOX_PATH}radera")
@staff_required(Role.COORDINATOR)
async def erase() -> ResponseReturnValue:
    """Erase a letter that was answered; 404 when there is none any more."""
    the, form, staff = parts(), await read_form(EraseForm), await signed_in_staff()
    if not await erase_letter(the.records, the.clock, int(form.number), by=staff.account_id):
        abort(404)
    return done(INBOX_PATH, "raderat")


async def _talk_wishes(the: Parts) -> list[TalkWish]:
    aliases = {account.id: account.alias for account in await the.records.accounts.everybody()}
    return [
        TalkWish(wish.account_id, aliases[wish.account_id], _day(wish.asked_on))
        for wish in await the.records.talk_requests.everything()
    ]


async def _letter_rows(the: Parts, key_id: str) -> list[LetterRow]:
    return [
        LetterRow(letter.number, _day(letter.received_on), _day(letter.kept_until), letter.key_id == key_id)
        for letter in (await the.records.letters.everything())[:LETTERS_SHOWN]
    ]


def _batches(released: Sequence[SealedFeedback]) -> list[Batch]:
    """Put feedback together by the day it is shown from, the newest first."""
    by_day = sorted(released, key=lambda given: given.released_on, reverse=True)
    return [_batch(list(given)) for _, given in groupby(by_day, key=lambda given: given.released_on)]


def _batch(given: Sequence[SealedFeedback]) -> Batch:
    counts: Counter[Face] = Counter(each.face for each in given)
    return Batch(
        _day(given[0].released_on),
        _day(given[0].kept_until),
        tuple((face, counts[face]) for face in Face),
        sum(1 for each in given if each.sealed),
    )


def _day(instant: datetime) -> date:
    """Return the day that an instant stands for: the first of a day, UTC."""
    return instant.date()


def _example_file(the: Parts) -> str:
    """Return the name of the example key's file, or "" where the organisation has a key of its own."""
    settings = the.settings
    is_example = settings.is_example and not the.organisation.keys.inbox
    return settings.example_inbox_key_file.name if is_example else ""
