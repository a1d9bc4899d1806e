"""When the mentor is gone for too long: the visitor is told, stands first in line, and says who may read what."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import inspect, open_profile
from tests.browser.people import MentorAtPage, VisitorAtPage, sign_in
from tests.running_service import RunningService


@pytest.fixture(scope="module")
def service(make_service: Callable[..., RunningService]) -> RunningService:
    """Start a service that gives a lost mentor's seat away within a second."""
    return make_service(mentor_grace_s=1)


@pytest.fixture(scope="module")
def profiles(browser: Browser, service: RunningService) -> Iterator[list[BrowserContext]]:
    """Sign two mentors in, each in a browser of her own."""
    opened: list[BrowserContext] = []
    for username in ("borta", "nasta"):
        context = open_profile(browser)
        sign_in(context, service, username)
        opened.append(context)
    yield opened
    for context in opened:
        context.close()


@pytest.fixture
def parted(
    new_context: Callable[..., BrowserContext], profiles: list[BrowserContext], service: RunningService
) -> Iterator[tuple[VisitorAtPage, MentorAtPage]]:
    """A visitor whose mentor's page has gone for good, and another mentor who has taken her."""
    lost, other = (MentorAtPage(profile.new_page(), service.base_url) for profile in profiles)
    lost.comes_on_duty()
    other.comes_on_duty()
    visitor = VisitorAtPage(new_context().new_page(), service.base_url)
    visitor.begins()
    lost.takes_next()
    visitor.sees("Du talar med")
    visitor.says("blåklocka")
    lost.reads("blåklocka")
    lost.says("blåklocka svar")
    visitor.reads("blåklocka svar")
    lost.page.close()
    visitor.sees("Din mentor kom inte tillbaka. Du står nu först i kön.")
    other.button("Ta nästa").click()
    visitor.sees("kan ta över.")
    yield visitor, other
    visitor.goes()
    other.goes_home()
    assert visitor.complaints + other.complaints == []


def test_no_means_that_the_new_mentor_reads_nothing(parted: tuple[VisitorAtPage, MentorAtPage]):
    visitor, other = parted

    visitor.button("Nej, jag väntar på någon annan").click()

    other.sees("Besökaren tackade nej")
    visitor.sees("Du står först i kön.")
    assert "blåklocka" not in other.leaves_behind()


def test_from_now_on_means_that_the_new_mentor_reads_only_what_comes(
    parted: tuple[VisitorAtPage, MentorAtPage],
):
    visitor, other = parted

    visitor.button("Ja, men bara från och med nu").click()
    visitor.sees("Du talar med")
    visitor.says("nytt")

    other.reads("nytt")
    assert other.texts == ["nytt"]


def test_yes_means_that_the_new_mentor_reads_what_both_wrote_before(
    parted: tuple[VisitorAtPage, MentorAtPage], axe_source: str
):
    visitor, other = parted
    assert inspect(visitor.page, axe_source, "question").findings == []
    visitor.page.set_viewport_size({"width": 360, "height": 640})
    expect(visitor.button("Nej, jag väntar på någon annan")).to_be_in_viewport()

    visitor.button("Ja, visa det vi skrivit").click()
    visitor.sees("Du talar med")
    visitor.says("nytt")

    other.reads("nytt")
    assert other.texts == ["blåklocka", "blåklocka svar", "nytt"]
    expect(other.log.get_by_text("Tidigare mentor")).to_be_visible()
