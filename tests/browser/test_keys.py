"""A key is compared by voice and signed in the coordinator's browser, with a key of the organisation's own pinned."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect

from tests.browser.conftest import MODES, inspect, open_profile
from tests.browser.people import MentorAtPage
from tests.running_service import Credentials, RunningService

PASSPHRASE = "en lång fras för prov åäö"
ROOM = "/samordnare/nycklar/"


class Staff(MentorAtPage):
    """Somebody of the staff at a page."""

    def __init__(self, context: BrowserContext, service: RunningService, who: Credentials) -> None:
        super().__init__(context.new_page(), service.base_url)
        self.sent: list[str] = []
        self.page.on("request", self._note)
        self.signs_in(who)

    def _note(self, request: Request) -> None:
        self.sent.append(f"{request.url} {request.post_data or ''}")

    def words(self, name: str) -> list[str]:
        """Return the eight words of the list with this name, once they are there."""
        items = self.page.get_by_role("list", name=name, exact=True).get_by_role("listitem")
        expect(items).to_have_count(8)
        return items.all_inner_texts()

    def chooses(self, file: Path, passphrase: str) -> None:
        """Choose a key file, type the passphrase and sign."""
        self.page.get_by_label("Nyckelfil").set_input_files(file)
        self.page.get_by_label("Lösenfras").fill(passphrase)
        self.button("Signera").click()

    @property
    def alert(self) -> Locator:
        """Return what the page says is wrong with the key file."""
        return self.page.get_by_role("alert")


@pytest.fixture(scope="module")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty folder for key files."""
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def service(make_service: Callable[..., RunningService], project: Path, key_folder: Path) -> RunningService:
    """Start a service that pins a key of its own, so that no example key signs."""
    maker = make_service()
    pins: list[str] = []
    for name in ("organisation", "stranger"):
        made = maker.command(
            "organisation-key",
            "new",
            str(key_folder / f"{name}.pem"),
            "--passphrase",
            given=f"{PASSPHRASE}\n",
        )
        pins.append(made.strip().splitlines()[-1])
    maker.stop()
    content = key_folder / "content"
    shutil.copytree(project / "content", content, ignore=shutil.ignore_patterns("film", "images"))
    facts = content / "data/organisation.toml"
    told = facts.read_text(encoding="utf-8")
    facts.write_text(told.replace("pinned = []", f'pinned = ["{pins[0]}"]', 1), encoding="utf-8")
    return make_service(content_dir=content)


@pytest.fixture
def office(browser: Browser, service: RunningService) -> Iterator[tuple[Staff, Staff]]:
    """Sign in a coordinator and a mentor whose browser has a new key."""
    contexts = [open_profile(browser) for _ in range(2)]
    number = len(service.command("account", "list").splitlines())
    coordinator = Staff(contexts[0], service, service.add_account("coordinator", f"nyckel-{number}"))
    mentor = Staff(contexts[1], service, service.add_account("mentor", f"mentor-{number}"))
    yield coordinator, mentor
    assert mentor.complaints == []
    for context in contexts:
        context.close()


def test_a_key_is_compared_and_signed_and_the_mentors_page_becomes_ready(
    office: tuple[Staff, Staff], key_folder: Path, axe_source: str
):
    coordinator, mentor = office
    own = mentor.words("Dina åtta ord")
    expect(mentor.button("Gå i tjänst")).to_be_disabled()

    coordinator.page.goto(f"{coordinator.base_url}{ROOM}")
    alias = coordinator.page.get_by_role("heading", level=3).first.inner_text()
    assert coordinator.words(alias) == own
    coordinator.button("Orden stämmer").click()
    expect(coordinator.page.get_by_role("heading", name="Signera", exact=True)).to_be_focused()
    coordinator.button("Signera").click()
    expect(coordinator.alert).to_have_text("Välj organisationens nyckelfil först.")
    coordinator.chooses(key_folder / "organisation.pem", "en annan fras")
    expect(coordinator.alert).to_have_text("Lösenfrasen är fel. Nyckeln öppnades inte.")
    coordinator.chooses(key_folder / "stranger.pem", PASSPHRASE)
    expect(coordinator.alert).to_contain_text("inte någon av organisationens fästa nycklar")
    coordinator.chooses(key_folder / "content/data/organisation.toml", PASSPHRASE)
    expect(coordinator.alert).to_contain_text("ingen nyckelfil")
    assert not [line for line in coordinator.sent if "certifikat" in line], "nothing was signed"
    coordinator.chooses(key_folder / "organisation.pem", PASSPHRASE)

    coordinator.sees("Klart. Certifikatet gäller till")
    coordinator.sees("Nyckeln är öppen i den här fliken.")
    expect(mentor.button("Gå i tjänst")).to_be_enabled(timeout=60_000)
    secrets = [PASSPHRASE, *(key_folder / "organisation.pem").read_text("ascii").splitlines()[1:-1]]
    assert [line for line in coordinator.sent if any(secret in line for secret in secrets)] == []
    coordinator.button("Glöm nyckeln").click()
    coordinator.sees("Nyckeln är glömd.")
    expect(coordinator.page.get_by_label("Lösenfras")).to_have_value("")
    assert coordinator.complaints == []

    mentor.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=26, hours=12))
    mentor.page.reload()
    mentor.sees("Webbläsarens certifikat går ut om 4 dagar.")
    assert mentor.words("Dina åtta ord") == own

    coordinator.page.reload()
    coordinator.page.get_by_role("link", name="Dra in").click()
    coordinator.button("Dra in").click()
    coordinator.sees("Ett steg kvar efter en indragning")
    coordinator.sees(" ".join(own))
    coordinator.page.set_viewport_size({"width": 320, "height": 640})
    assert inspect(coordinator.page, axe_source, "withdrawn, 320 px").findings == []


def test_nothing_is_wrong_with_the_rooms_in_any_mode(
    office: tuple[Staff, Staff], new_context: Callable[..., BrowserContext], axe_source: str
):
    coordinator, mentor = office
    mentor.words("Dina åtta ord")
    signed_in: Any = coordinator.page.context.storage_state()
    findings: list[str] = []

    for name, mode in MODES.items():
        page: Page = new_context(**mode, storage_state=signed_in).new_page()
        page.goto(f"{coordinator.base_url}{ROOM}")
        page.get_by_role("button", name="Orden stämmer", exact=True).first.click()
        page.evaluate("document.fonts.ready")
        findings += inspect(page, axe_source, name).findings
        mentor.page.emulate_media(color_scheme=mode.get("color_scheme", "light"))
        findings += inspect(mentor.page, axe_source, f"mentor, {name}").findings

    assert findings == []


def test_an_older_firefox_opens_the_same_file(
    firefox: Browser, office: tuple[Staff, Staff], service: RunningService, key_folder: Path
):
    _, mentor = office
    own = mentor.words("Dina åtta ord")
    context = open_profile(firefox)
    number = len(service.command("account", "list").splitlines())
    coordinator = Staff(context, service, service.add_account("coordinator", f"nyckel-{number}"))

    coordinator.page.goto(f"{coordinator.base_url}{ROOM}")
    waiting = coordinator.page.get_by_role("listitem").filter(has_text=own[0]).filter(has_text=own[7])
    waiting.get_by_role("button", name="Orden stämmer", exact=True).last.click()
    coordinator.chooses(key_folder / "organisation.pem", PASSPHRASE)

    coordinator.sees("Klart. Certifikatet gäller till")
    context.close()
