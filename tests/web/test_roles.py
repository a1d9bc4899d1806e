"""Every route as every role: who is let in is written here once, and the whole matrix is tried.

A new route must be put in `READERS`. There is no role by which anybody but the two seats reaches a conversation: the
two sockets of a conversation are a visitor's (whoever holds its token) and a mentor's own.
"""

from typing import Any

import pytest
from quart.testing import WebsocketResponseError

from chatservice.domain.certification import Role
from chatservice.web.headers import is_private
from tests.staff_builders import Person

EVERYBODY = frozenset({None, *Role})
MENTOR, COORDINATOR = frozenset({Role.MENTOR}), frozenset({Role.COORDINATOR})
EDITOR, OPERATOR = frozenset({Role.EDITOR}), frozenset({Role.OPERATOR})
STAFF = frozenset(Role)
ORIGIN = "http://localhost:8000"
READERS: dict[str, frozenset[Role | None]] = {
    "/halsa": EVERYBODY,
    "/chatt/status": EVERYBODY,
    "/chatt/lage/": EVERYBODY,
    "/chatt/kontroll/": EVERYBODY,
    "/chatt/kontroll/besked": EVERYBODY,
    "/chatt/lamna": EVERYBODY,
    "/chatt/omdome/": EVERYBODY,
    "/chatt/omdome/tack/": EVERYBODY,
    "/chatt/ws/visitor": EVERYBODY,
    "/chatt/ws/mentor": MENTOR,
    "/chatt/ws/samordnare": COORDINATOR,
    "/kontakt/skriv/": EVERYBODY,
    "/kontakt/skriv/skicka/": EVERYBODY,
    "/kontakt/skriv/tack/": EVERYBODY,
    "/mentor/logga-in": EVERYBODY,
    "/mentor/logga-ut": EVERYBODY,
    "/valkommen/": EVERYBODY,
    "/valkommen/oppna": EVERYBODY,
    "/valkommen/passkey": EVERYBODY,
    "/valkommen/klar": EVERYBODY,
    "/mentor/logga-in/passkey/start": EVERYBODY,
    "/mentor/logga-in/passkey": EVERYBODY,
    "/konto/": STAFF,
    "/konto/losenord": STAFF,
    "/konto/kodapp": STAFF,
    "/konto/kodapp/klar": STAFF,
    "/konto/passkey/start": STAFF,
    "/konto/passkey": STAFF,
    "/konto/passkey/bort": STAFF,
    "/konto/reservkoder": STAFF,
    "/konto/inloggning/avsluta": STAFF,
    "/konto/inloggningar/avsluta": STAFF,
    "/konto/bekrafta/passkey/start": STAFF,
    "/konto/bekrafta/passkey": STAFF,
    "/konto/bekrafta": STAFF,
    "/mentor/": MENTOR,
    "/mentor/certifikat": MENTOR,
    "/mentor/prata": MENTOR,
    "/samordnare/": COORDINATOR,
    "/samordnare/nycklar/": COORDINATOR,
    "/samordnare/nycklar/<key_id>/certifikat": COORDINATOR,
    "/samordnare/nycklar/<key_id>/avsla": COORDINATOR,
    "/samordnare/nycklar/<key_id>/dra-in": COORDINATOR,
    "/mentor/certifikat/<key_id>": MENTOR,
    "/samordnare/hav-sparr": COORDINATOR,
    "/samordnare/pausa": COORDINATOR,
    "/samordnare/ta-emot": COORDINATOR,
    "/samordnare/oppettider/": COORDINATOR,
    "/samordnare/oppettider/dag/": COORDINATOR,
    "/samordnare/oppettider/lage": COORDINATOR,
    "/samordnare/oppettider/lage/avsluta": COORDINATOR,
    "/samordnare/oppettider/<day>/": COORDINATOR,
    "/samordnare/oppettider/<day>/tillbaka": COORDINATOR,
    "/samordnare/oppettider/<day>/helgdag": COORDINATOR,
    "/samordnare/prata/klart": COORDINATOR,
    "/samordnare/inkorg/": COORDINATOR,
    "/samordnare/inkorg/brev": COORDINATOR,
    "/samordnare/inkorg/radera": COORDINATOR,
    "/samordnare/handelser/": COORDINATOR,
    "/samordnare/handelser/tabell": COORDINATOR,
    "/mentor/pass/": MENTOR,
    "/mentor/pass/ta": MENTOR,
    "/mentor/pass/lamna": MENTOR,
    "/mentor/pass/byte": MENTOR,
    "/mentor/pass/behall": MENTOR,
    "/mentor/pass/ta-over": MENTOR,
    "/mentor/pass/kalender.ics": MENTOR,
    "/samordnare/schema/": COORDINATOR,
    "/samordnare/schema/lagg-in": COORDINATOR,
    "/samordnare/schema/ta-bort": COORDINATOR,
    "/samordnare/personer/": COORDINATOR,
    "/samordnare/personer/<int:number>/": COORDINATOR,
    "/samordnare/personer/<int:number>/inbjudan": COORDINATOR,
    "/samordnare/personer/<int:number>/inbjudan/dra-tillbaka": COORDINATOR,
    "/samordnare/personer/<int:number>/stang-av": COORDINATOR,
    "/samordnare/personer/<int:number>/oppna": COORDINATOR,
    "/samordnare/personer/<int:number>/logga-ut": COORDINATOR,
    "/samordnare/personer/<int:number>/forlust": COORDINATOR,
    "/samordnare/personer/<int:number>/forlust/bekrafta": COORDINATOR,
    "/samordnare/personer/<int:number>/forlust/dra-tillbaka": COORDINATOR,
    "/samordnare/siffror/": COORDINATOR,
    "/samordnare/siffror/tabell": COORDINATOR,
    "/samordnare/siffror/publicera": COORDINATOR,
    "/samordnare/siffror/sida": COORDINATOR,
    "/drift/": OPERATOR,
    "/drift/handelser/": OPERATOR,
    "/drift/handelser/tabell": OPERATOR,
    "/redaktor/": EDITOR,
    "/texter/<name>/": STAFF,
    "/mentor/certifiering/": MENTOR,
    "/mentor/certifiering/karantan": MENTOR,
    "/mentor/certifiering/karantan/bort": MENTOR,
    "/samordnare/personer/<int:number>/certifiering/": COORDINATOR,
    "/samordnare/personer/<int:number>/certifiering/notera": COORDINATOR,
    "/samordnare/personer/<int:number>/certifiering/ta-bort": COORDINATOR,
    "/samordnare/personer/<int:number>/certifiering/karantan": COORDINATOR,
    "/samordnare/personer/<int:number>/certifiering/karantan/bort": COORDINATOR,
}


@pytest.fixture
async def browsers(web: Any) -> dict[Role | None, Any]:
    """Give a browser for each role, and one of somebody who is not signed in."""
    signed_in: dict[Role | None, Any] = {None: web.browser()}
    for role in Role:
        person: Person = await web.staff.add(role.value, role)
        signed_in[role] = web.browser()
        assert (await web.sign_in(signed_in[role], person)).status_code == 303
    return signed_in


def rules(web: Any) -> list[Any]:
    return [rule for rule in web.app.url_map.iter_rules() if rule.endpoint != "static"]


async def test_every_route_says_whose_it_is(web):
    routes = {rule.rule for rule in rules(web)}

    assert routes - READERS.keys() == set(), "say here who may open the new route"
    assert READERS.keys() - routes == set(), "these routes are gone"


def is_let_in(status: int, headers: Any) -> bool:
    """Say whether an answer is the view's own, and not the door's."""
    to_the_door = status == 303 and str(headers.get("Location", "")).startswith("/mentor/logga-in")
    return status not in {401, 403} and not to_the_door


async def test_no_cache_keeps_what_only_staff_may_see(web):
    staff_only = [
        rule.rule for rule in rules(web) if None not in READERS[rule.rule] and "/ws/" not in rule.rule
    ]

    assert staff_only
    assert [path for path in staff_only if not is_private(path)] == []


async def test_every_route_opens_for_its_roles_and_no_other(web, browsers):
    wrong: list[str] = []

    for rule in rules(web):
        if getattr(rule, "websocket", False) or rule.rule in {"/mentor/logga-in", "/mentor/logga-ut"}:
            continue
        path = (
            rule.rule.replace("<int:number>", "1").replace("<name>", "exempel").replace("<day>", "2030-12-24")
        )
        for method in (rule.methods or set()) & {"GET", "POST"}:
            for role, browser in browsers.items():
                answer = await browser.open(path, method=method, headers={"Origin": ORIGIN}, form={})
                if is_let_in(answer.status_code, answer.headers) != (role in READERS[rule.rule]):
                    wrong.append(f"{role} {method} {path}: {answer.status_code}")

    assert wrong == []


async def test_every_socket_opens_for_its_roles_and_no_other(web, browsers):
    wrong: list[str] = []

    for rule in rules(web):
        if not getattr(rule, "websocket", False):
            continue
        for role, browser in browsers.items():
            try:
                async with browser.websocket(rule.rule, headers={"Origin": ORIGIN}) as socket:
                    await socket.receive()
                opened = True
            except WebsocketResponseError as refused:
                assert refused.response.status_code == 401
                opened = False
            if opened != (role in READERS[rule.rule]):
                wrong.append(f"{role} {rule.rule}: {'opened' if opened else 'refused'}")

    assert wrong == []
