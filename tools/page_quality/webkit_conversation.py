"""One conversation in WebKit, from the first word to nothing left, with a mentor who is a program.

Says each thing that was seen, in the order in which a visitor meets it. Knows accessible names, as the tests in
`tests/browser` do. Next: webkit.py.
"""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from pyotp.totp import TOTP

from chatservice.settings import Settings
from tools import browsers
from tools.page_quality.service import Served, open_with_mentor
from tools.page_quality.webkit import WebKit, WebKitError, window
from tools.participants.mentor import Mentor, RefusedError
from tools.participants.participant import StoppedError
from tools.participants.service import Service, ServiceError

USERNAME, PASSWORD = "exempelmentor", "exempel-lösenord-för-mätning"  # lives as long as one measurement
MENTOR_TIMEOUT_S = 60
FAILURES = (WebKitError, RefusedError, StoppedError, ServiceError, OSError)
ANSWER = "Markörord <b>svar</b> 😀"
BOX = "Ditt meddelande"
TEXTS = "return [...document.querySelectorAll('[role=log] .line__text')].map((line) => line.innerText)"
MAKE_CODE = """
try { document.body.insertAdjacentHTML('beforeend', '<b>kod</b>'); } catch (error) { return error.name; }
return 'ingen vägran';
"""
LEFT = """
return document.documentElement.outerHTML + JSON.stringify([{...sessionStorage}, {...localStorage}])
    + [...document.querySelectorAll('textarea')].map((field) => field.value).join();
"""

See = Callable[[str], None]
Result = TypeVar("Result")


def check(root: Path, served: Served, folder: Path) -> list[str]:
    """Hold the conversation and print what was seen; return what was wrong, or why it could not be held."""
    programs = browsers.webkit()
    if programs is None:
        remedy = browsers.install_webkit()
        programs = browsers.webkit()
        if remedy or programs is None:
            return [f"WebKit: {remedy}"]
    print("\nEtt samtal i WebKit:", flush=True)
    seen: list[str] = []

    def see(what: str) -> None:
        seen.append(what)
        print(f"  såg: {what}", flush=True)

    try:
        with window(programs, folder / "webkit") as webkit:
            asyncio.run(_hold(root, served, webkit, see))
            complaints = webkit.complaints()
    except FAILURES as error:
        return [f"WebKit, efter ”{seen[-1] if seen else 'ingenting'}”: {error}"]
    see(f"{len(complaints)} klagomål från sidorna: fel i skript och brott mot deras policy")
    return [f"WebKit: {line}" for line in complaints]


async def _hold(root: Path, served: Served, webkit: WebKit, see: See) -> None:
    """Let the visitor act on a thread, because WebDriver waits, and the mentor on this loop."""
    loop = asyncio.get_running_loop()

    def wait(coroutine: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(MENTOR_TIMEOUT_S)

    async with await _mentor(root, served) as mentor:
        await asyncio.to_thread(_meet, webkit, served.origin, mentor, wait, see)


def _meet(
    webkit: WebKit, origin: str, mentor: Mentor, wait: Callable[[Coroutine[Any, Any, Any]], Any], see: See
) -> None:
    webkit.open(f"{origin}/chatt/")
    _expect(webkit.run(MAKE_CODE), "TypeError")
    _expect(webkit.complaints(), ["policy: require-trusted-types-for"])
    see(f"sidan i WebKitGTK {webkit.version}, där ord inte kan bli kod")
    wait(mentor.set_duty("on"))
    _begin(webkit)
    see("”Börja” går att trycka, och besökaren står först i kön")

    _say(webkit, "Markörord ett")
    webkit.sees("Skickat")
    wait(mentor.take())
    wait(mentor.until_talking())
    _expect(wait(mentor.next_text()), "Markörord ett")
    webkit.sees("Framme")
    see("mentorn är insläppt och läste det som skrevs i kön: Skickat, Framme")

    wait(mentor.say(ANSWER))
    webkit.sees(ANSWER)
    webkit.reload()
    webkit.sees("Du talar med")
    _say(webkit, "Markörord två")
    _expect(wait(mentor.next_text()), "Markörord två")
    _expect(webkit.run(TEXTS), ["Markörord ett", ANSWER, "Markörord två"])
    see("efter en omladdning fortsätter samtalet, varje rad en gång och bara som text")

    webkit.press("Avsluta samtalet")
    _expect(webkit.run("return document.querySelector('dialog:modal') !== null"), True)
    webkit.press("Ja, avsluta")
    webkit.sees("Samtalet är slut")
    _expect(wait(mentor.until_ended()), "visitor")
    _expect_nothing_left(webkit)
    see("frågan före slutet, slutet på båda håll, och inget kvar i sidan eller i webbläsarens minnen")

    webkit.open(f"{origin}/chatt/")
    _begin(webkit)
    webkit.write(BOX, "Markörord tre")
    webkit.press("Lämna snabbt")
    webkit.until("den lugna sidan visas", lambda: "/lugn/" in str(webkit.run("return location.href")))
    wait(mentor.until(lambda: mentor.waiting == []))
    _expect_nothing_left(webkit)
    see("”Lämna snabbt” tömmer sidan och lämnar kön")


def _begin(webkit: WebKit) -> None:
    webkit.press("Börja")
    webkit.sees("Du står först i kön.")


def _say(webkit: WebKit, text: str) -> None:
    webkit.write(BOX, text)
    webkit.press("Skicka")


def _expect_nothing_left(webkit: WebKit) -> None:
    if "Markörord" in str(webkit.run(LEFT)):
        raise WebKitError("något av samtalet är kvar")


def _expect(found: object, wanted: object) -> None:
    if found != wanted:
        raise WebKitError(f"fick {found!r} i stället för {wanted!r}")


async def _mentor(root: Path, served: Served) -> Mentor:
    """Open the chat at this hour, make an account, and sign it in."""
    secret = await open_with_mentor(root, served, username=USERNAME, password=PASSWORD, alias="Exempelmentor")
    settings = Settings.from_environment(served.environ)
    code = TOTP(secret).at(settings.make_clock().now())
    return await Mentor.sign_in(Service(served.origin), username=USERNAME, password=PASSWORD, code=code)
