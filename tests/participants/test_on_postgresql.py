"""The real service with its records in PostgreSQL: a conversation from the first account to the end, and without it.

The server of these tests is stopped in the middle: whoever talks goes on, and whoever needs an account is told. That a
socket can be lost and come back meanwhile is shown here too. A disk that fills up is tried by the reliability tests.
"""

import asyncio
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres_server import PostgresServer, programs
from tests.running_service import RunningService, example_pin
from tools.participants.identity import MentorIdentity
from tools.participants.mentor import Mentor
from tools.participants.participant import Participant
from tools.participants.service import Service, ServiceError
from tools.participants.visitor import Visitor

MARKER = "gräddvit elefant 7c41"


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """Give a server of one's own, because it is stopped."""
    server = PostgresServer(programs())
    try:
        server.start()
        server.sql("CREATE DATABASE chatt")
        yield server
    finally:
        server.remove()


@pytest.fixture
def service(server: PostgresServer, make_service: Callable[..., RunningService]) -> RunningService:
    """Start the service on an empty database: it makes its tables itself, as an example does."""
    service = make_service(records_url=server.url("chatt"))
    service.command("example", "--open")
    return service


def texts(participant: Participant) -> list[str]:
    return [shown.text for shown in participant.shown]


def page(service: RunningService, path: str, cookie: str = "") -> tuple[int, str]:
    request = urllib.request.Request(service.base_url + path, headers={"Cookie": cookie})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


async def test_a_conversation_goes_on_while_the_database_is_gone_and_everything_works_when_it_is_back(
    server: PostgresServer, service: RunningService, project: Path
) -> None:
    person = service.add_account("mentor", "provmentor")
    where, identity = Service(service.base_url), MentorIdentity.create()
    cookie = await where.sign_in(person.username, person.password, person.code())
    certificate = await where.certify(cookie, identity)
    assert certificate is not None
    assert service.command("account", "list").count("provmentor") == 1
    pin = example_pin(project, service.data_dir)

    async with Mentor(
        where, cookie=cookie, mentor_identity=identity, certificate=certificate, jitter_s=0.2
    ) as mentor:
        await mentor.set_duty("on")
        async with Visitor(where, pins=(pin,), answer=lambda _: "all", jitter_s=0.2) as visitor:
            await visitor.say(MARKER)
            await visitor.until_waiting()
            await mentor.take()
            await asyncio.gather(visitor.until_talking(), mentor.until_talking())
            await mentor.until(lambda: texts(mentor) == [MARKER])

            await asyncio.to_thread(server.stop)

            await mentor.say("jag är kvar")
            await visitor.until(lambda: "jag är kvar" in texts(visitor))
            status, words = await asyncio.to_thread(page, service, "/mentor/", cookie)
            assert status == 503
            assert "Samtal som pågår fortsätter som vanligt" in words
            with pytest.raises(ServiceError) as refused:
                await where.sign_in(person.username, person.password, person.code())
            assert refused.value.status == 503
            assert (await asyncio.to_thread(page, service, "/chatt/status"))[0] == 200
            assert (await asyncio.to_thread(page, service, "/chatt/lage/"))[0] == 200
            mentor.cut()
            await mentor.until_talking()
            await visitor.say("och jag")
            await mentor.until(lambda: "och jag" in texts(mentor))
            async with Visitor(where, pins=(pin,), answer=lambda _: "all", jitter_s=0.2) as second:
                await second.say("väntar")
                await second.until_waiting()
                await second.leave()

            await asyncio.to_thread(server.start)

            assert (await asyncio.to_thread(page, service, "/mentor/", cookie))[0] == 200
            await visitor.end()
            await mentor.until_ended()

    held = server.dump("chatt")
    assert "provmentor" in held
    assert MARKER not in held
    service.stop()
    assert "Traceback" not in service.log
    # Told when it changes, not again and again; a slow answer right after the start would be one more change.
    told = re.findall(r"The records (cannot be reached|answer again)", service.log)
    assert told[:2] == ["cannot be reached", "answer again"]
    assert told == told[:2] * (len(told) // 2)
