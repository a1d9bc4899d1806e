"""The page about integrity says what our own check found, and leads to the page that says how it was made."""

import re
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from chatservice.latest_check import LatestCheck, write_latest_check
from tests.running_service import RunningService


def test_the_page_about_integrity_says_what_our_own_check_found(page: Page, service: RunningService):
    write_latest_check(service.data_dir, LatestCheck(datetime.now(tz=UTC), "nothing", with_memory=True))

    page.goto(service.base_url + "/integritet/")

    said = page.get_by_role("link", name=re.compile(r"^Senast kontrollerat: .* Inget av orden hittades\.$"))
    expect(said).to_be_visible()
    said.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vi prövar det själva")
