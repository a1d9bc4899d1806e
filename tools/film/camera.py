"""What a step of the film may do to be seen. The rehearsal does the same things without taking any picture.

Next: studio.py, the camera that films; steps.py, which says what is done.
"""

from typing import Protocol

from playwright.sync_api import Locator


class Camera(Protocol):
    """Shows what somebody does on a phone."""

    def sees(self) -> None:
        """Take the page as it is now; the picture before it fades away."""
        ...

    def waits(self, seconds: float) -> None:
        """Let what is seen stand for a while."""
        ...

    def points_at(self, place: Locator, *, across: float = 0.82) -> None:
        """Move the finger there; `across` says how far to the right, from 0 to 1."""
        ...

    def taps(self, place: Locator) -> None:
        """Move the finger there and press."""
        ...

    def writes(self, box: Locator, text: str) -> None:
        """Write in a field, letter by letter."""
        ...

    def scrolls_to(self, place: Locator) -> None:
        """Bring a part of the page into view, without haste."""
        ...

    def lights_the_lamp(self) -> None:
        """Let the evening around the phone grow warm from here on."""
        ...


class Rehearsal:
    """A camera without film: every step is done at once, and nothing waits."""

    def sees(self) -> None:
        """Look."""

    def waits(self, seconds: float) -> None:
        """Wait for nothing."""
        del seconds

    def points_at(self, place: Locator, *, across: float = 0.82) -> None:
        """Move the pointer there."""
        del across
        place.hover(trial=True)

    def taps(self, place: Locator) -> None:
        """Press."""
        place.click()

    def writes(self, box: Locator, text: str) -> None:
        """Write it all."""
        box.fill(text)

    def scrolls_to(self, place: Locator) -> None:
        """Go there."""
        place.scroll_into_view_if_needed()

    def lights_the_lamp(self) -> None:
        """Light nothing."""
