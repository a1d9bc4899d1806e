"""A letter is sealed as it comes in, kept for 90 days, and erased then."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chatservice.domain import sealing
from chatservice.domain.letter import Letter, Topic
from chatservice.domain.letter_sealing import inbox_key_id, open_letter
from chatservice.errors import InboxFullError
from chatservice.records import DatabaseRecords
from chatservice.usecases import letters
from chatservice.usecases.letters import Inbox, forget_old_letters, send_letter
from tests.live_builders import HandClock
from tests.staff_builders import fresh_records

LETTER = Letter(Topic.OPINION, "Det är svårt att hitta öppettiderna.", "namn@example.org")
DAY_S = 86_400


@dataclass
class Post:
    """An inbox over a real database, its key, its clock, and how often it was announced."""

    records: DatabaseRecords
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    clock: HandClock = field(default_factory=HandClock)
    announced: int = 0

    @property
    def inbox(self) -> Inbox:
        return Inbox(self.records.letters, self.clock, sealing.public_bytes(self.key), self._announce)

    def _announce(self) -> None:
        self.announced += 1


@pytest.fixture
async def post(tmp_path: Path) -> AsyncGenerator[Post]:
    async with fresh_records(tmp_path) as records:
        yield Post(records)


async def test_a_full_inbox_takes_no_more_and_announces_nothing(post, monkeypatch):
    monkeypatch.setattr(letters, "MOST_LETTERS", 1)
    await send_letter(post.inbox, LETTER)

    with pytest.raises(InboxFullError):
        await send_letter(post.inbox, LETTER)

    assert await post.records.letters.count() == 1
    assert post.announced == 1


async def test_a_letter_is_kept_sealed_with_its_day_and_announced(post):
    await send_letter(post.inbox, LETTER)

    (kept,) = await post.records.letters.everything()
    assert open_letter(kept.sealed, post.key) == LETTER
    assert LETTER.text.encode() not in kept.sealed
    assert kept.key_id == inbox_key_id(post.inbox.public_key)
    assert kept.received_on == post.clock.now().replace(hour=0)
    assert kept.kept_until - kept.received_on == timedelta(days=90)
    assert post.announced == 1


async def test_a_letter_is_erased_when_its_time_is_over_and_not_before(post):
    await send_letter(post.inbox, LETTER)
    post.clock.pass_time(DAY_S)
    await send_letter(post.inbox, LETTER)

    post.clock.pass_time(88 * DAY_S)
    assert await forget_old_letters(post.records.letters, post.clock) == 0
    post.clock.pass_time(DAY_S)
    assert await forget_old_letters(post.records.letters, post.clock) == 1
    assert [letter.number for letter in await post.records.letters.everything()] == [2]
    post.clock.pass_time(DAY_S)
    assert await forget_old_letters(post.records.letters, post.clock) == 1
    assert await post.records.letters.count() == 0
