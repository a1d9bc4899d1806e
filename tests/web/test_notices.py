"""The mail that says only that there is something new, against a small mail server of our own."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from chatservice.live.brief import MemoryBriefMemory, OneProcessTurns
from chatservice.notices import MailNotices
from chatservice.ports import Turns
from chatservice.settings import Settings
from tests.live_builders import HandClock
from tests.running_service import free_port
from tests.staff_builders import example_settings


@dataclass
class MailServer:
    """Takes mail on a port of this machine; `answer` is what it says to the recipient."""

    port: int = 0
    answer: str = "250 ok"
    mails: asyncio.Queue[str] = field(default_factory=asyncio.Queue[str])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 example.org\r\n")
        while line := (await reader.readline()).decode():
            command = line[:4].upper().strip()
            if command == "DATA":
                writer.write(b"354 go on\r\n")
                self.mails.put_nowait((await reader.readuntil(b"\r\n.\r\n")).decode())
            answer = self.answer if command == "RCPT" else "250 ok"
            writer.write(f"{'221 bye' if command == 'QUIT' else answer}\r\n".encode())
            await writer.drain()
            if command == "QUIT":
                break
        writer.close()


@asynccontextmanager
async def mail_server(**given: str) -> AsyncGenerator[MailServer]:
    mail = MailServer(**given)  # pyright: ignore[reportArgumentType]
    server = await asyncio.start_server(mail.serve, "127.0.0.1", 0)
    mail.port = server.sockets[0].getsockname()[1]
    async with server:
        yield mail


def settings_for(folder: Path, port: int) -> Settings:
    return replace(
        example_settings(folder), smtp_host="127.0.0.1", smtp_port=port, smtp_security="none",
        smtp_from="webb@example.org", smtp_to="samordnare@example.org",
    )  # fmt: skip


@asynccontextmanager
async def sending(*processes: MailNotices, turns: Turns | None = None) -> AsyncGenerator[None]:
    """Let the notices of one process be sent, or those of several that share what they know."""
    shared, turns = what_is_shared(), turns or OneProcessTurns()
    tasks = [asyncio.create_task(notices.keep_sending(shared, turns)) for notices in processes]
    yield
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def what_is_shared() -> MemoryBriefMemory:
    return MemoryBriefMemory(HandClock(), kept_s=3600, most=1)


class OneTurn:
    """Gives the turn once, to whoever asks first, and then to nobody before the time is over."""

    def __init__(self) -> None:
        self._is_taken = False

    async def is_mine(self, task: str, for_s: float) -> bool:
        assert (task, for_s) == ("notice", 600)
        is_mine, self._is_taken = not self._is_taken, True
        return is_mine


async def test_without_a_mail_server_nothing_is_ever_sent(tmp_path):
    notices = MailNotices(example_settings(tmp_path), "Exempel")
    notices.announce()

    await asyncio.wait_for(notices.keep_sending(what_is_shared(), OneProcessTurns()), 30)


@pytest.mark.parametrize("failure", ["refused", "silent"])
async def test_a_mail_that_cannot_be_sent_is_told_without_any_address(tmp_path, caplog, failure):
    async with mail_server(answer="550 samordnare@example.org is unknown") as server:
        port = server.port if failure == "refused" else free_port()
        notices = MailNotices(settings_for(tmp_path, port), "Exempel", at_most_every_s=0)
        with caplog.at_level(logging.WARNING):
            async with asyncio.timeout(30), sending(notices):
                notices.announce()
                while "CHAT_SMTP" not in caplog.text:
                    await asyncio.sleep(0)

    assert "example.org" not in caplog.text


async def test_a_notice_holds_nothing_of_a_letter_and_many_letters_are_one(tmp_path):
    async with mail_server() as server:
        notices = MailNotices(settings_for(tmp_path, server.port), "Exempelorganisationen")
        for _ in range(3):
            notices.announce()
        async with asyncio.timeout(30), sending(notices):
            mail = await server.mails.get()

    assert "To: samordnare@example.org" in mail
    assert "From: webb@example.org" in mail
    assert "n=C3=A5got nytt att l=C3=A4sa" in mail or "något nytt att läsa" in mail
    assert server.mails.empty()


async def test_only_the_next_letter_is_announced_again(tmp_path):
    async with mail_server() as server:
        notices = MailNotices(settings_for(tmp_path, server.port), "Exempel", at_most_every_s=0)
        async with asyncio.timeout(30), sending(notices):
            notices.announce()
            await server.mails.get()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(server.mails.get(), 0.3)
            notices.announce()
            await server.mails.get()


async def test_several_processes_send_one_notice_between_them(tmp_path):
    async with mail_server() as server:
        processes = [MailNotices(settings_for(tmp_path, server.port), "Exempel") for _ in range(3)]
        async with asyncio.timeout(30), sending(*processes, turns=OneTurn()):
            for notices in processes:
                notices.announce()
            await server.mails.get()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(server.mails.get(), 0.3)
