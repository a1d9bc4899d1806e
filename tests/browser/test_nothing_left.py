"""What a browser keeps of a conversation after "Lämna snabbt", and after it was simply closed: nothing, on disk either.

The whole profile folder is searched, byte by byte, for words that were sent, received, and typed but never sent.
Control words, put where browsers do keep things, must be found by the same search.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import CAME_WITHIN_MS, PRESSED_WITHIN_MS
from tests.browser.page_clock import stop_clock
from tests.browser.people import MentorAtPage, VisitorAtPage
from tests.running_service import RunningService
from tools import browsers

SENT, HEARD, TYPED, ALIAS = "Skickatord", "Mottagetord", "Halvskrivetord", "Aliasord"
VISITED, STORED = "Besoktord", "Sparatord"


def kept(profile: Path, word: str) -> list[str]:
    """Return the files of a profile that hold a word, as text of eight or of sixteen bits."""
    spellings = [word.encode("ascii"), word.encode("utf-16-le"), word.encode("utf-16-be")]
    files = [Path(folder, name) for folder, _, names in os.walk(profile) for name in names]
    return [
        path.relative_to(profile).as_posix()
        for path in files
        if path.is_file() and not path.is_symlink() and any(each in bytes_of(path) for each in spellings)
    ]


def bytes_of(path: Path) -> bytes:
    """Return what a file holds: nothing, when the browser has just thrown it away."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


@pytest.fixture
def profile(tmp_path: Path, browser: Browser) -> Iterator[tuple[BrowserContext, Path]]:
    """A browser of its own that keeps its profile in a folder, as people's browsers do."""
    folder = tmp_path / "profile"
    context = browser.browser_type.launch_persistent_context(
        folder,
        executable_path=browsers.chromium(),
        args=[flag for flag in browsers.CHROMIUM_FLAGS if flag != "--headless"],
        locale="sv-SE",
    )
    context.set_default_timeout(PRESSED_WITHIN_MS)
    context.set_default_navigation_timeout(CAME_WITHIN_MS)
    yield context, folder
    context.close()


def press_button(visitor: VisitorAtPage) -> None:
    """Leave by the button."""
    visitor.page.get_by_role("link", name="Lämna snabbt").click()


def press_shift(visitor: VisitorAtPage) -> None:
    """Leave by Shift, three times, from where one writes."""
    stop_clock(visitor.page)  # presses that come slowly are forgotten
    for _ in range(3):
        visitor.box.press("Shift")


@pytest.mark.parametrize("leave", [press_button, press_shift, None])
def test_nothing_is_left_of_what_was_sent_received_or_only_typed(
    profile: tuple[BrowserContext, Path],
    mentor: MentorAtPage,
    service: RunningService,
    leave: Callable[[VisitorAtPage], None] | None,
):
    context, folder = profile
    visitor = VisitorAtPage(context.new_page(), service.base_url)
    # Where browsers do keep things: the history, and the storage of an origin that nobody empties.
    visitor.page.goto(f"{service.base_url.replace('127.0.0.1', 'localhost')}/integritet/?{VISITED}")
    visitor.page.evaluate(f"localStorage.setItem('kontroll', '{STORED}')")
    visitor.page.goto(f"{service.base_url}/integritet/")
    visitor.comes()
    visitor.page.get_by_text("Vill du säga något om dig först?").click()
    visitor.page.get_by_label("Vad ska mentorn kalla dig?").fill(ALIAS)
    length = visitor.page.evaluate("history.length")
    talk_on(visitor, mentor)

    if leave is None:
        assert kept(folder, SENT) + kept(folder, HEARD) + kept(folder, TYPED) + kept(folder, ALIAS) == []
    else:
        leave(visitor)
        visitor.page.wait_for_url("**/lugn/")
        mentor.sees("Besökaren avslutade samtalet.")
        assert not any(word in visitor.leaves_behind() for word in (SENT, HEARD, TYPED, ALIAS))
        assert visitor.page.evaluate("[sessionStorage.length, localStorage.length, history.length]") == [
            0,
            0,
            length,
        ]
        assert visitor.page.evaluate("history.state") is None
        visitor.page.go_back()
        expect(visitor.page).to_have_url(f"{service.base_url}/integritet/")
    context.close()

    assert kept(folder, VISITED), "the search finds what is there"
    assert kept(folder, STORED), "the search finds what is there"
    for word in (SENT, HEARD, TYPED, ALIAS):
        assert kept(folder, word) == [], word


def talk_on(visitor: VisitorAtPage, mentor: MentorAtPage) -> None:
    """Begin where the page stands, be taken, write, hear, and stop in the middle of a word."""
    visitor.button("Börja").click()
    visitor.sees("Du står först i kön.")
    mentor.takes_next()
    visitor.sees("Du talar med")
    visitor.says(SENT)
    mentor.reads(SENT)
    mentor.says(HEARD)
    visitor.reads(HEARD)
    visitor.box.press_sequentially(TYPED)
