"""No address and nothing that marks a browser is in any file, log, table, page or figure, whatever was done.

Everything a stranger, a visitor, a mentor and a coordinator can do is done from an address of its own on this machine,
behind a web server that tells others, by browsers with marks of their own; then it is searched for all of them in every
spelling. What is promised is what lasts or leaves: while a request is answered, the process has the address in memory.
"""

import asyncio
import http.client
import ipaddress
import re
import secrets
import socket
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest
from websockets.asyncio.client import connect

from chatservice.app import create_app
from chatservice.commands.canary.searching import spellings
from chatservice.domain import sealing
from chatservice.settings import Settings
from tests.live_builders import VisitorKeys
from tests.running_service import RunningService, free_port
from tests.staff_browser import StaffBrowser
from tests.web.test_socket_rules import close_code, join, next_frame, send
from tools.participants.work import solved

HERE = "127.83.61.97"
HOMES = ("203.0.113.77", "2001:db8:5a7e:c0de::77")
MARKS = {
    "User-Agent": "Provapparat/73.19 (Exempelmaskin)",
    "Accept-Language": "tlh-AQ,sv;q=0.317",
    "Referer": "https://kom-harifran.example/sida-419",
}
FILLED = {
    "<int:number>": "1",
    "<name>": "exempel",
    "<day>": "2030-12-24",
    "<key_id>": "A" * 22,
    "<path:path>": "x",
}
GARBAGE = (
    b"\x16\x03\x01\r\n\r\n",
    b"GET /\r\n\r\n",
    b"POST /chatt/lamna HTTP/1.1\r\nContent-Length: x\r\n\r\n",
)
METRICS_PORT = free_port()
ROOMS = {"": "/", "mentor": ("/mentor", "/konto", "/texter"), "coordinator": "/samordnare"}
LAST = {"/mentor/logga-ut", "/samordnare/pausa", "/samordnare/oppettider/lage", "/konto/inloggningar/avsluta"}


def disguises(address: str) -> Iterator[bytes]:
    """Give every spelling of an address: as text, as one would look it up, as a number, and packed."""
    known = ipaddress.ip_address(address)
    width = 64 if known.version == 6 else 24
    home = str(ipaddress.ip_network(f"{known}/{width}", strict=False).network_address)
    number = int(known)
    reverse = known.reverse_pointer.removesuffix(".in-addr.arpa").removesuffix(".ip6.arpa")
    texts = {str(known), known.exploded, reverse, str(number), f"{number:x}", f"{number:X}"}
    if known.version == 6:
        texts |= {home.removesuffix("::"), known.exploded.rpartition(":")[0]}
    for text in texts:
        yield from spellings(text)
    yield known.packed
    yield known.packed[::-1]


WANTED = {
    **{address: tuple(disguises(address)) for address in (HERE, *HOMES)},
    **{name: spellings(mark) for name, mark in MARKS.items()},
}


def found(where: str, held: bytes) -> set[tuple[str, str]]:
    """Return which of all that is looked for stands somewhere."""
    return {(where, name) for name, spelled in WANTED.items() if any(one in held for one in spelled)}


def found_in(places: list[Path]) -> set[tuple[str, str]]:
    """Search files, their names, and what databases say when asked for everything."""
    seen: set[tuple[str, str]] = set()
    files = [file for place in places for file in ([place] if place.is_file() else place.rglob("*"))]
    for file in files:
        seen |= found("a name", str(file).encode())
        if file.is_file():
            seen |= found(file.name, file.read_bytes())
        if file.suffix == ".sqlite3":
            with closing(sqlite3.connect(file, timeout=30)) as database:
                seen |= found("rows", "\n".join(database.iterdump()).encode())
    return seen


class Stranger:
    """Somebody who comes from HERE, behind a web server that saw `home`; keeps every answer."""

    def __init__(self, service: RunningService, home: str) -> None:
        self.service = service
        self.headers = {**MARKS, "X-Forwarded-For": home, "Origin": service.base_url}
        self.statuses: Counter[int] = Counter()
        self.answers: list[bytes] = []

    def asks(self, method: str, path: str, body: str | None = None, *, cookie: str = "") -> tuple[str, str]:
        """Send a request; return the answer's cookie and its body."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.service.port, timeout=60, source_address=(HERE, 0)
        )
        kind = "application/x-www-form-urlencoded"
        with closing(connection):
            connection.request(method, path, body, {**self.headers, "Content-Type": kind, "Cookie": cookie})
            answer = connection.getresponse()
            content = answer.read()
        self.statuses[answer.status] += 1
        self.answers.append(str(answer.getheaders()).encode() + content)
        return str(answer.getheader("Set-Cookie") or "").partition(";")[0], content.decode(errors="replace")

    def shouts(self, garbage: bytes) -> None:
        """Send what is no request."""
        with socket.create_connection(
            ("127.0.0.1", self.service.port), timeout=60, source_address=(HERE, 0)
        ) as line:
            line.sendall(garbage)
            self.answers.append(line.recv(65_536))

    def opens(self, seat: str, cookie: str = "") -> connect:
        """Open a socket."""
        here = {name: value for name, value in self.headers.items() if name not in {"Origin", "User-Agent"}}
        return connect(
            f"ws://127.0.0.1:{self.service.port}/chatt/ws/{seat}",
            origin=self.service.base_url,  # type: ignore[arg-type]
            additional_headers={**here, "Cookie": cookie},
            user_agent_header=MARKS["User-Agent"],
            local_addr=(HERE, 0),
            compression=None,
            open_timeout=60,
        )


@pytest.fixture
def service(make_service, tmp_path, monkeypatch) -> RunningService:
    """Start it behind one web server, with figures, and with work for everybody; temporary files have their folder."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return make_service(proxy_hops=1, metrics_port=METRICS_PORT, free_starts=0)


@pytest.fixture
def routes(tmp_path_factory) -> list[str]:
    """Return an address for each route."""
    folder = tmp_path_factory.mktemp("routes")
    app = create_app(Settings(data_dir=folder, site_dir=folder, secret=secrets.token_urlsafe(48)))
    rules = [rule.rule for rule in app.url_map.iter_rules() if "/ws/" not in rule.rule]
    for argument, value in FILLED.items():
        rules = [rule.replace(argument, value) for rule in rules]
    return sorted(rules, key=lambda rule: (rule in LAST, rule))


@pytest.mark.parametrize("address", [HERE, *HOMES])
def test_the_search_finds_an_address_in_each_of_its_spellings(address, tmp_path):
    known = ipaddress.ip_address(address)
    for held in (
        address.encode(),
        known.packed,
        str(int(known)).encode(),
        known.reverse_pointer.encode(),
        known.exploded.encode(),
    ):
        (tmp_path / "file").write_bytes(b"\0before" + held + b"behind\0")
        assert found_in([tmp_path]) == {("file", address)}
    with closing(sqlite3.connect(tmp_path / "file.sqlite3")) as database:
        database.execute("CREATE TABLE t (n)")
        database.execute("INSERT INTO t VALUES (?)", (int(known) if known.version == 4 else known.packed,))
        database.commit()
    assert ("rows" if known.version == 4 else "file.sqlite3", address) in found_in([tmp_path])


async def test_no_address_and_no_mark_of_a_browser_is_anywhere(service, routes, tmp_path):
    strangers = [Stranger(service, home) for home in HOMES]
    places = [service.data_dir, service.log_path, tmp_path]
    form = strangers[0].asks("GET", "/kontakt/skriv/")[1]
    mark = re.search(r'name="mark" value="([^"]+)"', form)
    assert mark is not None
    cookies = {"": ""}
    for role in ("mentor", "coordinator"):
        person = service.add_account(role, f"{role}-adress")
        fields = {"username": person.username, "password": person.password}
        for number in range(3):
            code = person.code() if number == 2 else "000000"
            cookies[role] = strangers[0].asks(
                "POST", "/mentor/logga-in", urlencode({**fields, "code": code})
            )[0]
        assert cookies[role]

    await talk_and_block(service, strangers, cookies["mentor"])
    await asyncio.to_thread(walk, strangers, routes, cookies)
    for number in range(7):
        letter = {"topic": "question", "text": f"Exempel {number} som är långt nog", "mark": mark[1]}
        strangers[0].asks("POST", "/kontakt/skriv/skicka/", urlencode(letter))
        strangers[0].asks(
            "POST", "/chatt/omdome/", urlencode({"face": "better", "line": f"Exempel {number}"})
        )
    for _ in range(4):
        nobody = {"username": "nobody", "password": "x", "code": "1"}
        strangers[1].asks("POST", "/mentor/logga-in", urlencode(nobody))
    figures = http.client.HTTPConnection("127.0.0.1", METRICS_PORT, timeout=30)
    with closing(figures):
        figures.request("GET", "/metrics", headers=MARKS)
        strangers[0].answers.append(figures.getresponse().read())
        assert b"# TYPE" in strangers[0].answers[-1]

    assert {200, 204, 303, 400, 401, 403, 404, 405, 429} <= set(strangers[0].statuses | strangers[1].statuses)
    assert found_in(places) == set()
    assert [hit for one in strangers for answer in one.answers for hit in found("an answer", answer)] == []
    service.stop()
    assert found_in(places) == set()
    with closing(sqlite3.connect(service.data_dir / "records.sqlite3")) as records:
        held = "\n".join(records.iterdump())
    # What must be found: that all this was done, and that the search would have seen it.
    for trace in ("mentor-adress", 'INSERT INTO "letters"', 'INSERT INTO "feedback"', "block_set"):
        assert trace in held


def walk(strangers: list[Stranger], routes: list[str], cookies: dict[str, str]) -> None:
    """Ask for everything, as everybody, and say what makes no sense."""
    for number, (role, cookie) in enumerate(cookies.items()):
        for path in routes:
            for method in ("GET", "POST") if path.startswith(ROOMS[role]) else ():
                strangers[number % 2].asks(method, path, "" if method == "POST" else None, cookie=cookie)
    for path in ("/finns-inte/", "/?q=1", "/chatt/"):
        for method in ("GET", "HEAD", "OPTIONS", "DELETE"):
            strangers[0].asks(method, path)
    for garbage in GARBAGE:
        strangers[0].shouts(garbage)
    ours, strangers[0].headers["Origin"] = strangers[0].headers["Origin"], "https://example.org"
    strangers[0].asks("POST", "/chatt/lamna", "{}")
    strangers[0].headers["Origin"] = ours


async def talk_and_block(service: RunningService, strangers: list[Stranger], cookie: str) -> None:
    """Come, work, talk, be blocked, be refused, come back, say nonsense, and leave."""
    browser = StaffBrowser(service.base_url)
    browser.cookie = cookie
    browser.certify()
    async with strangers[0].opens("mentor", cookie) as mentor:
        await next_frame(mentor, "welcome")
        await send(
            mentor,
            type="join",
            version=sealing.SUITE,
            key=browser.key_id,
            ticket=None,
            incarnation=None,
            after=0,
        )
        await next_frame(mentor, "ready")
        await send(mentor, type="duty", state="on")
        await next_frame(mentor, "duty")
        for stranger in strangers:
            async with stranger.opens("visitor") as visitor:
                await join(visitor, VisitorKeys())
                await send(visitor, type="work", number=solved(await next_frame(visitor, "work")))
                await next_frame(visitor, "joined")
                await send(mentor, type="take")
                await next_frame(mentor, "taken")
                await send(visitor, type="post", sequence=7, epoch=0, kind="message", body="AAAA")
                await next_frame(visitor, "error")
                await send(mentor, type="block")
                assert (await next_frame(mentor, "blocked"))["label"]
                await close_code(visitor)
            async with stranger.opens("visitor") as visitor:
                await join(visitor, VisitorKeys())
                assert (await next_frame(visitor, "error"))["code"] == "blocked"
            async with stranger.opens("visitor") as visitor:
                await visitor.send("[" * 60_000)
                assert await close_code(visitor) == 4400
