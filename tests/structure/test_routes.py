"""Every route: who may change something through it, and what bounds how often. A new route must be thought about."""

import secrets

import pytest
from quart import Quart
from quart.testing import WebsocketResponseError
from werkzeug.routing import Rule

from chatservice.app import create_app
from chatservice.records import migrate
from chatservice.settings import Settings

FOREIGN = "https://example.org"
OURS = "http://localhost:8000"
SAFE = {"GET", "HEAD", "OPTIONS"}
# Who is not a page of ours, by what its browser says of it. Without Sec-Fetch-Site it is an older browser, and Origin
# alone decides; with it, both must be right.
STRANGERS = (
    {},
    {"Origin": FOREIGN},
    {"Origin": "null"},
    {"Origin": FOREIGN, "Sec-Fetch-Site": "same-origin"},
    *({"Origin": OURS, "Sec-Fetch-Site": site} for site in ("cross-site", "same-site", "none", "")),
    *({"Origin": f"{OURS}{more}"} for more in ("/", ".example.org", "0")),
)
# What bounds each route. "cheap" answers without a database, without waiting and without remembering who asked.
BOUNDS = {
    "/": "cheap: a file, answered 304 when unchanged",
    "/<path:path>": "cheap: a file, answered 304 when unchanged",
    "/halsa": "cheap",
    "/chatt/status": "cheap: one answer for everybody",
    "/chatt/lage/": "cheap: one answer for everybody",
    "/chatt/kontroll/besked": "cheap: one small file, one answer for everybody",
    "/chatt/kontroll/": "cheap: one small file, one answer for everybody",
    "/chatt/lamna": "400 bytes; ends at most the conversation whose token it shows",
    "/chatt/ws/visitor": "web/limits.py: frames a second; the queue's cap bounds how many wait",
    "/chatt/ws/mentor": "web/limits.py: frames a second; one conversation for each mentor",
    "/chatt/omdome/": "web/letter_limits.py: answers an hour; usecases/feedback.py: answers altogether",
    "/chatt/omdome/tack/": "cheap: one answer for everybody",
    "/chatt/ws/samordnare": "web/limits.py: frames a second; web/line.py: lines a second; eight pages at once",
    "/kontakt/skriv/": "cheap: a page with a signed mark",
    "/kontakt/skriv/skicka/": "web/letter_limits.py: letters an hour; usecases/letters.py: letters altogether",
    "/kontakt/skriv/tack/": "cheap: one answer for everybody",
    "/mentor/": "signed-in mentors",
    "/mentor/logga-in": "web/sign_in_delay.py: slower for each failure; few at once",
    "/valkommen/": "cheap: one page for everybody",
    "/valkommen/oppna": "nothing without an invitation that holds; its token has 256 random bits",
    "/valkommen/passkey": "nothing without an invitation that holds; its token has 256 random bits",
    "/valkommen/klar": "nothing without an invitation that holds; its token has 256 random bits",
    "/konto/": "signed-in staff",
    "/konto/losenord": "signed-in staff who proved themselves a short while ago",
    "/konto/kodapp": "signed-in staff who proved themselves a short while ago",
    "/konto/kodapp/klar": "signed-in staff who proved themselves a short while ago",
    "/konto/passkey/start": "signed-in staff who proved themselves a short while ago",
    "/konto/passkey": "signed-in staff who proved themselves a short while ago",
    "/konto/passkey/bort": "signed-in staff who proved themselves a short while ago",
    "/konto/reservkoder": "signed-in staff who proved themselves a short while ago",
    "/konto/inloggning/avsluta": "signed-in staff; ends one's own sessions only",
    "/konto/inloggningar/avsluta": "signed-in staff; ends one's own sessions only",
    "/mentor/logga-in/passkey/start": "cheap: usecases/staff_desk.py: 10,000 challenges for five minutes",
    "/mentor/logga-in/passkey": "web/sign_in_delay.py: slower for each failure; few at once",
    "/konto/bekrafta/passkey/start": "signed-in staff; usecases/staff_desk.py: 10,000 challenges",
    "/konto/bekrafta/passkey": "signed-in staff; web/sign_in_delay.py: slower for each failure; few at once",
    "/konto/bekrafta": "signed-in staff; web/sign_in_delay.py: slower for each failure; few at once",
    "/mentor/logga-ut": "ends one's own session only",
    "/mentor/certifikat": "signed-in mentors; one waiting request for each key",
    "/mentor/prata": "signed-in mentors; one wish for each",
    "/samordnare/hav-sparr": "signed-in coordinators",
    "/samordnare/nycklar/": "signed-in coordinators",
    "/samordnare/nycklar/<key_id>/certifikat": "signed-in coordinators, with what a pinned key signed",
    "/samordnare/nycklar/<key_id>/avsla": "signed-in coordinators who proved themselves a short while ago",
    "/samordnare/nycklar/<key_id>/dra-in": "signed-in coordinators who proved themselves a short while ago",
    "/mentor/certifikat/<key_id>": "signed-in mentors",
    "/samordnare/": "signed-in coordinators",
    "/samordnare/pausa": "signed-in coordinators",
    "/samordnare/ta-emot": "signed-in coordinators",
    "/samordnare/oppettider/": "signed-in coordinators",
    "/samordnare/oppettider/dag/": "signed-in coordinators",
    "/samordnare/oppettider/lage": "signed-in coordinators; one state at a time",
    "/samordnare/oppettider/lage/avsluta": "signed-in coordinators",
    "/samordnare/oppettider/<day>/": "signed-in coordinators; days within a year",
    "/samordnare/oppettider/<day>/tillbaka": "signed-in coordinators",
    "/samordnare/oppettider/<day>/helgdag": "signed-in coordinators; the days of holidays",
    "/samordnare/prata/klart": "signed-in coordinators",
    "/samordnare/inkorg/": "signed-in coordinators",
    "/samordnare/inkorg/brev": "signed-in coordinators; 100 letters and 500 lines",
    "/samordnare/inkorg/radera": "signed-in coordinators",
    "/samordnare/handelser/": "signed-in coordinators",
    "/samordnare/handelser/tabell": "signed-in coordinators; 20,000 lines",
    "/mentor/pass/": "signed-in mentors",
    "/mentor/pass/ta": "signed-in mentors; one shift at a time, within four weeks",
    "/mentor/pass/lamna": "signed-in mentors; their own shifts",
    "/mentor/pass/byte": "signed-in mentors; their own shifts",
    "/mentor/pass/behall": "signed-in mentors; their own shifts",
    "/mentor/pass/ta-over": "signed-in mentors; shifts that are offered",
    "/mentor/pass/kalender.ics": "signed-in mentors; their own shifts of four weeks",
    "/samordnare/schema/": "signed-in coordinators",
    "/samordnare/schema/lagg-in": "signed-in coordinators; one shift of a mentor at a time, within four weeks",
    "/samordnare/schema/ta-bort": "signed-in coordinators",
    "/samordnare/personer/": "signed-in coordinators; to invite, who proved themselves lately",
    "/samordnare/personer/<int:number>/": "signed-in coordinators",
    "/samordnare/personer/<int:number>/inbjudan": "signed-in coordinators who proved themselves lately",
    "/samordnare/personer/<int:number>/inbjudan/dra-tillbaka": "signed-in coordinators",
    "/samordnare/personer/<int:number>/stang-av": "signed-in coordinators who proved themselves lately",
    "/samordnare/personer/<int:number>/oppna": "signed-in coordinators who proved themselves lately",
    "/samordnare/personer/<int:number>/logga-ut": "signed-in coordinators who proved themselves lately",
    "/samordnare/personer/<int:number>/forlust": "signed-in coordinators who proved themselves lately",
    "/samordnare/personer/<int:number>/forlust/bekrafta": "signed-in coordinators who proved themselves lately",
    "/samordnare/personer/<int:number>/forlust/dra-tillbaka": "signed-in coordinators",
    "/samordnare/siffror/": "signed-in coordinators; at most a year of counters",
    "/samordnare/siffror/tabell": "signed-in coordinators; at most a year of counters",
    "/samordnare/siffror/publicera": "signed-in coordinators; one page for each year",
    "/samordnare/siffror/sida": "signed-in coordinators; at most a year of counters",
    "/drift/": "signed-in operators",
    "/drift/handelser/": "signed-in operators",
    "/drift/handelser/tabell": "signed-in operators; 20,000 lines",
    "/redaktor/": "signed-in editors",
    "/texter/<name>/": "signed-in staff; signs one row for each text and person",
    "/mentor/certifiering/": "signed-in mentors",
    "/mentor/certifiering/karantan": "signed-in mentors; periods that meet become one",
    "/mentor/certifiering/karantan/bort": "signed-in mentors; their own periods",
    "/samordnare/personer/<int:number>/certifiering/": "signed-in coordinators",
    "/samordnare/personer/<int:number>/certifiering/notera": "signed-in coordinators who proved themselves lately",
    "/samordnare/personer/<int:number>/certifiering/ta-bort": "signed-in coordinators who proved themselves lately",
    "/samordnare/personer/<int:number>/certifiering/karantan": "signed-in coordinators who proved themselves lately",
    "/samordnare/personer/<int:number>/certifiering/karantan/bort": "signed-in coordinators who proved themselves",
}


@pytest.fixture
def app(tmp_path_factory: pytest.TempPathFactory) -> Quart:
    """Return the app with every route it ever has, a site included, and nothing in its records."""
    site_dir = tmp_path_factory.mktemp("site")
    data_dir = tmp_path_factory.mktemp("data")
    settings = Settings(data_dir=data_dir, site_dir=site_dir, secret=secrets.token_urlsafe(48))
    migrate(settings)
    return create_app(settings)


def rules(app: Quart) -> list[Rule]:
    """Return every route of the app."""
    return list(app.url_map.iter_rules())


def test_every_route_is_bounded_in_a_known_way(app: Quart) -> None:
    routes = {rule.rule for rule in rules(app)}

    assert routes - BOUNDS.keys() == set(), "say here what bounds the new route"
    assert BOUNDS.keys() - routes == set(), "these routes are gone"


async def test_no_route_lets_another_site_change_anything(app: Quart) -> None:
    changing = [
        (rule.rule, method)
        for rule in rules(app)
        for method in (rule.methods or set()) - SAFE
        if not getattr(rule, "websocket", False)
    ]
    answers: dict[tuple[str, str], int] = {}

    async with app.test_app() as running:
        for path, method in changing:
            for headers in (*STRANGERS, {"Origin": "null", "Sec-Fetch-Site": "same-site"}):
                answer = await running.test_client().open(path, method=method, headers=headers, json={})
                answers[path, f"{method} {headers}"] = answer.status_code

    assert answers
    assert {asked: status for asked, status in answers.items() if status != 403} == {}


async def test_no_socket_opens_for_another_site(app: Quart) -> None:
    sockets = [rule.rule for rule in rules(app) if getattr(rule, "websocket", False)]
    answers: dict[tuple[str, str], int] = {}

    async with app.test_app() as running:
        for path in sockets:
            for headers in (*STRANGERS, {"Sec-Fetch-Site": "same-origin"}):
                with pytest.raises(WebsocketResponseError) as refused:
                    async with running.test_client().websocket(path, headers=headers) as socket:
                        await socket.receive()
                answers[path, str(headers)] = refused.value.response.status_code

    assert answers
    assert {asked: status for asked, status in answers.items() if status != 403} == {}
