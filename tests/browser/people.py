"""A visitor and a mentor at their pages: what they see and press, by the names that assistive technology uses.

Knows accessible names only, so that a test reads as what two people do. Everything that a page complains about (errors
of scripts, refused code, files that are missing) is collected in `complaints`.
"""

import contextlib
import re

from playwright.sync_api import BrowserContext, Locator, Page, WebSocket, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.running_service import Credentials, RunningService

WATCH_POLICY = """
addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective}`));
"""

HUNG_UP_WITHIN_MS = 3_000


class Person:
    """Somebody at a page with a conversation in it."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page = page
        self.base_url = base_url
        self.complaints: list[str] = []
        self._sockets: list[WebSocket] = []
        page.on("websocket", lambda socket: self._sockets.append(socket))
        page.add_init_script(WATCH_POLICY)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def button(self, name: str) -> Locator:
        """Return the button with exactly this name."""
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def box(self) -> Locator:
        """Return the field that one writes in."""
        return self.page.get_by_role("textbox", name="Ditt meddelande")

    @property
    def log(self) -> Locator:
        """Return what has been said."""
        return self.page.get_by_role("log", name="Samtal")

    @property
    def texts(self) -> list[str]:
        """Return every message on the page, in order."""
        return self.log.locator(".line__text").all_inner_texts()

    def signs_in(self, credentials: Credentials) -> None:
        """Sign in with all three things, whatever one's role."""
        self.page.goto(f"{self.base_url}/mentor/logga-in")
        self.page.get_by_label("Användarnamn").fill(credentials.username)
        self.page.get_by_label("Lösenord").fill(credentials.password)
        self.page.get_by_label("Engångskod").fill(credentials.code())
        self.button("Logga in").click()
        expect(self.button("Logga ut")).to_be_attached()

    def says(self, text: str) -> None:
        """Write and send."""
        self.box.fill(text)
        self.button("Skicka").click()

    def reads(self, text: str) -> None:
        """Wait until a message is there."""
        expect(self.log.get_by_text(text, exact=True)).to_be_visible()

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until the page says something, whole or in part."""
        expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible()

    def ends(self) -> None:
        """End the conversation for both."""
        self.button("Avsluta samtalet").click()
        self.button("Ja, avsluta").click()

    def parts(self) -> None:
        """End what is going on, if anything is."""
        self.presses_if_there("Avsluta samtalet")
        self.presses_if_there("Ja, avsluta")
        expect(self.button("Avsluta samtalet")).to_be_hidden()

    def presses_if_there(self, name: str) -> None:
        """Press a button unless it is gone: the other one may end, or come, between a look and a press."""
        # Looked for once more in the moment of the press: nobody can press what has just been hidden.
        self.button(name).evaluate_all(
            "found => found.forEach((each) => { if (each.checkVisibility()) each.click(); })"
        )

    def leaves_behind(self) -> str:
        """Return everything that the page and the tab's storages hold now."""
        return str(
            self.page.evaluate(
                "() => document.documentElement.outerHTML + JSON.stringify([{...sessionStorage}, {...localStorage}])"
                " + [...document.querySelectorAll('textarea')].map((field) => field.value).join()"
            )
        )


class VisitorAtPage(Person):
    """Somebody who wants to talk."""

    def comes(self) -> None:
        """Open the conversation page."""
        self.page.goto(f"{self.base_url}/chatt/")

    def begins(self) -> None:
        """Come and press "Börja", once that can be pressed."""
        self.comes()
        expect(self.button("Börja")).to_be_enabled()
        self.button("Börja").click()
        expect(self.box).to_be_visible()

    def goes(self) -> None:
        """Leave the queue or end the conversation, whichever goes on, and wait until the service has heard it."""
        self.presses_if_there("Lämna kön")
        expect(self.button("Lämna kön")).to_be_hidden()
        self.parts()
        for socket in self._sockets[-1:]:
            # The service hangs up when it has heard it, and the page by itself soon after.
            if not socket.is_closed():
                with contextlib.suppress(PlaywrightTimeoutError):
                    socket.wait_for_event("close", timeout=HUNG_UP_WITHIN_MS)


class MentorAtPage(Person):
    """Somebody who listens."""

    def comes(self) -> None:
        """Open the desk and wait until the service has let it in."""
        self.page.goto(f"{self.base_url}/mentor/")
        expect(self.page.get_by_text("Öppnar …")).to_be_hidden()

    def comes_on_duty(self) -> None:
        """Open the desk and go on duty."""
        self.comes()
        if self.button("Gå i tjänst").is_visible():
            self.button("Gå i tjänst").click()
        self.sees("Du är i tjänst.")

    def takes_next(self) -> None:
        """Take whoever has waited longest, and be let in."""
        expect(self.button("Ta nästa")).to_be_enabled()
        self.button("Ta nästa").click()
        self.sees("Du talar med")

    def goes_home(self) -> None:
        """End what is going on, go off duty and close the page."""
        self.parts()
        if self.button("Avsluta tjänst").is_visible():
            self.button("Avsluta tjänst").click()
            self.sees("Du är inte i tjänst.")
        self.page.close()


def talk(visitor: VisitorAtPage, mentor: MentorAtPage) -> VisitorAtPage:
    """Bring a visitor and the mentor together; return the visitor."""
    visitor.begins()
    visitor.sees("Du står först i kön.")
    mentor.takes_next()
    visitor.sees("Du talar med")
    return visitor


def part(visitor: VisitorAtPage, mentor: MentorAtPage) -> None:
    """Let the mentor end what is going on, if anything is, and wait until the visitor has heard it."""
    mentor.parts()
    if not visitor.page.is_closed():
        expect(visitor.button("Avsluta samtalet")).to_be_hidden()


def sign_in(context: BrowserContext, service: RunningService, username: str) -> None:
    """Make a mentor's account and sign it in, for every page of this browser profile."""
    page = context.new_page()
    MentorAtPage(page, service.base_url).signs_in(service.add_account("mentor", username))
    page.close()
