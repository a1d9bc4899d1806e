"""The clock of a page, when a test winds it: nothing on the page happens because the machine took its time.

Knows Playwright's clock, which otherwise runs on by itself between two windings. Does not know the service's clock.
"""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

# The clock can only be stopped at a time that is still to come when the browser hears of it.
AHEAD = timedelta(minutes=1)
NEVER_EXPIRING = """() => {
    const later = window.setTimeout;
    window.setTimeout = (run, delay, ...rest) => (delay === 6_000 ? 0 : later(run, delay, ...rest));
}"""


def stop_clock(page: Page) -> None:
    """Let this page's clock stand still, also on the pages it goes to; `page.clock.run_for` winds it."""
    now = datetime.now(UTC)
    page.clock.install(time=now)
    page.clock.pause_at(now + AHEAD)


def keep_writing_shown(page: Page) -> None:
    """Let "skriver …" stand until it is taken back: the page's own six seconds for it never end."""
    page.evaluate(NEVER_EXPIRING)
