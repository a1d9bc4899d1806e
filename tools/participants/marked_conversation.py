"""A whole conversation whose words are given: `python -m tools.participants.marked_conversation`.

Reads lines of JSON and answers each with one: where the service is and who signs in; the tickets by which the two ends
have their seats; to end. The command `canary` runs it, so that the words it then looks for stand in no other process.
"""

import asyncio
import json
import os
import sys
import time
from contextlib import AsyncExitStack
from typing import Any

from tools.participants import certificate
from tools.participants.encoding import to_base64url
from tools.participants.identity import MentorIdentity
from tools.participants.mentor import Mentor
from tools.participants.participant import StoppedError
from tools.participants.service import Service, ServiceError
from tools.participants.suite import new_private_key, public_key_bytes
from tools.participants.visitor import Visitor

TIMES = 5
_LIFE_S = 3600


async def converse() -> None:
    """Talk as told. The lines of both ends are as long as short, middle and long texts are."""
    given = await _next_line()
    service = Service(given["service"], given["origin"])
    cookie = await service.sign_in(given["username"], given["password"], given["code"])
    # A key of our own vouches for the mentor, and only our visitor believes it.
    authority, identity, now_s = new_private_key(), MentorIdentity.create(), int(time.time())
    vouched = certificate.make_certificate(
        authority,
        alias="Driftkontroll",
        key=identity.public_key,
        not_before=now_s - 60,
        not_after=now_s + _LIFE_S,
    )
    mentor = Mentor(service, cookie=cookie, mentor_identity=identity, certificate=vouched)
    visitor = Visitor(service, pins=[to_base64url(public_key_bytes(authority))])
    _answer(conversation=visitor.conversation, token=visitor.token, mentor=identity.key_id)
    tickets = (await _next_line())["tickets"]
    async with AsyncExitStack() as stack:
        # First the mentor: a visitor who brings her conversation back makes the queue pause, as after a restart.
        mentor.bring(visitor.conversation, tickets["mentor"])
        await stack.enter_async_context(mentor)
        await mentor.until(lambda: mentor.joins > 0)
        visitor.seat.ticket = tickets["visitor"]
        await stack.enter_async_context(visitor)
        await asyncio.gather(visitor.until_talking(), mentor.until_talking())
        for number in range(TIMES):
            for speaker, listener, word in zip(
                (visitor, mentor), (mentor, visitor), given["words"], strict=True
            ):
                await speaker.say(f"{word} {number} " + "och så vidare " * 4**number)
                await listener.next_text()
        _answer(said=TIMES)
        await _next_line()
        await visitor.end()
        await mentor.until_ended()
        _answer(ended=True)


async def _next_line() -> dict[str, Any]:
    return dict(json.loads(await asyncio.to_thread(sys.stdin.readline)))


def _answer(**fields: object) -> None:
    print(json.dumps(fields), flush=True)


def main() -> int:
    """Talk, and say in one word what went wrong."""
    try:
        asyncio.run(converse())
    except (ServiceError, StoppedError, OSError, TimeoutError, ValueError, KeyError) as error:
        _answer(failed=type(error).__name__)
        # A thread may still wait for a line that does not come.
        sys.stdout.flush()
        os._exit(1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
