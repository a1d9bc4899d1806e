"""/chatt/status and /chatt/lage/: the one answer, as JSON and as a page."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jinja2 import ChoiceLoader, FileSystemLoader
from quart import Quart

from chatservice import organisation, theming
from chatservice.usecases.opening import Hours, OpeningStatus
from chatservice.web.languages import register_languages
from chatservice.web.status import status_blueprint

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 22, 12, tzinfo=STOCKHOLM)
TONIGHT = datetime(2026, 11, 22, 19, tzinfo=STOCKHOLM)
QUARTER, WEEK = timedelta(minutes=15), timedelta(days=7)
LATE = datetime(2026, 11, 22, 22, tzinfo=STOCKHOLM)


def app_that_says(status: OpeningStatus, project: Path) -> Quart:
    """A service of these two routes with one fixed answer, rendered with the real theme."""
    app = Quart(__name__, static_folder=None)
    app.jinja_options = theming.environment_options()
    app.jinja_env.loader = ChoiceLoader(
        [FileSystemLoader(project / "chatservice/templates"), FileSystemLoader(project / "theme/templates")]
    )
    content = project / "content"
    theming.install(
        app.jinja_env,
        organisation=organisation.load_organisation(content),
        schedule=organisation.load_opening_hours(content),
        help_numbers=organisation.load_help(content),
        navigation=organisation.load_navigation(content),
        asset_root=None,
    )

    async def ask() -> OpeningStatus:
        return status

    register_languages(app, organisation.load_organisation(content))

    async def ask_hours() -> Hours:
        return Hours(organisation.load_opening_hours(content))

    app.register_blueprint(status_blueprint(ask, ask_hours))
    return app


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (
            OpeningStatus("open", NOW, closes=LATE),
            {
                "open": True,
                "reason": "open",
                "headline": "Till chatten",
                "detail": "",
                "next_opening": None,
                "closes": "2026-11-22T22:00:00+01:00",
            },
        ),
        (
            OpeningStatus("schedule", NOW, next_opening=TONIGHT),
            {
                "open": False,
                "reason": "schedule",
                "headline": "Chatten är stängd",
                "detail": "Öppnar i kväll kl. 19.00",
                "next_opening": "2026-11-22T19:00:00+01:00",
                "closes": None,
            },
        ),
        (
            OpeningStatus("override", NOW),
            {
                "open": False,
                "reason": "override",
                "headline": "Chatten är stängd",
                "detail": "",
                "next_opening": None,
                "closes": None,
            },
        ),
        (
            OpeningStatus("no_mentor", NOW, closes=LATE),
            {
                "open": False,
                "reason": "no_mentor",
                "headline": "Chatten är stängd",
                "detail": "Ingen mentor är i tjänst just nu. Chatten kan öppna fram till kl. 22.00.",
                "next_opening": None,
                "closes": "2026-11-22T22:00:00+01:00",
            },
        ),
        (
            OpeningStatus("away", NOW, closes=LATE),
            {
                "open": False,
                "reason": "away",
                "headline": "Chatten är stängd",
                "detail": "Chatten går inte att nå just nu. Försök igen om en liten stund.",
                "next_opening": None,
                "closes": "2026-11-22T22:00:00+01:00",
            },
        ),
        (
            OpeningStatus("full", NOW, closes=LATE),
            {
                "open": False,
                "reason": "full",
                "headline": "Chatten är stängd",
                "detail": "Kön är full just nu. Försök gärna igen om en stund.",
                "next_opening": None,
                "closes": "2026-11-22T22:00:00+01:00",
            },
        ),
        (
            OpeningStatus("last_entry", LATE - QUARTER, next_opening=TONIGHT + WEEK, closes=LATE),
            {
                "open": False,
                "reason": "last_entry",
                "headline": "Chatten stänger snart",
                "detail": "Den tar inte emot fler i kväll. Öppnar 29 november kl. 19.00",
                "next_opening": "2026-11-29T19:00:00+01:00",
                "closes": "2026-11-22T22:00:00+01:00",
            },
        ),
    ],
    ids=lambda value: value.reason if isinstance(value, OpeningStatus) else "",
)
async def test_the_status_is_told_with_its_words_and_never_stored(
    project: Path, status: OpeningStatus, expected: dict[str, object]
):
    answer = await app_that_says(status, project).test_client().get("/chatt/status")

    assert await answer.get_json() == expected
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


async def test_the_page_says_closed_when_it_opens_and_where_else_to_turn(project: Path):
    app = app_that_says(OpeningStatus("schedule", NOW, next_opening=TONIGHT), project)

    answer = await app.test_client().get("/chatt/lage/")
    page = await answer.get_data(as_text=True)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Chatten är stängd just nu." in page
    assert "Öppnar i kväll kl. 19.00" in page
    assert 'class="button" href="/chatt/"' not in page
    assert 'href="tel:112"' in page
    assert "<noscript>" in page


async def test_the_page_says_that_it_closes_soon_and_not_that_it_is_closed(project: Path):
    status = OpeningStatus("last_entry", LATE - QUARTER, next_opening=TONIGHT + WEEK, closes=LATE)

    page = await (await app_that_says(status, project).test_client().get("/chatt/lage/")).get_data(
        as_text=True
    )

    assert "Nej. Chatten stänger snart. Den tar inte emot fler i kväll. Öppnar 29 november kl. 19.00." in page
    assert "Chatten är stängd" not in page
    assert 'class="button" href="/chatt/"' not in page


async def test_the_page_leads_to_the_chat_while_it_is_open(project: Path):
    app = app_that_says(OpeningStatus("open", NOW, closes=LATE), project)

    page = await (await app.test_client().get("/chatt/lage/")).get_data(as_text=True)

    assert "Chatten är öppen just nu." in page
    assert '<a class="button" href="/chatt/">Till chatten</a>' in page


@pytest.mark.parametrize(
    ("language", "headline", "detail"),
    [
        ("en", "The chat is closed", "Opens this evening at 19.00"),
        ("sv", "Chatten är stängd", "Öppnar i kväll kl. 19.00"),
        ("xx", "Chatten är stängd", "Öppnar i kväll kl. 19.00"),
        ("../../en", "Chatten är stängd", "Öppnar i kväll kl. 19.00"),
    ],
)
async def test_the_words_are_in_the_language_that_was_asked_for_when_there_is_one(
    project: Path, language: str, headline: str, detail: str
):
    client = app_that_says(OpeningStatus("schedule", NOW, next_opening=TONIGHT), project).test_client()

    answer = await client.get("/chatt/status", query_string={"language": language})

    told = await answer.get_json()
    assert (told["headline"], told["detail"]) == (headline, detail)
