"""What tests in a browser may ask for: Chromium, Firefox, pages that ask nobody else, axe, a loop for participants.

Playwright is used through its synchronous interface. The Python participants are asynchronous and run on a loop in a
thread of their own (`background`).
"""

import asyncio
import os
import secrets
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn, TypedDict, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser.people import MentorAtPage, VisitorAtPage, sign_in
from tests.browser.relay import Relay
from tests.running_service import RunningService
from tools import browsers

Result = TypeVar("Result")
WAIT_S = 30
# Bounds for a machine that has much else to do, not measures of speed.
PRESSED_WITHIN_MS, CAME_WITHIN_MS, SEEN_WITHIN_MS = 20_000, 30_000, 20_000
STARTED_WITHIN_MS = 120_000
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


class Mode(TypedDict, total=False):
    """How a page is looked at; the keys are Playwright's."""

    color_scheme: Literal["light", "dark"]
    contrast: Literal["more"]
    forced_colors: Literal["active"]
    viewport: Any


MODES: dict[str, Mode] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "more-contrast": {"color_scheme": "light", "contrast": "more"},
    "forced-colours": {"forced_colors": "active"},
    "narrow-320": {"viewport": {"width": 320, "height": 640}},
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse asynchronous tests here: they cannot share a thread with synchronous Playwright."""
    for item in items:
        if (
            isinstance(item, pytest.Function)
            and asyncio.iscoroutinefunction(item.obj)
            and "browser" in item.path.parts
        ):
            raise pytest.UsageError(
                f"{item.nodeid} is async: use the fixture `background` for what must be awaited."
            )


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Start Playwright once for the whole run."""
    expect.set_options(timeout=SEEN_WITHIN_MS)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Start one Chromium for the whole run. Where there is none: skip, and fail when CI is set."""
    path = browsers.chromium() or missing(
        "Chromium saknas: sudo apt install chromium, eller CHROMIUM=/sökväg"
    )
    chromium = playwright.chromium.launch(
        executable_path=path,
        args=[flag for flag in browsers.CHROMIUM_FLAGS if flag != "--headless"],
        timeout=STARTED_WITHIN_MS,
    )
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def firefox(playwright: Playwright) -> Iterator[Browser]:
    """Start one Firefox for the whole run. Where there is none: skip, and fail when CI is set."""
    wanted = f"Firefox {browsers.OLDEST_FIREFOX}"
    path = browsers.firefox() or missing(
        f"{wanted} saknas: sudo apt install firefox-esr, eller FIREFOX=/sökväg"
    )
    # The channel means Mozilla's own Firefox over WebDriver BiDi, rather than the build that Playwright distributes.
    firefox = playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=path,
        firefox_user_prefs={"ui.prefersReducedMotion": 1},
        timeout=STARTED_WITHIN_MS,
    )
    yield firefox
    firefox.close()


def missing(what: str) -> NoReturn:
    """Skip for want of a browser; under CI, fail."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def open_profile(browser: Browser, **options: Any) -> BrowserContext:
    """Open a browser profile of its own, in Swedish; options are Playwright's."""
    context = browser.new_context(**{"locale": "sv-SE", "reduced_motion": "reduce", **options})
    context.set_default_timeout(PRESSED_WITHIN_MS)
    context.set_default_navigation_timeout(CAME_WITHIN_MS)
    return context


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Return a function that opens a browser profile of its own, in Swedish; arguments are Playwright's."""
    opened: list[BrowserContext] = []

    def open_context(**options: Any) -> BrowserContext:
        opened.append(open_profile(browser, **options))
        return opened[-1]

    yield open_context
    for context in opened:
        context.close()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """Open one page in a profile of its own."""
    return new_context().new_page()


@pytest.fixture(scope="session")
def axe_source(project: Path) -> str:
    """Return axe-core, vendored among the fixtures."""
    return next((project / "tests/fixtures/axe").glob("axe*.js")).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Inspection:
    """What axe and the eye found wrong with a page in one mode; empty lists when nothing."""

    mode: str
    violations: list[str]
    overflows: bool
    third_parties: list[str]

    @property
    def findings(self) -> list[str]:
        """Return one line for each finding."""
        wide = [f"{self.mode}: the page scrolls sideways"] if self.overflows else []
        return [f"{self.mode}: {line}" for line in (*self.violations, *self.third_parties)] + wide


def inspect(page: Page, axe_source: str, mode: str) -> Inspection:
    """Run axe on a page as it stands. The page's own policy, which forbids foreign scripts, stays on."""
    # What a press led to may be read before its stylesheets and fonts have come.
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready")
    page.evaluate(axe_source)
    found = page.evaluate(
        """async (tags) => {
            const results = await axe.run(document, {
                runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'],
            });
            const root = document.documentElement;
            return {
                violations: results.violations.map(
                    (found) => `${found.id}: ${found.nodes.map((node) => node.target.join(' ')).join(' | ')}`),
                overflows: root.scrollWidth > root.clientWidth,
                origins: performance.getEntriesByType('resource').map((entry) => new URL(entry.name)).filter(
                    (url) => url.origin !== location.origin && url.protocol.startsWith('http')).map(String),
            };
        }""",
        list(AXE_TAGS),
    )
    return Inspection(mode, found["violations"], found["overflows"], found["origins"])


@pytest.fixture(params=list(MODES))
def mode(request: pytest.FixtureRequest) -> str:
    """Run the test once for each of the five modes: light, dark, more contrast, forced colours, 320 px."""
    return str(request.param)


@pytest.fixture
def audited(
    new_context: Callable[..., BrowserContext], axe_source: str, mode: str
) -> Callable[..., list[str]]:
    """Return a function that opens an address in this mode and lists the findings: `assert audited(url) == []`.

    With `prepare=`, a function gets the page first and brings it to the state to be inspected.
    """

    def audit(url: str, prepare: Callable[[Page], object] | None = None) -> list[str]:
        page = new_context(**MODES[mode]).new_page()
        page.goto(url)
        if prepare is not None:
            prepare(page)
        return inspect(page, axe_source, mode).findings

    return audit


Visit = Callable[..., VisitorAtPage]


@pytest.fixture(scope="module")
def mentor_profile(browser: Browser, service: RunningService) -> Iterator[BrowserContext]:
    """Sign a mentor in once; her browser keeps her key between the tests as it does between shifts."""
    context = open_profile(browser)
    sign_in(context, service, f"mentor-{secrets.token_hex(3)}")
    yield context
    context.close()


@pytest.fixture
def mentor(mentor_profile: BrowserContext, service: RunningService) -> Iterator[MentorAtPage]:
    """Put a mentor on duty."""
    person = MentorAtPage(mentor_profile.new_page(), service.base_url)
    person.comes_on_duty()
    yield person
    person.goes_home()
    assert person.complaints == []


@pytest.fixture
def visit(
    new_context: Callable[..., BrowserContext], service: RunningService, relay: Callable[[], Relay]
) -> Iterator[Visit]:
    """Return a function that opens a visitor's browser; what is still going on at the end is ended.

    With `through=`, the browser's way to the service is that relay. (Relays are stopped after the visitors have gone.)
    """
    del relay
    opened: list[VisitorAtPage] = []

    def open_page(*, through: Relay | None = None, **options: object) -> VisitorAtPage:
        where = service.base_url if through is None else through.base_url
        person = VisitorAtPage(new_context(**options).new_page(), where)
        opened.append(person)
        return person

    yield open_page
    for person in opened:
        if not person.page.is_closed():
            person.goes()
        assert person.complaints == []


@pytest.fixture(scope="session")
def background() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    """Return a function that runs a coroutine on a loop in another thread and returns its result, within 30 s."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="participants", daemon=True)
    thread.start()

    def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(WAIT_S)

    yield run
    loop.call_soon_threadsafe(loop.stop)
    thread.join(WAIT_S)
    loop.close()


@pytest.fixture
def relay(service: RunningService, background: Callable[..., Any]) -> Iterator[Callable[[], Relay]]:
    """Return a function that puts a relay before the service, for one browser each: `visit(through=relay())`."""
    started: list[Relay] = []

    def start() -> Relay:
        one = Relay(service.base_url)
        background(one.start())
        started.append(one)
        return one

    yield start
    for one in started:
        background(one.stop())


@pytest.fixture(scope="module")
def mentor_through(
    mentor_profile: BrowserContext, service: RunningService, background: Callable[..., Any]
) -> Iterator[tuple[MentorAtPage, Relay]]:
    """Put a mentor on duty, for the whole file, whose way to the service is a relay."""
    way = Relay(service.base_url)
    background(way.start())
    person = MentorAtPage(mentor_profile.new_page(), way.base_url)
    person.comes_on_duty()
    yield person, way
    person.goes_home()
    background(way.stop())
    assert person.complaints == []
