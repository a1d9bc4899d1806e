"""What people read while the place where conversations live cannot be reached: plain words, numbers, and no 500."""

from typing import Any

import pytest

from chatservice.domain.certification import Role
from chatservice.errors import LiveStoreAwayError
from chatservice.live.brief import MemoryBriefCounts
from chatservice.web.letter_limits import QUICKEST_S, FormMarks, LetterLimits
from chatservice.web.parts import EXTENSION
from chatservice.web.sign_in_delay import SignInDelays
from tests.live_builders import HandClock


class Away:
    """Stands for whatever is in Valkey, and cannot be reached."""

    def __getattr__(self, name: str) -> Any:
        if name == "incarnation":
            return "gone"
        return self._away

    async def _away(self, *_: object, **__: object) -> None:
        raise LiveStoreAwayError


AWAY: Any = Away()


@pytest.fixture
async def away(web):
    """Let the live store, the limits and the delays of a running app be away."""
    parts = web.app.extensions[EXTENSION]
    for name, value in {
        "live": AWAY,
        "letter_limits": LetterLimits(AWAY),
        "answer_limits": LetterLimits(AWAY),
    }.items():
        object.__setattr__(parts, name, value)
    return web


async def test_a_page_that_needs_it_says_so_plainly_and_where_else_to_turn(away):
    coordinator, browser = await away.staff.add("samordnare", Role.COORDINATOR), away.browser()
    await away.sign_in(browser, coordinator)

    answer = await browser.get("/samordnare/")
    page = await answer.get_data(as_text=True)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Chatten går inte att nå just nu" in page
    assert 'href="#hjalp"' in page
    assert 'id="hjalp"' in page


async def send_letter(web) -> Any:
    secret = web.app.extensions[EXTENSION].settings.secret.encode()
    mark = FormMarks(secret, HandClock()).issue(age_s=QUICKEST_S)
    return await web.browser().post(
        "/kontakt/skriv/skicka/",
        form={"topic": "idea", "text": "Det jag skrev", "email": "", "website": "", "mark": mark},
        headers={"Origin": "http://localhost:8000"},
    )


async def test_the_page_of_letters_comes_back_with_what_was_written(away):
    answer = await send_letter(away)

    assert answer.status_code == 503
    assert "Det jag skrev" in await answer.get_data(as_text=True)


async def test_a_letter_that_was_taken_is_taken_though_it_cannot_be_counted(web):
    class CannotCount(MemoryBriefCounts):
        async def add(self, *parts: str) -> int:
            raise LiveStoreAwayError

    limits = LetterLimits(CannotCount(HandClock(), kept_s=9, key_s=9, most=9))
    object.__setattr__(web.app.extensions[EXTENSION], "letter_limits", limits)

    answer = await send_letter(web)

    assert answer.status_code == 303


async def test_a_sign_in_is_refused_for_now_and_no_guess_is_looked_at(web):
    person = await web.staff.add()
    object.__setattr__(web.app.extensions[EXTENSION], "sign_in_delays", SignInDelays(AWAY))

    answer = await web.sign_in(web.browser(), person)

    assert answer.status_code == 503
    assert "Chatten går inte att nå just nu" in await answer.get_data(as_text=True)


async def test_how_it_felt_is_thanked_for_though_nothing_can_be_counted(away):
    answer = await away.browser().post(
        "/chatt/omdome/", form={"face": "good", "line": ""}, headers={"Origin": "http://localhost:8000"}
    )

    assert answer.status_code == 303
