"""The canary's own conversation, held by a program of its own: both ends, and nothing else, know its words.

The words are typed in a separate process (tools/participants/marked_conversation.py), which shares no code with the
service. The conversation comes in by tickets, as after a restart: it never stands in the queue, so that no mentor can
take it, and nobody goes on duty for it, so that the chat does not look open.
"""

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Self, cast

from chatservice.clock import SystemClock
from chatservice.credentials import TimeCodes
from chatservice.domain.audit import Act
from chatservice.domain.certification import Account, Role
from chatservice.domain.conversation import Conversation
from chatservice.domain.seat import MentorSeat, Side
from chatservice.errors import StartError
from chatservice.ports import now_ms
from chatservice.settings import PROJECT, Settings
from chatservice.usecases import accounts, people
from chatservice.usecases.accounts import StaffDesk
from chatservice.usecases.auditing import note
from chatservice.usecases.tickets import TicketBook, new_share
from chatservice.usecases.visiting import hash_token

USERNAME: Final = "driftkontroll"
_PROGRAM: Final = "tools.participants.marked_conversation"
_PATIENCE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class OwnSignIn:
    """What the canary's mentor signs in with, this time only."""

    account: Account
    password: str
    code: str


@asynccontextmanager
async def own_account(desk: StaffDesk) -> AsyncGenerator[OwnSignIn]:
    """Open the canary's own account with new credentials, and close it again. It is never cleared for duty."""
    password = secrets.token_urlsafe(24)
    account = await desk.records.accounts.named(USERNAME)
    if account is None:
        fresh = await accounts.add_account(
            desk, username=USERNAME, role=Role.MENTOR, alias="Driftkontroll", password=password
        )
        await note(desk.records.audit_log, desk.clock, None, Act.ACCOUNT_ADDED, fresh.account.id)
    else:
        fresh = await accounts.renew_credentials(desk, account, password=password)
        await desk.records.accounts.set_active(account.id, active=True, at=desk.clock.now())
        await note(desk.records.audit_log, desk.clock, None, Act.REACTIVATED, account.id)
    try:
        code, _ = TimeCodes((SystemClock(),)).code_now(fresh.code_secret)
        yield OwnSignIn(fresh.account, password, code)
    finally:
        await people.deactivate(desk, None, fresh.account.id)


class MarkedConversation:
    """A conversation that goes on until `end`; `id` is what the service may and must know of it."""

    def __init__(self, program: asyncio.subprocess.Process, conversation_id: str) -> None:
        self.id = conversation_id
        self._program = program

    @classmethod
    async def begin(cls, settings: Settings, desk: StaffDesk, own: OwnSignIn, word: str) -> Self:
        """Let the visitor and the mentor say the word to each other, each in her own form. Raises `StartError`."""
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", _PROGRAM,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=PROJECT,
        )  # fmt: skip
        conversation, is_talking = cls(program, ""), False
        try:
            said = await conversation._tell(
                service=_service_address(settings),
                origin=settings.public_origin,
                username=own.account.username,
                password=own.password,
                code=own.code,
                words=(f"{word}x", f"{word}y"),
            )
            conversation.id = said["conversation"]
            seated = Conversation(
                said["conversation"],
                hash_token(said["token"]),
                now_ms(desk.clock),
                new_share(),
                mentor=MentorSeat(own.account.id, said["mentor"], 1),
            )
            book = TicketBook(settings.secret.encode())
            await conversation._tell(
                tickets={
                    side.value: book.issue(seated, side, now_ms=now_ms(desk.clock))
                    for side in (Side.VISITOR, Side.MENTOR)
                }
            )
            is_talking = True
        finally:
            if not is_talking:
                await conversation.give_up()
        return conversation

    async def end(self) -> None:
        """End it, as the visitor does. Raises `StartError`."""
        await self._tell(end=True)
        await self._program.wait()

    async def give_up(self) -> None:
        """Leave it where it is; the service erases it after its silence."""
        if self._program.returncode is None:
            self._program.kill()
            await self._program.wait()

    async def _tell(self, **fields: object) -> dict[str, Any]:
        """Give the program its next line and return its answer."""
        told, heard = self._program.stdin, self._program.stdout
        assert told is not None
        assert heard is not None
        try:
            async with asyncio.timeout(_PATIENCE_S):
                told.write(json.dumps(fields).encode() + b"\n")
                await told.drain()
                answer = cast("dict[str, Any]", json.loads(await heard.readline()))
        except (TimeoutError, ValueError, ConnectionError) as error:
            raise StartError(
                "Provsamtalet gick inte att föra: kontrollera att tjänsten är i gång på den här datorn, med samma "
                "inställningar (CHAT_PORT, CHAT_SECRET), och försök igen."
            ) from error
        if "failed" in answer:
            raise StartError(
                f"Provsamtalet gick inte att föra ({answer['failed']}): se doctor, och försök igen."
            )
        return answer


def _service_address(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.bind, settings.bind)  # noqa: S104 -- not bound here
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{settings.port}"
