"""The coordinators' inbox from the command line: the key, the list, one letter, erasing, feedback."""

import asyncio
import os
import re
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization

from chatservice.domain import sealing
from chatservice.domain.feedback import Face, Feedback
from chatservice.domain.letter import Letter, Topic
from chatservice.inbox_key import InboxKey, public_inbox_key
from chatservice.key_files import KeyFileError
from chatservice.records import open_records
from chatservice.settings import Settings
from chatservice.usecases.feedback import FeedbackDesk, give_feedback
from chatservice.usecases.letters import Inbox, send_letter

PASSPHRASE = "exempel-lösenfras"
LETTER = Letter(Topic.QUESTION, "Får min bror också chatta?\x1b[2J", "namn@example.org")


async def put_in(settings: Settings, public_key: bytes, letter: Letter, days_ago: int = 0) -> None:
    clock = settings.make_clock()

    class Then:
        now = staticmethod(lambda: clock.now() - timedelta(days=days_ago))
        monotonic_s = staticmethod(clock.monotonic_s)

    async with open_records(settings) as records:
        await send_letter(Inbox(records.letters, Then(), public_key, lambda: None), letter)


@pytest.fixture
def key_file(shell, tmp_path):
    """Make an inbox key as a coordinator does, and tables; the public half stands in `shell.out`."""
    file = tmp_path / "inbox-key.pem"
    assert shell.run("migrate") == 0
    assert shell.run("inbox-key", "new", str(file), given=f"{PASSPHRASE}\n") == 0
    return file


def test_a_short_passphrase_makes_no_key(shell, tmp_path):
    for given in ("", "elva tecken"):
        assert "minst 12" in shell.refuse("inbox-key", "new", str(tmp_path / "key.pem"), given=f"{given}\n")

    assert not (tmp_path / "key.pem").exists()


def test_a_key_is_never_written_over(shell, key_file):
    before = key_file.read_bytes()

    assert "skrivs aldrig över" in shell.refuse("inbox-key", "new", str(key_file), given=f"{PASSPHRASE}\n")
    assert key_file.read_bytes() == before


def test_a_new_key_is_private_behind_its_passphrase_and_its_public_half_is_printed(shell, key_file):
    public_key = shell.out.strip()

    assert key_file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(TypeError):
        serialization.load_pem_private_key(key_file.read_bytes(), None)
    assert sealing.to_base64url(InboxKey.load(key_file, PASSPHRASE.encode()).public) == public_key
    assert public_inbox_key(shell.settings(), public_key) == sealing.from_base64url(public_key)
    assert "[keys] inbox" in shell.err


@pytest.mark.parametrize(
    ("key", "passphrase", "told"),
    [
        (None, "", "--key"),
        ("missing.pem", PASSPHRASE, "kan inte läsas"),
        ("inbox-key.pem", "fel lösenfras", "lösenfrasen är fel"),
        ("inbox-key.pem", "", "lösenfrasen är fel"),
    ],
)
def test_without_the_right_file_and_passphrase_nothing_is_shown(shell, key_file, key, passphrase, told):
    asyncio.run(put_in(shell.settings(), sealing.from_base64url(shell.out.strip()), LETTER))
    given = ("--key", str(key_file.parent / key)) if key else ()

    assert told in shell.refuse("inbox", "read", "1", *given, given=f"{passphrase}\n")


def test_a_letter_to_another_key_is_told_and_not_shown(shell, key_file, tmp_path):
    asyncio.run(put_in(shell.settings(), InboxKey.create(tmp_path / "b.pem", None).public, LETTER))

    said = shell.refuse("inbox", "read", "1", "--key", str(key_file), given=f"{PASSPHRASE}\n")

    assert "låst med en annan" in said


@pytest.mark.parametrize("act", ["read", "erase"])
def test_a_number_that_is_not_there_is_told(shell, key_file, act):
    key = ("--key", str(key_file)) if act == "read" else ()

    assert "inget meddelande 7" in shell.refuse("inbox", act, "7", *key, given=f"{PASSPHRASE}\n")


def test_a_letter_is_listed_without_content_read_with_the_key_and_erased(shell, key_file):
    asyncio.run(put_in(shell.settings(), sealing.from_base64url(shell.out.strip()), LETTER))

    assert shell.run("inbox", "list") == 0
    assert shell.out.startswith("1  kom 2")
    assert "bror" not in shell.out
    assert "example.org" not in shell.out

    assert shell.run("inbox", "read", "1", "--key", str(key_file), given=f"{PASSPHRASE}\n") == 0
    assert "Får min bror också chatta?[2J" in shell.out, "nothing steers the coordinator's screen"
    assert "namn@example.org" in shell.out
    assert "En fråga" in shell.out

    assert shell.run("doctor") in {0, 1}
    assert "inbox list" in shell.out
    assert shell.run("inbox", "erase", "1") == 0
    assert shell.run("inbox", "list") == 0
    assert "tom" in shell.out


def test_what_is_kept_no_longer_is_not_listed(shell, key_file):
    asyncio.run(put_in(shell.settings(), sealing.from_base64url(shell.out.strip()), LETTER, days_ago=91))

    assert shell.run("inbox", "list") == 0
    assert "tom" in shell.out


def test_the_example_key_is_made_once_and_needs_no_passphrase(shell):
    assert shell.run("migrate") == 0
    public_key = public_inbox_key(shell.settings(), "")
    assert public_key is not None
    assert public_key == public_inbox_key(shell.settings(), "")
    asyncio.run(put_in(shell.settings(), public_key, Letter(Topic.OTHER, "Hej")))

    assert shell.run("inbox", "read", "1") == 0
    assert "Hej" in shell.out
    assert "önskas inte" in shell.out


def test_production_makes_no_key_by_itself_and_refuses_the_example_key(production):
    assert production.run("migrate") == 0
    assert public_inbox_key(Settings.from_environment(os.environ), "") is None

    (production.folder / "example-inbox-key.pem").touch()
    assert "example-inbox-key.pem" in production.refuse("migrate")


def test_what_is_no_key_is_refused_with_the_remedy(shell):
    for published in ("x", sealing.to_base64url(b"\x04" + bytes(64))):
        with pytest.raises(KeyFileError, match="inbox-key new"):
            public_inbox_key(shell.settings(), published)


async def answer(
    settings: Settings, public_key: bytes | None, face: Face, line: str = "", days_ago: int = 1
) -> None:
    clock = settings.make_clock()

    class Then:
        now = staticmethod(lambda: clock.now() - timedelta(days=days_ago))
        monotonic_s = staticmethod(clock.monotonic_s)

    async with open_records(settings) as records:
        await give_feedback(FeedbackDesk(records.feedback, Then(), public_key), Feedback(face, line))


def test_feedback_of_today_is_not_shown_and_that_of_yesterday_only_as_counts_without_the_key(shell, key_file):
    public_key = sealing.from_base64url(shell.out.strip())
    asyncio.run(answer(shell.settings(), public_key, Face.WORSE, "Dagens", days_ago=0))
    assert shell.run("inbox", "feedback") == 0
    assert "Inga omdömen" in shell.out
    assert shell.run("inbox", "list") == 0
    assert "Omdömen" not in shell.out

    asyncio.run(answer(shell.settings(), public_key, Face.BETTER, "Tack\x1b[2J för i går"))
    asyncio.run(answer(shell.settings(), None, Face.BETTER))
    assert shell.run("inbox", "list") == 0
    assert "Omdömen efter samtal: 2" in shell.out
    assert shell.run("inbox", "feedback") == 0
    assert re.search(r"bättre: +2\nUngefär som förut: 0\nDet kändes sämre: +0\n", shell.out)
    assert "Rader till samordnaren: 1" in shell.out
    assert "Tack" not in shell.out


def test_with_the_key_the_lines_of_feedback_are_read_without_a_day(shell, key_file, tmp_path):
    asyncio.run(
        answer(shell.settings(), sealing.from_base64url(shell.out.strip()), Face.BETTER, "Tack\x1b[2J!")
    )
    asyncio.run(
        answer(shell.settings(), InboxKey.create(tmp_path / "b.pem", None).public, Face.SAME, "Annan")
    )

    assert shell.run("inbox", "feedback", "--key", str(key_file), given=f"{PASSPHRASE}\n") == 0

    assert "Det kändes bättre:\n  Tack[2J!" in shell.out, "nothing steers the coordinator's screen"
    assert "låst med en annan nyckel" in shell.out
    assert re.search(r"\d{4}-\d\d", shell.out) is None


def test_feedback_that_is_kept_no_longer_is_not_shown(shell, key_file):
    asyncio.run(answer(shell.settings(), None, Face.SAME, days_ago=92))

    assert shell.run("inbox", "feedback") == 0
    assert "Inga omdömen" in shell.out
