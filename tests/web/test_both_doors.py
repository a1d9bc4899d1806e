"""Both ways in answer alike: the short way (web/door.py) may let in nobody whom the views of Quart refuse.

Every origin with every word about the site, for everybody who can be signed in or no longer is, on both paths: asked of
a service that has the short way, and of one where every handshake goes through Quart. Real sockets, real sessions.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import product
from typing import Final, NamedTuple

from chatservice.domain.certification import Role
from tests.evening import add_mentors
from tests.running_service import RunningService
from tests.staff_browser import StaffBrowser
from tests.structure.test_routes import FOREIGN
from tests.web.test_plain_handshakes import handshake

VISITOR, MENTOR = "/chatt/ws/visitor", "/chatt/ws/mentor"
OURS: Final = "ours"
ORIGINS: Final = (OURS, FOREIGN, "null", None)
SITES: Final = ("same-origin", "same-site", "cross-site", "none", None)
NOBODY, DEACTIVATED, ENDED = "nobody", "a mentor who has been deactivated", "a mentor who has signed out"
PEOPLE: Final = (NOBODY, *(role.value for role in Role), DEACTIVATED, ENDED)
WITHIN_S = 60


class Asked(NamedTuple):
    """Who asks for what, and what her browser says of the page she comes from."""

    path: str
    who: str
    origin: str | None
    site: str | None


EVERYTHING: Final = [Asked(*each) for each in product((VISITOR, MENTOR), PEOPLE, ORIGINS, SITES)]


async def cookies(service: RunningService) -> dict[str, str | None]:
    """Sign everybody in; return what each one's browser sends, and end what is to have ended."""
    known: dict[str, str | None] = {NOBODY: None}
    browsers: dict[str, StaffBrowser] = {}
    roles = {role.value: role for role in Role} | {DEACTIVATED: Role.MENTOR, ENDED: Role.MENTOR}
    for number, (who, role) in enumerate(roles.items()):
        (credentials,) = await add_mentors(service, 1, role=role, name=f"person-{number}")
        browsers[who] = StaffBrowser(service.base_url)
        await asyncio.to_thread(browsers[who].sign_in, credentials)
        known[who] = browsers[who].cookie
        if who == DEACTIVATED:
            # Not by the command line, which ends her sessions as well: here only her account says that she is out.
            with (
                closing(sqlite3.connect(service.data_dir / "records.sqlite3", timeout=30)) as records,
                records,
            ):
                told = records.execute(
                    "UPDATE accounts SET active = 0 WHERE username = ?", (credentials.username,)
                )
                assert told.rowcount == 1
    await asyncio.to_thread(browsers[ENDED].sign_out)
    return known


async def status_of(service: RunningService, asked: Asked, cookie: str | None) -> int:
    """Shake hands by hand and hang up; return the status."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    origin = service.base_url if asked.origin == OURS else asked.origin
    headers = {"Origin": origin, "Sec_Fetch_Site": asked.site, "Cookie": cookie, "X_Forwarded_For": None}
    writer.write(handshake(f"GET {asked.path} HTTP/1.1", **headers))
    answer = await reader.readuntil(b"\r\n")
    writer.transport.abort()
    return int(answer.split()[1])


async def answers(service: RunningService) -> dict[Asked, int]:
    known = await cookies(service)
    statuses = await asyncio.gather(*(status_of(service, asked, known[asked.who]) for asked in EVERYTHING))
    return dict(zip(EVERYTHING, statuses, strict=True))


async def test_both_ways_in_refuse_and_let_in_the_same_handshakes(
    make_service: Callable[..., RunningService],
) -> None:
    lean, plain = await asyncio.gather(
        *(asyncio.to_thread(make_service, sockets=way) for way in ("lean", "plain"))
    )

    async with asyncio.timeout(WITHIN_S):
        by_the_short_way, by_quart = await asyncio.gather(answers(lean), answers(plain))

    assert {
        asked: (status, by_quart[asked])
        for asked, status in by_the_short_way.items()
        if status != by_quart[asked]
    } == {}
    assert {asked for asked, status in by_quart.items() if status == 101} == {
        asked
        for asked in EVERYTHING
        if asked.origin == OURS
        and asked.site in {"same-origin", None}
        and (asked.path == VISITOR or asked.who == Role.MENTOR.value)
    }
