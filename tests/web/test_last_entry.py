"""The socket shortly before closing: a new conversation is refused although a mentor is on duty."""

import pytest

from tests.running_service import RunningService
from tests.staff_browser import StaffBrowser
from tests.web.test_socket_rules import (
    VisitorKeys,
    close_code,
    join,
    mentor_socket,
    next_frame,
    visitor_socket,
)


@pytest.fixture(scope="module")
def service(make_service) -> RunningService:
    """Start on a Monday ten minutes before closing, years after the example's override."""
    return make_service(clock="2035-03-05T21:50:00+01:00")


async def test_past_the_last_entry_a_newcomer_is_refused_although_a_mentor_is_on_duty(service):
    mentor = StaffBrowser(service.base_url)
    mentor.sign_in(service.add_account("mentor", "mentor-sista"))
    mentor.certify()

    async with mentor_socket(service, mentor), visitor_socket(service) as socket:
        await join(socket, VisitorKeys())

        assert (await next_frame(socket, "error"))["code"] == "closed"
        assert await close_code(socket) == 4403
