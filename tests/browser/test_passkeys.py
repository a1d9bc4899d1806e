"""The first sign-in and passkeys in a real browser, with Chromium's own virtual device, against the real service."""

import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect
from pyotp.totp import TOTP

from tests.browser.conftest import MODES, inspect
from tests.running_service import RunningService

PASSWORD = "tre ord efter varandra"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def here(service: RunningService) -> str:
    """Return the service's origin by name: an address of numbers has no passkeys."""
    return f"http://localhost:{service.port}"


@pytest.fixture
def invited(service: RunningService, here: str) -> Callable[..., str]:
    """Return a function that invites somebody from the command line; it gives the address."""

    def invite(username: str, role: str = "mentor") -> str:
        printed = service.command("account", "invite", "--role", role, "--username", username)
        match = re.search(r"https?://\S+/valkommen/\S*#\S+", printed)
        assert match, "the address is printed"
        address = urlsplit(match[0])
        return f"{here}{address.path}#{address.fragment}"

    return invite


def with_device(context: BrowserContext) -> Page:
    """Open a page on a machine with a fingerprint reader."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def choose_password(page: Page) -> None:
    page.get_by_label("Nytt lösenord").fill(PASSWORD)
    page.get_by_label("Samma lösenord en gång till").fill(PASSWORD)


def shown_secret(page: Page) -> str:
    return "".join((page.locator(".code-app__secret").text_content() or "").split())


def next_code(secret: str) -> str:
    """Return the code of the coming step, which is taken and later than any that was used."""
    return TOTP(secret).at(int(time.time()) + 30)


def test_somebody_comes_with_a_passkey_and_signs_in_with_it_until_it_is_removed(
    invited: Callable[..., str], here: str, new_context: Callable[..., BrowserContext]
) -> None:
    page = with_device(new_context())
    page.goto(invited("pia"))
    expect(page.get_by_role("heading", name="Välkommen", exact=True)).to_be_visible()

    choose_password(page)
    press(page, "Klar med passkey")
    expect(page.get_by_role("heading", name="Dina reservkoder")).to_be_visible()
    recovery_code = page.locator("[data-codes] code").first.text_content() or ""
    page.get_by_role("link", name="Jag har sparat dem").click()
    page.wait_for_url("**/mentor/")

    page.goto(f"{here}/konto/")
    press(page, "Logga ut")
    press(page, "Använd passkey")
    page.wait_for_url("**/mentor/")

    page.goto(f"{here}/konto/")
    press(page, "Ta bort")
    expect(page.get_by_role("alert").get_by_text("Det är ditt enda andra steg.")).to_be_visible()
    press(page, "Lägg in en kodapp")
    secret = shown_secret(page)
    page.get_by_label("Engångskod").fill(TOTP(secret).now())
    press(page, "Byt kodapp")
    expect(page.get_by_text("Kodappen är bytt.")).to_be_visible()
    press(page, "Ta bort")
    expect(page.get_by_text("Din passkey är borttagen.")).to_be_visible()
    press(page, "Logga ut")
    press(page, "Använd passkey")
    expect(page.get_by_role("alert").get_by_text("Det gick inte att logga in med passkey.")).to_be_visible()

    page.get_by_label("Användarnamn").fill("pia")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_label("Engångskod").fill(recovery_code)
    press(page, "Logga in")
    expect(page.get_by_text("du har 9 kvar")).to_be_visible()


def test_somebody_comes_with_a_code_app_and_the_token_is_left_nowhere(
    service: RunningService, invited: Callable[..., str], page: Page
) -> None:
    address = invited("kim", "coordinator")
    token = urlsplit(address).fragment
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))

    page.goto(address)
    expect(page.get_by_role("heading", name="Välkommen", exact=True)).to_be_visible()
    choose_password(page)
    page.get_by_label("Engångskod").fill(TOTP(shown_secret(page)).now())
    press(page, "Klar med kodapp")
    expect(page.locator("[data-codes] code")).to_have_count(10)

    assert asked
    # Playwright tells the address as it was opened, with what stands after the #; no request carries that.
    assert [request.url for request in asked if token in request.url.partition("#")[0]] == []
    assert [request.url for request in asked if token in str(request.all_headers())] == []
    assert token not in page.url
    history = page.context.new_cdp_session(page).send("Page.getNavigationHistory")
    assert len(history["entries"]) > 1
    assert token not in str(history)
    page.goto(address)
    expect(page.get_by_text("Be samordnaren om en ny adress.")).to_be_visible()
    assert token not in service.log


def test_a_passkey_is_added_and_proves_again_who_one_is(
    service: RunningService, here: str, new_context: Callable[..., BrowserContext]
) -> None:
    credentials = service.add_account("editor", "eli")
    page = with_device(new_context())
    page.goto(f"{here}/mentor/logga-in")
    page.get_by_label("Användarnamn").fill(credentials.username)
    page.get_by_label("Lösenord").fill(credentials.password)
    page.get_by_label("Engångskod").fill(credentials.code())
    press(page, "Logga in")
    page.wait_for_url("**/redaktor/")

    page.goto(f"{here}/konto/")
    page.get_by_label("Vad du kallar den").fill("Min dator")
    press(page, "Lägg till passkey")
    expect(page.get_by_text("Din passkey är tillagd.")).to_be_visible()
    expect(page.get_by_text("Min dator")).to_be_visible()
    page.goto(f"{here}/konto/bekrafta?vidare=/konto/")
    press(page, "Bekräfta med passkey")

    page.wait_for_url("**/konto/")


def test_a_cut_address_and_a_browser_without_script_are_told_what_to_do(
    here: str, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context().new_page()
    page.goto(f"{here}/valkommen/")
    expect(page.get_by_text("Adressen är inte hel.")).to_be_visible()
    page.goto(f"{here}/valkommen/#{'x' * 43}")
    expect(page.get_by_text("Be samordnaren om en ny adress.")).to_be_visible()

    plain = new_context(java_script_enabled=False).new_page()
    plain.goto(f"{here}/valkommen/#{'x' * 43}")
    # Playwright's texts leave <noscript> out, so its words are read as the eye reads them.
    assert "Adressen du fick behöver JavaScript" in plain.locator("main noscript").inner_text()
    plain.goto(f"{here}/mentor/logga-in")
    assert "Att logga in med passkey kräver JavaScript." in plain.locator("main noscript").inner_text()


def test_axe_finds_nothing_in_any_mode(
    service: RunningService,
    invited: Callable[..., str],
    here: str,
    new_context: Callable[..., BrowserContext],
    axe_source: str,
) -> None:
    address = invited("axel")
    page = new_context().new_page()
    page.goto(address)
    choose_password(page)
    page.get_by_label("Engångskod").fill(TOTP(shown_secret(page)).now())
    press(page, "Klar med kodapp")
    expect(page.locator("[data-codes] code")).to_have_count(10)
    signed_in = page.context.storage_state()
    unused = invited("alma")
    told = {"welcome": "Nytt lösenord", "over": "Be samordnaren om en ny adress."}
    findings: list[str] = []

    for mode, options in MODES.items():
        looked_at = {
            "sign-in": (None, f"{here}/mentor/logga-in"),
            "welcome": (None, unused),
            "over": (None, address),
            "account": (signed_in, f"{here}/konto/"),
            "confirm": (signed_in, f"{here}/konto/bekrafta"),
        }
        for name, (state, url) in looked_at.items():
            page = new_context(**options, storage_state=state).new_page()
            page.goto(url)
            page.wait_for_load_state("networkidle")
            # An invitation's page sends its token and is another one then.
            if name in told:
                expect(page.get_by_text(told[name])).to_be_visible()
            findings += [f"{name}: {line}" for line in inspect(page, axe_source, mode).findings]
        page.goto(f"{here}/konto/")
        press(page, "Byt kodapp")
        findings += [f"code app: {line}" for line in inspect(page, axe_source, mode).findings]
        page.goto(f"{here}/konto/")
        press(page, "Gör nya")
        expect(page.locator("[data-codes] code")).to_have_count(10)
        findings += [f"recovery codes: {line}" for line in inspect(page, axe_source, mode).findings]

    assert findings == []
