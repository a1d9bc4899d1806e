"""What happens at each cue of the film, on the real pages: two people, by the names that assistive technology uses.

A name that is no longer on the page ends the film with a sentence that says which, so that the film cannot show what is
not so. Knows accessible names; knows nothing of pictures (camera.py).
"""

from collections.abc import Callable, Iterable
from typing import Literal

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page

from tools.film.camera import Camera
from tools.film.cues import Cue

Role = Literal["button", "link", "textbox", "heading", "group", "log"]
KINDS: dict[Role, str] = {
    "button": "knappen",
    "link": "länken",
    "textbox": "fältet",
    "heading": "rubriken",
    "group": "gruppen",
    "log": "ytan",
}
PROMISES = 4
LONG_ENOUGH_TO_READ_S = 1.2


class StepError(Exception):
    """A step does not work any more; the message says at which cue and what is missing."""


class MissingError(Exception):
    """Something is not on the page; the message says what."""


class Conversation:
    """The film's two people at their pages. The mentor is on duty when it begins."""

    def __init__(
        self, origin: str, visitor: Page, mentor: Page, camera: Camera, *, patience_s: float = 10
    ) -> None:
        self._origin = origin
        self._visitor = visitor
        self._mentor = mentor
        self._camera = camera
        self._patience_ms = patience_s * 1000
        self._steps: dict[str, Callable[[Cue], None]] = {
            "start_page": self._start_page,
            "to_chat": self._to_chat,
            "promises": self._promises,
            "begin": self._begin,
            "waiting": self._waiting,
            "opener": self._opener,
            "send": self._send,
            "mentor_comes": self._mentor_comes,
            "mentor_writes": self._mentor_writes,
            "answer": self._answer,
            "arrived": self._arrived,
            "take_back": self._take_back,
            "quick_exit": self._quick_exit,
            "end": self._end,
            "confirm": self._confirm,
            "aftercare": self._aftercare,
        }

    def play(self, cue: Cue) -> None:
        """Let a cue's step happen. Raises StepError."""
        try:
            self._steps[cue.step](cue)
        except (MissingError, PlaywrightError) as error:
            text = next(iter(cue.words.values())).text
            reason = str(error).strip().splitlines()[0].rstrip(".")
            raise StepError(
                f"Filmen stannar vid ”{text}” (steget {cue.step}): {reason}. Är sidan ändrad med flit: ändra steget i "
                "tools/film/steps.py och orden i content/data/film.toml."
            ) from error

    # -- the steps

    def _start_page(self, _: Cue) -> None:
        self._visitor.goto(f"{self._origin}/")
        self._one("link", "Till chatten")
        self._visitor.evaluate("document.fonts.ready")
        self._camera.sees()

    def _to_chat(self, _: Cue) -> None:
        self._camera.waits(2 * LONG_ENOUGH_TO_READ_S)
        self._camera.taps(self._one("link", "Till chatten"))
        self._until_open()
        self._camera.sees()

    def _promises(self, _: Cue) -> None:
        promises = self._visitor.get_by_role("main").get_by_role("listitem").locator("visible=true")
        if promises.count() < PROMISES:
            raise MissingError(f"de {PROMISES} löftena står inte på sidan")
        for place in range(PROMISES):
            self._camera.waits(0.5)
            self._camera.points_at(promises.nth(place), across=0.98)

    def _begin(self, _: Cue) -> None:
        self._camera.waits(LONG_ENOUGH_TO_READ_S)
        self._camera.taps(self._one("button", "Börja"))
        self._reads("Du står först i kön.")
        self._camera.sees()

    def _waiting(self, _: Cue) -> None:
        self._one("button", "Lämna kön")

    def _opener(self, _: Cue) -> None:
        self._one("group", "Förslag att börja med")
        opener = self._one("button", "Jag känner mig ensam")
        self._camera.waits(LONG_ENOUGH_TO_READ_S)
        self._camera.taps(opener)
        self._camera.sees()
        if self._box.input_value() == "":
            raise MissingError("förslaget hamnar inte i fältet ”Ditt meddelande”")

    def _send(self, _: Cue) -> None:
        self._camera.waits(LONG_ENOUGH_TO_READ_S)
        self._camera.taps(self._one("button", "Skicka"))
        self._reads("Skickat")
        self._camera.sees()

    def _mentor_comes(self, _: Cue) -> None:
        self._one("button", "Ta nästa", self._mentor).click()
        self._reads("(certifierad mentor)")
        self._reads("Framme")
        self._camera.lights_the_lamp()
        self._camera.sees()

    def _mentor_writes(self, cue: Cue) -> None:
        self._mentor_types(cue.says)
        self._camera.waits(2)
        self._mentor_sends(cue.says)

    def _answer(self, cue: Cue) -> None:
        self._camera.taps(self._box)
        self._camera.sees()
        self._camera.writes(self._box, cue.says)
        self._camera.waits(0.4)
        self._camera.taps(self._one("button", "Skicka"))
        self._reads(cue.says)
        self._camera.sees()

    def _arrived(self, cue: Cue) -> None:
        mark = self._log.get_by_role("listitem").filter(has_text="Framme").last
        self._visible(mark, "”Framme” under det man skrev")
        self._camera.sees()
        self._camera.points_at(mark.get_by_text("Framme"))
        self._camera.waits(1)
        self._mentor_types(cue.says)
        self._camera.waits(1)
        self._mentor_sends(cue.says)

    def _take_back(self, cue: Cue) -> None:
        self._camera.writes(self._box, cue.says)
        self._camera.taps(self._one("button", "Skicka"))
        self._reads(cue.says)
        self._camera.sees()
        button = self._visitor.get_by_role("button", name="Ta bort").last
        self._visible(button, "knappen ”Ta bort” under det man skrev")
        self._camera.waits(LONG_ENOUGH_TO_READ_S)
        self._camera.taps(button)
        self._reads("borttaget")
        self._camera.sees()

    def _quick_exit(self, _: Cue) -> None:
        self._camera.points_at(self._one("link", "Lämna snabbt"))

    def _end(self, _: Cue) -> None:
        self._camera.waits(LONG_ENOUGH_TO_READ_S)
        self._camera.taps(self._one("button", "Avsluta samtalet"))
        self._one("button", "Ja, avsluta")
        self._camera.sees()

    def _confirm(self, _: Cue) -> None:
        self._camera.waits(LONG_ENOUGH_TO_READ_S)
        self._camera.taps(self._one("button", "Ja, avsluta"))
        self._one("heading", "Samtalet är slut")
        self._visible(self._mentor.get_by_text("Besökaren avslutade samtalet."), "slutet hos mentorn")
        self._camera.sees()

    def _aftercare(self, _: Cue) -> None:
        self._camera.scrolls_to(self._one("heading", "Vill du tala med någon annan?"))
        numbers = self._visitor.get_by_role("main").locator("a[href^='tel:']").locator("visible=true")
        self._visible(numbers.first, "ett nummer att ringa efter samtalet")

    # -- what they are made of

    @property
    def _box(self) -> Locator:
        return self._one("textbox", "Ditt meddelande")

    @property
    def _log(self) -> Locator:
        return self._one("log", "Samtal")

    def _mentor_types(self, text: str) -> None:
        self._one("textbox", "Ditt meddelande", self._mentor).press_sequentially(text[:12])
        self._reads("skriver …")
        self._camera.sees()

    def _mentor_sends(self, text: str) -> None:
        self._one("textbox", "Ditt meddelande", self._mentor).fill(text)
        self._one("button", "Skicka", self._mentor).click()
        self._reads(text)
        self._camera.sees()

    def _until_open(self) -> None:
        button = self._one("button", "Börja")
        self._visible(
            self._visitor.locator("button:enabled").and_(button), "en ”Börja” som går att trycka på"
        )
        self._visitor.evaluate("document.fonts.ready")

    def _one(self, role: Role, name: str, page: Page | None = None) -> Locator:
        place = (page or self._visitor).get_by_role(role, name=name, exact=True).locator("visible=true").first
        self._visible(place, f"{KINDS[role]} ”{name}”")
        return place

    def _reads(self, text: str) -> None:
        self._visible(self._visitor.get_by_text(text).locator("visible=true").first, f"”{text}”")

    def _visible(self, place: Locator, what: str) -> None:
        try:
            place.wait_for(state="visible", timeout=self._patience_ms)
        except PlaywrightError as error:
            raise MissingError(f"{what} finns inte på sidan") from error


def rehearse(conversation: Conversation, cues: Iterable[Cue]) -> None:
    """Go through every step. Raises StepError at the first that does not work."""
    for cue in cues:
        conversation.play(cue)
