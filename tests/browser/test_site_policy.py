"""The site as the service sends it, with every header: nothing on a page breaks the policy, and English is answered."""

from playwright.sync_api import Page, expect

from tests.running_service import RunningService

WATCH = """
window.broken = [];
document.addEventListener('securitypolicyviolation', (event) => window.broken.push(event.violatedDirective));
"""


def test_what_the_policy_forbids_would_be_noticed(page: Page, service: RunningService):
    page.add_init_script(WATCH)
    page.goto(f"{service.base_url}/veteran/")
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'data:image/gif;base64,'}))")

    page.wait_for_function("window.broken.length > 0")


def test_data_for_machines_breaks_no_policy(page: Page, service: RunningService):
    page.add_init_script(WATCH)
    for address in ("/", "/praktisk-information/", "/en/", "/en/practical/"):
        page.goto(f"{service.base_url}{address}", wait_until="networkidle")

        assert page.locator('script[type="application/ld+json"]').count() == 1, address
        assert page.evaluate("window.broken") == [], address


def test_an_english_page_is_told_in_english_whether_the_chat_is_open(page: Page, service: RunningService):
    page.goto(f"{service.base_url}/en/")

    banner = page.get_by_role("banner")
    expect(banner.get_by_text("The chat is closed", exact=True)).to_be_visible()
    expect(banner.get_by_text("No mentor is on duty right now.")).to_be_visible()


def test_the_calendar_is_sent_as_one(page: Page, service: RunningService):
    answer = page.request.get(f"{service.base_url}/oppettider.ics")

    assert answer.ok
    assert answer.headers["content-type"].startswith("text/calendar")
