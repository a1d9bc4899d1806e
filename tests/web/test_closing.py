"""When the chat closes: nobody new begins, who talks goes on, and who waits keeps her place and can be taken."""

import pytest

from tests.overrides import closed_chat
from tests.running_service import RunningService
from tests.staff_browser import StaffBrowser
from tests.web.test_socket_rules import (
    VisitorKeys,
    begin,
    close_code,
    join,
    mentor_socket,
    next_frame,
    send,
    visitor_socket,
)


@pytest.fixture
def mentor(service: RunningService) -> StaffBrowser:
    browser = StaffBrowser(service.base_url)
    browser.sign_in(service.add_account("mentor", "mentor-stangning"))
    browser.certify()
    return browser


async def test_closing_refuses_who_comes_and_nobody_who_is_there(service, mentor):
    async with (
        mentor_socket(service, mentor) as hers,
        visitor_socket(service) as talking,
        visitor_socket(service) as waiting,
    ):
        await begin(talking, VisitorKeys())
        await send(hers, type="take")
        await next_frame(hers, "taken")
        patient = VisitorKeys()
        await begin(waiting, patient)

        with closed_chat(service):
            async with visitor_socket(service) as late:
                await join(late, VisitorKeys())
                assert (await next_frame(late, "error"))["code"] == "closed"
                assert await close_code(late) == 4403

            await send(talking, type="pulse", typing=True, visible=True)
            while not (await next_frame(hers, "peer"))["typing"]:
                pass
            async with visitor_socket(service) as again:
                await begin(again, patient)
                assert (await next_frame(again, "phase"))["place"] == 1
                await send(talking, type="end")
                assert (await next_frame(hers, "ended"))["by"] == "visitor"
                await send(hers, type="take")
                await next_frame(hers, "taken")
                while (await next_frame(again, "phase"))["phase"] != "offered":
                    pass
                await send(again, type="end")
                assert await close_code(again) == 1000
