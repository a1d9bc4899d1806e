"""A coordinator's first evening, from the address she was given to a mentor who can go on duty, by visible names only.

On a phone she sets next week's hours, invites a mentor, certifies and schedules him. Nobody tells her where anything
is: each step is something that stands on the page she is on.
"""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date
from playwright.sync_api import Page, expect
from pyotp.totp import TOTP

PHONE = {"width": 360, "height": 740}
PASSWORD = "en lång fras som exempel"
STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.fixture
def address_of_a_coordinator(service) -> str:
    """Invite a coordinator from the command line, as for the first one of all."""
    said = service.command("account", "invite", "--role", "coordinator", "--username", "ny-samordnare")
    found = re.search(r"http\S+/valkommen/#\S+", said)
    assert found, said
    return found[0]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()


def go_to(page: Page, room: str) -> None:
    page.get_by_role("navigation", name="Rum").get_by_role("link", name=room, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=room)).to_be_visible()


def accept(page: Page, address: str) -> None:
    """Open an invitation, choose password and code app, and put the recovery codes away."""
    page.goto(address)
    expect(page.get_by_role("heading", level=1, name="Välkommen")).to_be_visible()
    page.get_by_label("Nytt lösenord").fill(PASSWORD)
    page.get_by_label("Samma lösenord en gång till").fill(PASSWORD)
    secret = page.get_by_role("code").first.inner_text()
    page.get_by_label("Engångskod").fill(TOTP("".join(secret.split())).now())
    press(page, "Klar med kodapp")
    expect(page.get_by_role("heading", level=1, name="Dina reservkoder")).to_be_visible()
    follow(page, "Jag har sparat dem")


def sign(page: Page, name: str) -> None:
    """Sign the text that is on the page."""
    page.get_by_label("Ditt namn").fill(name)
    page.get_by_label("Jag har läst och förstått").check()
    press(page, "Skriv under")
    expect(page.get_by_text("Tack. Det är noterat.")).to_be_visible()


def test_a_new_coordinator_finds_her_way(service, new_context, address_of_a_coordinator):
    office, desk = new_context(viewport=PHONE).new_page(), new_context().new_page()
    day = datetime.now(STOCKHOLM).date() + timedelta(days=7)
    in_words = rf"\b{format_date(day, 'd MMMM', locale='sv')}"  # "1 december" is in "21 december" too

    # She comes in, and reads and signs before anything else.
    accept(office, address_of_a_coordinator)
    sign(office, "Exempel Samordnare")
    follow(office, "Gå vidare")
    expect(office.get_by_role("heading", level=1, name="Översikt")).to_be_visible()

    # Next week's hours.
    go_to(office, "Öppettider")
    office.get_by_role("link", name=re.compile(f"^Ändra .*{in_words}$")).click()
    office.get_by_label("Stängt hela dagen").uncheck()  # as some days of the week are
    office.get_by_label("Från").first.fill("18:00")
    office.get_by_label("Till").first.fill("21:00")
    office.get_by_label("Från").nth(1).fill("")
    office.get_by_label("Till").nth(1).fill("")
    press(office, "Spara")
    row = office.get_by_role("listitem").filter(has_text=re.compile(in_words))
    expect(row.first).to_contain_text("18.00–21.00")

    # A mentor, who comes in with the address she passes on.
    go_to(office, "Personer")
    office.get_by_label("Användarnamn").fill("ny-mentor")
    office.get_by_label("Namn som besökare ser").fill("Exempel Mentor")
    press(office, "Bjud in")
    address = office.get_by_label("Adress att ge vidare").input_value()
    accept(desk, address)
    expect(desk.get_by_role("button", name="Gå i tjänst")).to_be_disabled()
    desk.get_by_role("link", name="Din certifiering").first.click()
    follow(desk, "Läs och skriv under tystnadsplikten")
    sign(desk, "Exempel Mentor")
    follow(desk, "Läs och skriv under uppdragsavtalet")
    sign(desk, "Exempel Mentor")
    follow(desk, "Läs riktlinjerna")
    press(desk, "Jag har läst")
    expect(desk.get_by_text("Tack. Det är noterat.")).to_be_visible()

    # What only a coordinator can note.
    go_to(office, "Personer")
    follow(office, "Exempel Mentor")
    follow(office, "Certifiering")
    for item in ("Utbildning i samtalsmetodik", "Utdrag ur belastningsregistret", "Insats hemma"):
        of_item = office.get_by_role("region", name=re.compile(item))
        of_item.get_by_role("button", name="Notera").click()
        expect(of_item.get_by_role("button", name="Ta bort")).to_be_visible()
        expect(office.get_by_text("Det är noterat.")).to_be_visible()
    expect(office.get_by_text("Klar för tjänst.")).to_be_visible()

    # And a shift.
    go_to(office, "Schema")
    opening = office.get_by_role("group", name=re.compile(f"{in_words}.*18.00–21.00"))
    expect(opening).to_contain_text("Ingen mentor 18.00–21.00")
    opening.get_by_text("Lägg in", exact=True).click()
    opening.get_by_label("Mentor").select_option(label="Exempel Mentor")
    press(office, "Lägg in passet")
    opening = office.get_by_role("group", name=re.compile(f"{in_words}.*18.00–21.00"))
    expect(opening).to_contain_text("Exempel Mentor")
    expect(opening).not_to_contain_text("Ingen mentor")

    # The mentor sees it, and may go on duty.
    desk.get_by_role("navigation", name="Rum").get_by_role("link", name="Dina pass").click()
    expect(desk.get_by_role("main")).to_contain_text(re.compile(in_words))
    desk.get_by_role("navigation", name="Rum").get_by_role("link", name="Samtal").click()
    press(desk, "Gå i tjänst")
    expect(desk.get_by_role("button", name="Pausa")).to_be_visible()
