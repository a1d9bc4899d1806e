"""The page about our own check: what was found and when, in words, and nothing it does not know."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatservice.latest_check import LatestCheck, write_latest_check
from chatservice.web.parts import EXTENSION
from tests.live_builders import EVENING
from tests.web.conftest import WebRoom

PAGE = "/chatt/kontroll/"


async def text_of(web: WebRoom, path: str = PAGE) -> str:
    answer = await web.browser().get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    return await answer.get_data(as_text=True)


def write(web: WebRoom, check: LatestCheck) -> None:
    write_latest_check(web.app.extensions[EXTENSION].settings.data_dir, check)


async def test_before_the_first_check_nothing_is_claimed(web: WebRoom):
    page = await text_of(web)

    assert "Här har vi inte letat än." in page
    assert "Inget av orden hittades" not in page


@pytest.mark.parametrize(
    ("check", "said", "unsaid"),
    [
        (LatestCheck(EVENING, "nothing", with_memory=True), "Inget av orden hittades.", "Skriv helst inget känsligt"),
        (LatestCheck(EVENING, "nothing", with_memory=False), "minne kunde vi inte leta i", "letar också i tjänstens"),
        (LatestCheck(EVENING, "something", with_memory=True), "Skriv helst inget känsligt", "Inget av orden"),
        (LatestCheck(EVENING - timedelta(days=40), "nothing", with_memory=True), "Det är ett tag sedan.", "Ett av"),
    ],
)  # fmt: skip
async def test_what_was_found_is_said_as_it_was(web: WebRoom, check, said, unsaid):
    write(web, check)

    page = await text_of(web)

    assert said in page
    assert unsaid not in page


async def test_the_sentence_alone_is_plain_text(web: WebRoom):
    write(web, LatestCheck(EVENING, "nothing", with_memory=True))

    answer = await web.browser().get(f"{PAGE}besked")

    assert answer.content_type == "text/plain; charset=utf-8"
    assert (await answer.get_data(as_text=True)).endswith("Inget av orden hittades.")


async def test_when_it_was_is_said_in_the_organisations_own_time_and_in_both_languages(web: WebRoom):
    check = LatestCheck(EVENING, "nothing", with_memory=True)
    write(web, replace(check, at=EVENING.replace(month=11, day=2, hour=23, minute=30)))

    assert "Senast kontrollerat: 3 november" in await text_of(web)
    assert "kl. 00.30. Inget av orden hittades." in await text_of(web)
    assert "None of the words was found." in await text_of(web, f"{PAGE}?language=en")
