"""The camera that films: every frame is a picture of the stage, with the visitor's page on a phone in it.

Time is counted in frames: a cue has as many as its seconds ask for, and what is moving takes its share of them. What
stands still is one picture, written many times. Next: stage.css, for how it looks; encoding.py, for what becomes of the
frames.
"""

import base64
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page

from tools.film.shown_film import HEIGHT, WIDTH

FRAMES_PER_SECOND = 25
PHONE_WIDTH, PHONE_HEIGHT, SCALE = 360, 625, 2.6
STAGE = Path(__file__).resolve().parent / "stage.html"
JPEG_QUALITY = 95

FADE_S, MOVE_S, PRESS_S, SCROLL_S, NIGHT_S, LAMP_S = 0.4, 0.8, 0.36, 1.6, 0.6, 1.4
LETTERS_AT_ONCE, LETTERS_S = 2, 0.12

Sink = Callable[[bytes, int], None]
"""Takes a frame (JPEG), and how many times it is to be seen."""


class TooShortError(Exception):
    """A cue has less time than what happens in it; the message says how much it needs."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The values of one picture of the stage."""

    fade: float = 1
    warmth: float = 0
    night: float = 1
    finger: float = 0
    press: float = 0
    x: float = PHONE_WIDTH * SCALE / 2
    y: float = PHONE_HEIGHT * SCALE * 0.7


class Studio:
    """Films one page. `begin` and `finish` stand around each cue; see camera.py for what happens between them."""

    def __init__(self, browser: Browser, page: Page, sink: Sink) -> None:
        self._page = page
        self._sink = sink
        self._stage = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1)
        self._stage.goto(STAGE.as_uri())
        self._frame = Frame()
        self._last = b""
        self._left = 0
        self._lamp = 0.0

    def begin(self, seconds: int) -> None:
        """Begin a cue."""
        self._left = seconds * FRAMES_PER_SECOND

    def finish(self, *, at_night: bool = False) -> None:
        """Let what is seen stand until the cue is over; at the end of the film it grows dark. Raises TooShortError."""
        dusk = _frames(NIGHT_S) if at_night else 0
        self._hold(self._left - dusk)
        if at_night:
            self._move(NIGHT_S, lambda t: replace(self._frame, night=t, finger=0))
        if self._left < 0:
            raise TooShortError(f"det behövs {math.ceil(-self._left / FRAMES_PER_SECOND)} sekunder till")

    # -- the camera

    def sees(self) -> None:
        """Take the page as it is now; the picture before it fades away, and the lamp lights up if it is to."""
        first = not self._last
        self._take()
        if first:
            self._move(NIGHT_S, lambda t: Frame(night=1 - t))
            return
        seen = self._frame
        dark = seen.warmth
        seconds = LAMP_S if self._lamp != dark else FADE_S
        self._move(
            seconds,
            lambda t: replace(
                seen, fade=t, finger=seen.finger * (1 - t), press=0, warmth=dark + (self._lamp - dark) * t
            ),
        )

    def waits(self, seconds: float) -> None:
        """Let what is seen stand for a while."""
        self._hold(_frames(seconds))

    def points_at(self, place: Locator, *, across: float = 0.82) -> None:
        """Move the finger there, to the right of the middle and low, as a thumb does: the words stay readable."""
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        if box is None:
            return
        x = (box["x"] + box["width"] * across) * SCALE
        y = (box["y"] + box["height"] * 0.8) * SCALE
        start = self._frame if self._frame.finger else replace(self._frame, x=x + 60, y=y + 260)
        self._move(
            MOVE_S,
            lambda t: replace(
                start,
                x=start.x + (x - start.x) * t,
                y=start.y + (y - start.y) * t,
                finger=max(start.finger, t),
            ),
        )

    def taps(self, place: Locator) -> None:
        """Move the finger there and press."""
        self.points_at(place)
        still = self._frame
        self._move(PRESS_S, lambda t: replace(still, press=math.sin(math.pi * t)))
        place.click()

    def writes(self, box: Locator, text: str) -> None:
        """Write in a field, a few letters at a time."""
        self._frame = replace(self._frame, finger=0)
        for start in range(0, len(text), LETTERS_AT_ONCE):
            box.press_sequentially(text[start : start + LETTERS_AT_ONCE])
            self._take()
            self._draw(self._frame)
            self._hold(_frames(LETTERS_S))

    def scrolls_to(self, place: Locator) -> None:
        """Roll the page until a part of it stands near the top."""
        self._frame = replace(self._frame, finger=0)
        distance = place.evaluate("(part) => part.getBoundingClientRect().top - 90")
        begun = self._page.evaluate("scrollY")
        steps = _frames(SCROLL_S) // 2
        for step in range(1, steps + 1):
            self._page.evaluate("(y) => scrollTo(0, y)", begun + distance * _eased(step / steps))
            self._take()
            self._draw(self._frame)
            self._hold(2)

    def lights_the_lamp(self) -> None:
        """Let the evening grow warm with the next picture."""
        self._lamp = 1.0

    def poster(self, path: Path) -> None:
        """Keep what is seen now as the film's still picture."""
        path.write_bytes(self._last)

    # -- frames

    def _take(self) -> None:
        picture = base64.b64encode(self._page.screenshot(type="jpeg", quality=JPEG_QUALITY)).decode()
        self._stage.evaluate("(address) => show(address)", f"data:image/jpeg;base64,{picture}")

    def _move(self, seconds: float, at: Callable[[float], Frame]) -> None:
        count = _frames(seconds)
        for step in range(1, count + 1):
            self._draw(at(_eased(step / count)))
            self._hold(1)

    def _draw(self, frame: Frame) -> None:
        self._frame = frame
        self._stage.evaluate("(frame) => draw(frame)", asdict(frame))
        self._last = self._stage.screenshot(type="jpeg", quality=JPEG_QUALITY)

    def _hold(self, frames: int) -> None:
        if frames > 0:
            self._sink(self._last, frames)
            self._left -= frames


def _frames(seconds: float) -> int:
    return round(seconds * FRAMES_PER_SECOND)


def _eased(part: float) -> float:
    """Begin and end without haste."""
    return (1 - math.cos(math.pi * part)) / 2
