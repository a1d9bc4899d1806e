"""The order of things when the film is made: the service, two people at their pages, the steps, the files.

`--rehearse` goes through every step at once and takes no picture. What is seen in the film is a site built as for
production, whose pinned key is that of the film's own service; no page then says that it is an example.
"""

import asyncio
import re
import shutil
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pyotp.totp import TOTP

from chatservice.errors import ChatError
from chatservice.organisation import load_organisation
from chatservice.organisation_key import OrganisationKey
from chatservice.settings import Settings
from tools import browsers
from tools.environment import stop
from tools.film import encoding, voice
from tools.film.camera import Camera, Rehearsal
from tools.film.cues import Cue, CuesError, Film, load_film
from tools.film.made_film import files_of, write_captions
from tools.film.steps import Conversation, StepError, rehearse
from tools.film.studio import PHONE_HEIGHT, PHONE_WIDTH, SCALE, Studio, TooShortError
from tools.page_quality.service import Served, open_with_mentor, running_service
from tools.site_build import build_site

USERNAME, PASSWORD = (
    "filmens-mentor",
    "exempel-lösenord-för-filmen",
)  # lives as long as the film is being made
POSTER_STEP = "mentor_writes"
EVENING_HOUR = 19
FILMING_PATIENCE_S = 20


@dataclass(frozen=True, slots=True)
class Scene:
    """The service, a browser, and two people's pages in it."""

    origin: str
    browser: Browser
    visitor: Page
    mentor: Page

    def conversation(self, camera: Camera) -> Conversation:
        """Let them meet before a camera."""
        return Conversation(self.origin, self.visitor, self.mentor, camera, patience_s=FILMING_PATIENCE_S)


def run(root: Path, *, rehearse_only: bool = False, captions_only: bool = False, spoken: bool = False) -> int:
    """Make the film into content/film. Return 0, or 1 with a sentence that says what stopped it."""
    content = root / "content"
    film = _film_of(content)
    if captions_only:
        write_captions(film, content)
        print(
            f"Textningen är skriven: {', '.join(path.name for path in files_of(film, content).captions.values())}"
        )
        return 0
    try:
        with tempfile.TemporaryDirectory(prefix="film-") as name, _set(root, Path(name)) as scene:
            if rehearse_only:
                rehearse(scene.conversation(Rehearsal()), film.cues)
                print(f"Alla {len(film.cues)} steg i filmen fungerar.")
                return 0
            _make(film, content, Path(name), scene, spoken=spoken)
    except (StepError, encoding.EncodingError, voice.VoiceError, ChatError) as error:
        print(f"{error}\nFilmen är kvar som den var.", file=sys.stderr)
        return 1
    return 0


def _film_of(content: Path) -> Film:
    try:
        film = load_film(content, load_organisation(content).languages)
    except (CuesError, ChatError) as error:
        stop(str(error))
    if film is None:
        stop("Det finns ingen lista över filmens repliker: skriv content/data/film.toml.")
    return film


@contextmanager
def _set(root: Path, folder: Path) -> Generator[Scene]:
    """Serve a site as in production, with a visitor's phone and a mentor on duty."""
    chromium = browsers.chromium()
    if chromium is None:
        remedy = browsers.install_chromium()
        chromium = browsers.chromium()
        if remedy or chromium is None:
            stop(f"Filmen behöver Chromium: {remedy}.")
    with running_service(folder) as served:
        secret = asyncio.run(open_with_mentor(root, served, username=USERNAME, password=PASSWORD))
        pin = OrganisationKey.load_or_create(Settings.from_environment(served.environ).example_key_file).pin
        build_site(served.site, content=_as_in_production(root / "content", folder / "content", pin))
        flags = [flag for flag in browsers.CHROMIUM_FLAGS if flag != "--headless"]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=flags)
            mentor = browser.new_context(locale="sv-SE").new_page()
            _put_on_duty(served, mentor, secret)
            yield Scene(served.origin, browser, _phone(browser), mentor)
            browser.close()


def _as_in_production(content: Path, copy: Path, pin: str) -> Path:
    """Copy the content, with the key of the film's service as the organisation's."""
    shutil.copytree(content, copy)
    facts = copy / "data" / "organisation.toml"
    facts.write_text(
        re.sub(r"^pinned = \[[^\]]*\]", f'pinned = ["{pin}"]', facts.read_text("utf-8"), flags=re.MULTILINE),
        "utf-8",
    )
    return copy


def _phone(browser: Browser) -> Page:
    """Open a phone whose clock shows an evening, whatever the hour is when the film is made."""
    behind = (datetime.now(UTC).hour - EVENING_HOUR) % 24
    zone = f"Etc/GMT+{behind}" if behind <= 12 else f"Etc/GMT-{24 - behind}"
    context: BrowserContext = browser.new_context(
        viewport={"width": PHONE_WIDTH, "height": PHONE_HEIGHT}, device_scale_factor=SCALE, is_mobile=True,
        has_touch=True, locale="sv-SE", timezone_id=zone, color_scheme="light", reduced_motion="reduce",
    )  # fmt: skip
    return context.new_page()


def _put_on_duty(served: Served, page: Page, secret: str) -> None:
    page.goto(f"{served.origin}/mentor/logga-in")
    page.get_by_label("Användarnamn").fill(USERNAME)
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_label("Engångskod").fill(TOTP(secret).now())
    page.get_by_role("button", name="Logga in", exact=True).click()
    page.get_by_role("button", name="Gå i tjänst", exact=True).click()
    expect(page.get_by_text("Du är i tjänst.")).to_be_visible(timeout=FILMING_PATIENCE_S * 1000)


def _make(film: Film, content: Path, folder: Path, scene: Scene, *, spoken: bool) -> None:
    program = encoding.ffmpeg()
    if program is None:
        remedy = encoding.install_ffmpeg()
        program = encoding.ffmpeg()
        if remedy or program is None:
            stop(f"Filmen behöver ffmpeg: {remedy}.")
    made = folder / "made"
    made.mkdir()
    raw, still = folder / "raw.mkv", folder / "poster.jpg"
    sound = voice.speak(film, folder) if spoken else None
    with encoding.recording(program, raw) as sink:
        studio = Studio(scene.browser, scene.visitor, sink)
        conversation = scene.conversation(studio)
        for cue in film.cues:
            print(f"  {cue.seconds} s  {next(iter(cue.words.values())).text}", flush=True)
            _film_cue(studio, conversation, cue, is_last=cue is film.cues[-1])
            if cue.step == POSTER_STEP:
                studio.poster(still)
    print("Gör MP4, WebM och bild …", flush=True)
    files = files_of(film, made)
    files.mp4.parent.mkdir()
    encoding.write_mp4(program, raw, files.mp4, length_s=film.duration_s, voice=sound)
    encoding.write_webm(program, raw, files.webm, length_s=film.duration_s, voice=sound)
    encoding.write_poster(program, still, files.poster)
    write_captions(film, made)
    for old, new in zip(files_of(film, content).all, files.all, strict=True):
        old.parent.mkdir(exist_ok=True)
        shutil.copyfile(new, old)
        print(f"content/{old.relative_to(content)}: {old.stat().st_size / 1000:.0f} kB")


def _film_cue(studio: Studio, conversation: Conversation, cue: Cue, *, is_last: bool) -> None:
    studio.begin(cue.seconds)
    conversation.play(cue)
    try:
        studio.finish(at_night=is_last)
    except TooShortError as error:
        raise StepError(
            f"Steget {cue.step} hinns inte med: {error}. Ändra seconds i content/data/film.toml."
        ) from error
