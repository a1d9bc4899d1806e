"""Markup of every page, built or made by the service, as html-validate judges it (page_quality/html_rules.mjs)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chatservice.domain.certification import Role
from tests.web.conftest import open_web  # noqa: F401 (a fixture)
from tools import browsers

VALIDATOR = "node_modules/html-validate/bin/html-validate.mjs"
OFFICE_PAGES = (
    "/samordnare/", "/samordnare/oppettider/", "/samordnare/oppettider/2030-12-24/", "/samordnare/schema/",
    "/samordnare/personer/", "/samordnare/personer/1/", "/samordnare/personer/1/certifiering/",
    "/samordnare/nycklar/", "/samordnare/inkorg/", "/samordnare/siffror/", "/samordnare/handelser/",
    "/konto/", "/konto/bekrafta", "/texter/tystnadsplikt/",
)  # fmt: skip
MENTOR_PAGES = ("/mentor/", "/mentor/pass/", "/mentor/certifiering/", "/texter/riktlinjer/")
SERVICE_PAGES = (
    "/valkommen/",
    "/chatt/lage/",
    "/chatt/kontroll/",
    "/kontakt/skriv/",
    "/kontakt/skriv/tack/",
    "/mentor/logga-in",
    "/finns-inte",
)


@pytest.fixture
def findings_in(project: Path):
    """Return a function that lists what the validator says of the pages in a folder."""
    node = browsers.node(Path(sys.executable))
    if node is None or not (project / VALIDATOR).is_file():
        missing = "html-validate saknas: kör python3 tasks.py lint först"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)

    def validate(folder: Path) -> str:
        done = subprocess.run(
            [
                node,
                VALIDATOR,
                "--config",
                "tools/page_quality/html_rules.mjs",
                "--formatter",
                "text",
                str(folder),
            ],
            cwd=project,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return done.stdout + done.stderr

    return validate


def test_a_mistake_in_markup_is_noticed(findings_in, tmp_path: Path):
    (tmp_path / "page.html").write_text('<p class="a" class="b">Hej</div>', "utf-8")

    assert "no-dup-attr" in findings_in(tmp_path)


def test_every_page_of_the_site_is_well_written(findings_in, built_site: Path):
    assert findings_in(built_site) == ""


async def test_every_page_of_the_service_is_well_written(findings_in, open_web, tmp_path: Path):  # noqa: F811
    pages = tmp_path / "pages"
    pages.mkdir()
    async with open_web() as web:
        visitor, mentor, coordinator = (web.browser() for _ in range(3))
        await web.sign_in(mentor, await web.staff.add())
        await web.sign_in(coordinator, await web.staff.add("samordnare", Role.COORDINATOR))
        asked = [
            *((visitor, path) for path in SERVICE_PAGES),
            *((mentor, path) for path in MENTOR_PAGES),
            *((coordinator, path) for path in OFFICE_PAGES),
        ]
        for number, (browser, path) in enumerate(asked):
            answer = await browser.get(path)
            assert answer.status_code in {200, 404}, path
            (pages / f"{number}.html").write_text(await answer.get_data(as_text=True), "utf-8")

    assert findings_in(pages) == ""
