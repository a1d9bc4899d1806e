"""Nobody but the two seats reads a conversation: every route and every socket, asked as everybody, gives none of it.

A real conversation goes on in the service that is asked: two programs of tools/participants over real sockets. What is
looked for is what only the two may know: their words, the sealed envelopes, the conversation's id and key, the
visitor's token and the roots. The service of this test has one route more, which leaks: the search must find it.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypercorn.asyncio.run import worker_serve
from hypercorn.utils import wrap_app
from pyotp.totp import TOTP
from quart import Quart
from quart.testing import WebsocketResponseError
from quart.testing.connections import WebsocketDisconnectError

from chatservice.agreements import load_terms
from chatservice.app import create_app
from chatservice.commands.canary.searching import spellings
from chatservice.credentials import Argon2Passwords
from chatservice.domain.certification import Role
from chatservice.server import make_config
from chatservice.settings import Settings
from chatservice.usecases import accounts
from chatservice.usecases.certification_items import note_examples
from chatservice.web.parts import EXTENSION
from tests.running_service import example_pin, free_port
from tests.staff_builders import CHEAP, browser_key
from tools.participants.encoding import to_base64url
from tools.participants.mentor import Mentor, RefusedError
from tools.participants.participant import StoppedError
from tools.participants.service import Service
from tools.participants.visitor import Visitor

PASSWORD = "exempel-lösenord-för-prov"
LEAK = "/felsokning"
LEAVES_THE_ROOM = {"/mentor/logga-ut"}
"""Asked last of all or not at all, because whoever asks is nobody afterwards."""


class Listening:
    """Keeps every frame that a participant is sent."""

    heard: list[str]

    def receive(self, frame: Any) -> None:
        self.__dict__.setdefault("heard", []).append(json.dumps(frame))
        super().receive(frame)  # type: ignore[misc]


class OtherVisitor(Listening, Visitor):
    """A visitor with a conversation of her own."""


class OtherMentor(Listening, Mentor):
    """A mentor on duty with no part in the conversation."""


@dataclass
class Evening:
    """A service with one conversation in it, everybody's browsers, and what nobody else may see."""

    app: Quart
    service: Service
    visitor: Any
    anna: Mentor
    bo: OtherMentor
    waiting: OtherVisitor
    pin: str
    browsers: dict[str, Any]
    said: list[str] = field(default_factory=list[str])

    async def secrets(self) -> dict[str, str]:
        """Name everything of the conversation that is for the two seats alone, as it is now."""
        live = self.app.extensions[EXTENSION].live
        conversation = self.visitor.identity.conversation
        envelopes = await live.envelopes_after(conversation, 0, limit=1000)
        assert {envelope.kind for envelope in envelopes} == {"message", "offer", "grant"}
        return {
            **{f"words {number}": words for number, words in enumerate(self.said)},
            **{f"envelope {each.position}": each.body for each in envelopes},
            **{f"root {epoch}": root for epoch, root in self.visitor._roots.items()},
            "id": conversation,
            "key": to_base64url(self.visitor.identity.public_key),
            "token": self.visitor.token,
        }

    async def say(self) -> None:
        """Let each say something that stands nowhere else."""
        for end in (self.visitor, self.anna):
            self.said.append(f"Hemligt{secrets.token_hex(12)}")
            await end.say(self.said[-1])


def found(kept: dict[str, str], answer: bytes) -> list[str]:
    """Name the secrets that stand in an answer, written out or in base64."""
    return [name for name, secret in kept.items() if any(one in answer for one in spellings(secret))]


@pytest.fixture
async def evening(project, tmp_path, built_site) -> AsyncGenerator[Evening]:
    """Bring a visitor and a mentor together, with everybody else in the house too."""
    pin = await asyncio.to_thread(example_pin, project, tmp_path / "var")
    port = free_port()
    settings = Settings.from_environment(
        {"CHAT_DATA_DIR": str(tmp_path / "var"), "CHAT_SITE_DIR": str(built_site), "CHAT_PORT": str(port)}
    )
    app = create_app(settings)

    @app.get(LEAK)
    async def leak() -> str:  # pyright: ignore[reportUnusedFunction]
        return str(app.extensions[EXTENSION].live._entries)

    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_served(app, settings))
        the = app.extensions[EXTENSION]
        staff = replace(the.staff, passwords=Argon2Passwords(CHEAP))
        app.extensions[EXTENSION] = replace(the, staff=staff)
        service = Service(f"http://127.0.0.1:{port}", settings.public_origin)
        people = {
            name: await accounts.add_account(staff, username=name, role=role, alias=None, password=PASSWORD)
            for name, role in {
                "anna": Role.MENTOR,
                "bo": Role.MENTOR,
                "cora": Role.COORDINATOR,
                "elsa": Role.EDITOR,
                "otto": Role.OPERATOR,
            }.items()
        }
        for person in people.values():
            await note_examples(staff, load_terms(settings.content_dir), person.account)
        mentors: dict[str, Any] = {}
        for name, kind in {"anna": Mentor, "bo": OtherMentor}.items():
            signed_in = await kind.sign_in(
                service, username=name, password=PASSWORD, code=TOTP(people[name].code_secret).now()
            )
            mentors[name] = await stack.enter_async_context(signed_in)
            await mentors[name].set_duty("on")
        cookies = {name: mentor._connection._headers["Cookie"] for name, mentor in mentors.items()}
        for name in ("cora", "elsa", "otto"):
            code = TOTP(people[name].code_secret).now()
            cookies[name] = await service.sign_in(name, PASSWORD, code)
        browsers: dict[str, Any] = {"nobody": app.test_client()}
        for name, cookie in cookies.items():
            browsers[name] = app.test_client()
            key, _, value = cookie.partition("=")
            browsers[name].set_cookie("localhost", key, value)
        visitor = await stack.enter_async_context(Visitor(service, pins=[pin]))
        await visitor.until_waiting()
        await mentors["anna"].take()
        await asyncio.gather(visitor.until_talking(), mentors["anna"].until_talking())
        waiting = await stack.enter_async_context(OtherVisitor(service, pins=[pin]))
        await waiting.until_waiting()
        the_evening = Evening(app, service, visitor, mentors["anna"], mentors["bo"], waiting, pin, browsers)
        await the_evening.say()
        yield the_evening


@asynccontextmanager
async def _served(app: Quart, settings: Settings) -> AsyncGenerator[None]:
    """Serve the app on its port as the service does, and end it afterwards."""
    config, told_to_end = make_config(settings), asyncio.Event()
    serving = asyncio.create_task(
        worker_serve(
            wrap_app(app, config.wsgi_max_body_size, "asgi"),
            config,
            sockets=config.create_sockets(),
            shutdown_trigger=told_to_end.wait,
        )
    )
    while EXTENSION not in app.extensions:
        assert not serving.done()
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        told_to_end.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(serving, 10)


def routes(app: Quart, *, sockets: bool) -> list[Any]:
    """List every route of the house, the one that leaks left out."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if bool(getattr(rule, "websocket", False)) == sockets and rule.rule != LEAK
    ]


def addresses(rule: Any, numbers: list[int]) -> list[str]:
    """Write a route's addresses: one for each account that there is, or some word for what else it takes."""
    path = rule.rule.replace("<path:path>", "").replace("<day>", "2030-12-24")
    filled = [path.replace("<int:number>", str(number)) for number in numbers]
    return sorted(
        {"/".join("exempel" if part[:1] == "<" else part for part in each.split("/")) for each in filled}
    )


async def ask(browser: Any, path: str, method: str, origin: str) -> bytes:
    """Return everything that an answer says, its headers too."""
    answer = await browser.open(path, method=method, headers={"Origin": origin}, form={})
    return str(answer.headers).encode() + await answer.get_data()


async def test_no_route_gives_anything_of_a_conversation_to_anybody(evening):
    kept = await evening.secrets()
    origin = evening.service.pages_origin
    everybody = await evening.app.extensions[EXTENSION].records.accounts.everybody()
    numbers = [account.id for account in everybody]
    leaks: list[str] = []
    asked = 0
    for method, known in (("GET", numbers), ("POST", [10_000])):  # what is changed is nobody's
        for rule in routes(evening.app, sockets=False):
            if method not in (rule.methods or set()) or rule.rule in LEAVES_THE_ROOM:
                continue
            for path in addresses(rule, known):
                for who, browser in evening.browsers.items():
                    asked += 1
                    leaks += [
                        f"{who} {method} {path}: {name}"
                        for name in found(kept, await ask(browser, path, method, origin))
                    ]

    assert leaks == []
    assert asked > 100
    homes = {
        "anna": "/mentor/",
        "bo": "/mentor/",
        "cora": "/samordnare/",
        "elsa": "/redaktor/",
        "otto": "/drift/",
    }
    for who, home in homes.items():
        assert (await evening.browsers[who].get(home)).status_code == 200, f"{who} was signed out on the way"
    await evening.say()
    assert evening.visitor.is_talking, "the conversation went on through all of it"
    leaked = found(kept, await ask(evening.browsers["nobody"], LEAK, "GET", origin))
    assert {name.split()[0] for name in leaked} >= {"id", "envelope"}, "the search finds what leaks"


async def test_no_socket_tells_anything_of_a_conversation_to_anybody_else(evening):
    origin = {"Origin": evening.service.pages_origin}
    heard: dict[str, list[str]] = {}
    async with AsyncExitStack() as stack:
        sockets = {}
        for rule in routes(evening.app, sockets=True):
            for who in ("nobody", "cora", "elsa", "otto"):
                with suppress(WebsocketResponseError):
                    socket = evening.browsers[who].websocket(rule.rule, headers=origin)
                    opened = await stack.enter_async_context(socket)
                    heard[f"{who} {rule.rule}"] = [await opened.receive()]
                    sockets[f"{who} {rule.rule}"] = opened
        key = to_base64url(browser_key())
        join = {"type": "join", "version": "stodchatt/1", "key": key, "pages": []}
        await sockets["cora /chatt/ws/samordnare"].send(json.dumps(join))

        await evening.say()
        kept = await evening.secrets()
        await evening.anna.end()
        await evening.visitor.until_ended()
        await evening.anna.take()
        await asyncio.gather(evening.waiting.until_talking(), evening.anna.until_talking())
        for name, socket in sockets.items():
            # Who does not join is left after a while, and has heard everything until then.
            with suppress(TimeoutError, WebsocketDisconnectError):
                while True:
                    heard[name].append(await asyncio.wait_for(socket.receive(), 0.2))

    assert any('"counts"' in str(frame) for frame in heard["cora /chatt/ws/samordnare"])
    heard |= {"bo": evening.bo.heard, "another visitor": evening.waiting.heard}
    assert any('"queue"' in frame for frame in heard["bo"])
    assert {
        f"{who}: {name}" for who, frames in heard.items() for name in found(kept, str(frames).encode())
    } == set()


async def test_the_visitors_seat_is_not_given_without_her_token_or_her_key(evening):
    kept = await evening.secrets()
    other_token = OtherVisitor(evening.service, pins=[evening.pin], patience_s=5)
    other_token.identity = evening.visitor.identity
    other_key = OtherVisitor(evening.service, pins=[evening.pin], patience_s=5)
    other_key.token = evening.visitor.token
    other_key.identity = replace(
        other_key.identity,
        conversation=evening.visitor.identity.conversation,
        public_key=evening.visitor.identity.public_key,
    )

    for thief in (other_token, other_key):
        async with thief:
            with pytest.raises(StoppedError):
                await thief.until(lambda thief=thief: thief.joins > 0, timeout_s=60)
        assert found(kept, str(thief.heard).encode()) == []

    await evening.say()
    assert evening.visitor.is_talking
    assert await evening.anna.next_text() == evening.said[0]


@pytest.mark.parametrize("with_her_key", [True, False])
async def test_the_mentors_seat_is_not_given_to_another_mentor_with_her_ticket(evening, with_her_key):
    kept = await evening.secrets()
    seat = evening.anna.seat
    assert seat.ticket
    bo = evening.bo
    thief = OtherMentor(
        evening.service,
        cookie=bo._connection._headers["Cookie"],
        mentor_identity=evening.anna.identity if with_her_key else bo.identity,
        certificate=bo._certificate,
        patience_s=5,
    )
    thief.join = lambda _welcome: {  # type: ignore[method-assign]
        "type": "join",
        "version": "stodchatt/1",
        "key": thief.identity.key_id,
        "ticket": seat.ticket,
        "incarnation": evening.app.extensions[EXTENSION].live.incarnation,
        "after": 0,
    }

    async with thief:
        with suppress(StoppedError):
            await thief.until(lambda: thief.joins > 0, timeout_s=60)
            with suppress(RefusedError):
                await thief.set_duty("paused")  # by its answer everything that a join brings has come

    assert found(kept, str(thief.heard).encode()) == []
    assert not any('"taken"' in frame or '"envelope"' in frame for frame in thief.heard)
    await evening.say()
    assert evening.anna.is_talking
