"""The installation as a browser meets it: speaks to the public origin and to nothing else.

Next: browsing.py (how it speaks), references.py (what the pages fetch).
"""

import secrets
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlencode

from chatservice.commands.doctor.browsing import Answer, Browser, UnreachableError
from chatservice.commands.doctor.findings import Finding, advice, good, wrong
from chatservice.commands.doctor.references import walk_site
from chatservice.settings import Settings
from chatservice.web.headers import DOCUMENT_HEADERS, PART_TYPES, page_headers
from chatservice.web.sign_in_delay import FIRST_DELAY_S, FREE_FAILURES

SIGN_IN: Final = "/mentor/logga-in"
SOCKET: Final = "/chatt/ws/visitor"
STRANGER: Final = "https://example.org"
TELLING_HEADERS: Final = ("Server", "X-Powered-By", "Via", "X-AspNet-Version", "X-Generator")
INSIDE_PATHS: Final = (
    "/redo",
    "/metrics",
    "/server-status",
    "/nginx_status",
    "/debug/pprof/",
    "/.env",
    "/.git/HEAD",
)
DAYS_LEFT_WRONG: Final = 5
DAYS_LEFT_ADVICE: Final = 20
CLOCK_ERROR_ADVICE_S: Final = 10
CLOCK_ERROR_WRONG_S: Final = 60
TRIES: Final = FREE_FAILURES + 2


def look_from_outside(settings: Settings) -> Iterator[Finding]:
    """Look at everything that a browser meets. Knows from the settings what it should be."""
    try:
        browser = Browser(settings.public_origin)
        yield from _answers(browser, settings)
        yield from look_at_encryption(browser)
        yield from look_at_clock(browser)
        yield from _smaller_forms(browser)
        yield from walk_site(browser)
        yield from _sockets(browser)
        yield from _doors(browser, settings)
        yield from forged_addresses(browser, settings.proxy_hops)
    except UnreachableError as error:
        yield wrong(str(error))


def _answers(browser: Browser, settings: Settings) -> Iterator[Finding]:
    """Look at the headers of every kind of answer."""
    asked = {
        "Startsidan": "/",
        "Chattsidan": "/chatt/",
        "Inloggningen": SIGN_IN,
        "En sida som inte finns": f"/finns-inte-{secrets.token_hex(4)}",
        "Frågan om chatten är öppen": "/chatt/status",
    }
    found: list[Finding] = []
    for what, path in asked.items():
        answer = browser.get(path)
        expected_status = 404 if path.startswith("/finns-inte") else 200
        if answer.status != expected_status:
            found.append(
                wrong(
                    f"{what} ({path}) svarar {answer.status} i stället för {expected_status}: kontrollera vilka "
                    "adresser webbservern framför skickar vidare (deploy/)."
                )
            )
        found.extend(_headers(what, answer, page_headers(settings)))
    yield from found or [good(f"Alla rubriker är på plats i {len(asked)} slags svar, och inga kakor sätts.")]
    if browser.get("/halsa").text.strip() == "ok":
        yield good("/halsa svarar.")
    else:
        yield wrong("/halsa svarar inte ok: låt webbservern framför skicka den vidare till tjänsten.")


def _headers(what: str, answer: Answer, expected: dict[str, str]) -> Iterator[Finding]:
    """Compare one answer's headers with what the service says of itself."""
    for name, value in expected.items():
        if answer.kind in PART_TYPES and name in DOCUMENT_HEADERS:
            continue
        given = answer.all(name)
        if not given:
            yield wrong(f"{what} saknar {name}: låt webbservern framför sätta det, som i deploy/.")
        elif given != [value]:
            yield wrong(f"{what} har ett annat värde i {name}, eller flera: sätt det en gång, som i deploy/.")
    for name in TELLING_HEADERS:
        if answer.all(name):
            yield wrong(f"{what} berättar vad den körs på ({name}): ta bort rubriken i webbservern framför.")
    if answer.all("Set-Cookie"):
        yield wrong(f"{what} sätter en kaka hos besökaren: stäng av det i webbservern framför.")


def look_at_encryption(browser: Browser) -> Iterator[Finding]:
    """Look at the certificate, and at what answers without encryption."""
    if not browser.is_https:
        yield advice("Adressen är inte https: det duger bara för exempel på den egna datorn.")
        return
    days = (browser.certificate_ends() - datetime.now(UTC)).days
    told = f"Webbservrens certifikat gäller i {days} dagar till"
    if days < DAYS_LEFT_WRONG:
        yield wrong(f"{told}: förnya det nu, och se efter varför det inte sker av sig självt.")
    elif days < DAYS_LEFT_ADVICE:
        yield advice(f"{told}: se efter att förnyelsen fungerar.")
    else:
        yield good(f"{told}.")
    try:
        plain = browser.without_encryption().get("/")
    except UnreachableError:
        yield good("Utan kryptering svarar ingen.")
        return
    if plain.status in {301, 308} and plain.first("Location").startswith("https://"):
        yield good("Den som kommer med http skickas till https.")
    else:
        yield wrong("Den som kommer med http blir kvar där: skicka vidare till https med 308.")


def look_at_clock(browser: Browser) -> Iterator[Finding]:
    """Compare the origin's clock with this machine's."""
    given = browser.get("/halsa").first("Date")
    if not given:
        yield advice("Svaren har ingen Date, så klockan kunde inte jämföras.")
        return
    error_s = abs((datetime.now(UTC) - parsedate_to_datetime(given)).total_seconds())
    if error_s > CLOCK_ERROR_WRONG_S:
        yield wrong(
            f"Klockorna skiljer sig {error_s:.0f} s: ställ datorernas klockor med NTP (timedatectl set-ntp true). "
            "Engångskoder och certifikat följer dem."
        )
    elif error_s > CLOCK_ERROR_ADVICE_S:
        yield advice(f"Klockorna skiljer sig {error_s:.0f} s: slå på NTP (timedatectl set-ntp true).")
    else:
        yield good("Klockan går rätt.")


def _smaller_forms(browser: Browser) -> Iterator[Finding]:
    first = browser.get("/", {"Accept-Encoding": "br, gzip"})
    tag = first.first("ETag")
    if not first.first("Content-Encoding"):
        yield advice("Startsidan skickas utan komprimering: servera filerna .br och .gz, som i deploy/.")
    if not tag or browser.get("/", {"Accept-Encoding": "br, gzip", "If-None-Match": tag}).status != 304:
        yield advice("Startsidan hämtas om varje gång: låt webbservern svara 304 på en ETag som stämmer.")
    elif first.first("Content-Encoding"):
        yield good("Sidorna är komprimerade, och hämtas inte om i onödan.")


def _sockets(browser: Browser) -> Iterator[Finding]:
    status = browser.handshake(SOCKET, browser.origin)
    if status == 101:
        yield good("WebSocket öppnas för våra egna sidor.")
    else:
        yield wrong(
            f"WebSocket öppnas inte ({status}): låt webbservern framför skicka vidare Upgrade och Connection, och "
            "kontrollera CHAT_PUBLIC_ORIGIN."
        )
    if browser.handshake(SOCKET, STRANGER) == 101:
        yield wrong(
            "WebSocket öppnas för en främmande sida: låt webbservern framför skicka vidare Origin som den kom."
        )
    else:
        yield good("WebSocket öppnas inte för en främmande sida.")


def _doors(browser: Browser, settings: Settings) -> Iterator[Finding]:
    """Look for what must not be reached from outside."""
    open_doors = [path for path in INSIDE_PATHS if browser.get(path).status == 200]
    for path in open_doors:
        yield wrong(f"{path} går att nå utifrån: ta bort den vägen i webbservern framför.")
    if settings.metrics_port and not browser.is_here and _listens(browser.host, settings.metrics_port):
        yield wrong(
            f"Port {settings.metrics_port} (CHAT_METRICS_PORT) går att nå utifrån: stäng den i brandväggen."
        )
    elif not open_doors:
        yield good("Mätvärden och annat för driften går inte att nå utifrån.")


def _listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=3).close()
    except OSError:
        return False
    return True


def forged_addresses(
    browser: Browser, hops: int, clock: Callable[[], float] = time.monotonic
) -> Iterator[Finding]:
    """Fail to sign in as nobody, each time from another address that we make up.

    Who fails often waits, by name and address: only a service that believes what a browser claims lets all of them go
    at once. The wait is at least so long, so that a slow machine is not mistaken for it the wrong way.
    """
    nobody = f"ingen-{secrets.token_hex(6)}"
    body = urlencode({"username": nobody, "password": secrets.token_hex(8), "code": "000000"})
    took_s = 0.0
    for number in range(TRIES):
        began_s = clock()
        answer = browser.post(SIGN_IN, body, {"X-Forwarded-For": f"203.0.113.{number + 1}"})
        took_s = clock() - began_s
        if answer.status in {403, 429, 503}:
            yield advice(f"Inloggningen svarade {answer.status}, så påhittade adresser kunde inte prövas.")
            return
    if took_s < FIRST_DELAY_S * 2 ** (TRIES - 1 - FREE_FAILURES):
        yield wrong(
            "En webbläsare kan hitta på sin egen adress (X-Forwarded-For): låt webbservern framför skriva över den, "
            f"som i deploy/, och sätt CHAT_PROXY_HOPS (nu {hops}) till antalet webbservrar framför."
        )
    else:
        yield good("En påhittad adress (X-Forwarded-For) blir inte trodd.")
