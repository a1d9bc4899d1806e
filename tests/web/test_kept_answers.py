"""The site's answers from memory: the app's own answer again, and never one whose file has changed."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from quart import Quart, Response, request

from chatservice.web import kept_answers
from chatservice.web.site import site_blueprint
from tools.precompressed import precompress

WORDS = "<p>Du är inte ensam om att tycka att det är svårt.</p>\n" * 40


class Site:
    """A site in a folder, an app that serves it, and what the app itself was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self.cookie = ""
        self.write("index.html", WORDS)
        self.write("robots.txt", "User-agent: *\n")
        precompress(folder)
        self.app = Quart("site", root_path=str(folder.parent))
        self.app.before_request(self._note)
        self.app.after_request(self._add_header)
        self.app.register_blueprint(site_blueprint(folder))
        self.browser: Any = self.app.test_client()

    def write(self, name: str, text: str) -> None:
        self.folder.mkdir(exist_ok=True)
        (self.folder / name).write_text(text, "utf-8")

    async def get(self, path: str = "/", method: str = "GET", **headers: str) -> tuple[int, Any, bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self.browser.open(path, method=method, headers=named)
        lines = sorted((name.lower(), value) for name, value in answer.headers.items())
        return answer.status_code, lines, await answer.get_data()

    def _note(self) -> None:
        self.asked.append(f"{request.method} {request.path}")

    def _add_header(self, response: Response) -> Response:
        response.headers["X-Everywhere"] = "yes"
        if self.cookie:
            response.set_cookie("staff", self.cookie)
        return response


@pytest.fixture
async def site(tmp_path: Path) -> AsyncGenerator[Site]:
    made = Site(tmp_path / "site")
    async with made.app.test_app():
        yield made


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-2"},
        {"If_Modified_Since": "Mon, 23 Nov 2026 02:00:00 GMT"},
        {"If_Match": '"x"'},
        {"If_None_Match": "*"},
        {"Content_Length": "0"},
    ],
)
async def test_what_is_not_plain_is_asked_of_the_app_every_time(site: Site, headers: dict[str, str]):
    await site.get()

    await site.get(**headers)
    await site.get(**headers)

    assert site.asked == ["GET /"] * 3


async def test_an_answer_that_sets_a_cookie_is_nobody_elses(site: Site):
    site.cookie = "somebody"
    await site.get()

    site.cookie = ""
    _, headers, _ = await site.get()

    assert len(site.asked) == 2
    assert not [value for name, value in headers if name == "set-cookie"]


async def test_an_answer_that_is_no_file_is_not_kept(site: Site):
    assert [(await site.get("/finns-inte"))[0] for _ in range(2)] == [404, 404]

    assert len(site.asked) == 2


async def test_a_large_file_stays_on_the_disk(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kept_answers, "LARGEST_KEPT_BYTES", 10)

    assert [(await site.get("/robots.txt"))[2] for _ in range(2)] == [b"User-agent: *\n"] * 2

    assert len(site.asked) == 2


async def test_no_more_is_kept_than_fits(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kept_answers, "MOST_KEPT_BYTES", len(WORDS.encode()))
    for path in ("/", "/robots.txt", "/", "/robots.txt"):
        await site.get(path)

    assert site.asked == ["GET /", "GET /robots.txt", "GET /robots.txt"]


async def test_another_way_to_write_an_address_takes_no_room(site: Site):
    for _ in range(2):
        assert (await site.get("/robots.txt/"))[0] == 200

    assert len(site.asked) == 2


@pytest.mark.parametrize("encoding", ["", "br", "gzip", "gzip;q=0.5, br;q=0.1"])
async def test_the_second_answer_is_the_first_one_again(site: Site, encoding: str):
    first = await site.get(Accept_Encoding=encoding)

    again = await site.get(Accept_Encoding=encoding)

    assert again == first
    assert ("x-everywhere", "yes") in again[1]
    assert len(site.asked) == 1


@pytest.mark.parametrize("said", ["{}", "W/{}", '"other", {}'])
async def test_a_reader_who_has_it_is_told_so_from_memory_as_by_the_app(site: Site, said: str):
    _, headers, _ = await site.get()
    tag = said.format(dict(headers)["etag"])
    first = await site.get(If_None_Match=tag)

    again = await site.get(If_None_Match=tag)

    assert first[0] == 304
    assert again == first
    assert len(site.asked) == 2


async def test_a_reader_who_has_another_version_gets_this_one(site: Site):
    first = await site.get()

    assert await site.get(If_None_Match='"another"') == first


async def test_the_head_alone_says_what_the_app_says(site: Site):
    first = await site.get(method="HEAD")
    await site.get()

    again = await site.get(method="HEAD")

    assert again == first
    assert site.asked == ["HEAD /", "GET /"]


async def test_a_page_that_was_written_anew_is_seen_at_once(site: Site):
    await site.get("/robots.txt")
    site.write("robots.txt", "User-agent: nobody\n")

    assert (await site.get("/robots.txt"))[2] == b"User-agent: nobody\n"


async def test_a_site_that_was_put_in_the_place_of_another_is_seen_at_once(site: Site):
    await site.get(Accept_Encoding="br")
    site.folder.rename(site.folder.with_name("earlier"))
    site.write("index.html", "Ny")

    status, headers, body = await site.get(Accept_Encoding="br")

    assert (status, body) == (200, b"Ny")
    assert "content-encoding" not in dict(headers)


async def test_a_page_that_was_taken_away_is_gone(site: Site):
    await site.get("/robots.txt")
    (site.folder / "robots.txt").unlink()

    assert (await site.get("/robots.txt"))[0] == 404
