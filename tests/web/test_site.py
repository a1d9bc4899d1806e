"""The built site as the service hands it out: which form of a file, under which headers, and what has no address."""

import gzip
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import brotli
import pytest
from quart import Quart

from chatservice.web.site import site_blueprint
from tools.precompressed import precompress

WORDS = "<p>Du är inte ensam om att tycka att det är svårt.</p>\n" * 40
FILES = {
    "index.html": WORDS,
    "om/index.html": WORDS,
    "theme/site.js": "export {};\n" * 40,
    "robots.txt": "User-agent: *\n",
    ".build-stamp": "digest",
    ".well-known/security.txt": "Contact: mailto:a@example.org\n",
    "theme/.hidden/x.txt": "x",
    **{f"film/kort.{ending}": "0123456789" for ending in ("mp4", "webm", "webp", "sv.vtt")},
}

DECODE: dict[str | None, Callable[[bytes], bytes]] = {
    None: bytes,
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncGenerator[Any]:
    for name, text in FILES.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    precompress(tmp_path / "site")
    app = Quart("site", root_path=str(tmp_path))
    app.register_blueprint(site_blueprint(tmp_path / "site"))
    async with app.test_app():
        yield app.test_client()


@pytest.mark.parametrize(
    "path",
    [
        "/.build-stamp",
        "/theme/.hidden/x.txt",
        "/.well-known/../.build-stamp",
        "/..%2f..%2fetc/passwd",
        "/index.html.br",
        "/index.html.gz",
        "/om/index.html.br",
        "/finns-inte",
        "/theme/",
    ],
)
async def test_what_is_not_a_file_of_the_site_is_not_found(browser: Any, path: str):
    assert (await browser.get(path)).status_code == 404


async def test_the_well_known_folder_is_served(browser: Any):
    answer = await browser.get("/.well-known/security.txt")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("asked", "encoding"),
    [
        ("", None),
        ("identity", None),
        ("zstd", None),
        ("br;q=0", None),
        ("br;q=0, gzip;q=0", None),
        ("identity, br;q=0.5", None),
        ("gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.9", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br", "br"),
        ("*", "br"),
    ],
)
async def test_a_reader_gets_the_form_it_asks_for(browser: Any, asked: str, encoding: str | None):
    answer = await browser.get("/om/", headers={"Accept-Encoding": asked})
    body = await answer.get_data()

    assert answer.status_code == 200
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert int(answer.headers["Content-Length"]) == len(body)
    assert DECODE[encoding](body).decode() == WORDS


async def test_a_file_without_smaller_forms_says_nothing_of_encodings(browser: Any):
    answer = await browser.get("/robots.txt", headers={"Accept-Encoding": "br"})

    assert {"Content-Encoding", "Vary"} & set(answer.headers.keys()) == set()


async def test_a_module_is_javascript_in_every_form(browser: Any):
    for asked in ("", "gzip", "br"):
        answer = await browser.get("/theme/site.js", headers={"Accept-Encoding": asked})

        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"


async def test_each_form_has_a_tag_of_its_own_and_is_not_sent_twice(browser: Any):
    tags = set()
    for asked in ("", "gzip", "br"):
        first = await browser.get("/", headers={"Accept-Encoding": asked})
        tags.add(first.headers["ETag"])

        again = await browser.get(
            "/", headers={"Accept-Encoding": asked, "If-None-Match": first.headers["ETag"]}
        )

        assert again.status_code == 304
        assert await again.get_data() == b""
        assert again.headers["Vary"] == "Accept-Encoding"
        assert again.headers["Cache-Control"] == "no-cache"
        assert "Content-Encoding" not in again.headers
    assert len(tags) == 3


async def test_the_tag_of_one_form_says_nothing_of_another(browser: Any):
    plain = await browser.get("/")

    answer = await browser.get("/", headers={"Accept-Encoding": "br", "If-None-Match": plain.headers["ETag"]})

    assert answer.status_code == 200


async def test_a_part_is_counted_in_the_bytes_of_the_file_itself(browser: Any):
    answer = await browser.get("/", headers={"Accept-Encoding": "br", "Range": "bytes=0-2"})

    assert answer.status_code == 206
    assert "Content-Encoding" not in answer.headers
    assert await answer.get_data() == b"<p>"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/film/kort.mp4", "video/mp4"),
        ("/film/kort.webm", "video/webm"),
        ("/film/kort.webp", "image/webp"),
        ("/film/kort.sv.vtt", "text/vtt; charset=utf-8"),
    ],
)
async def test_a_film_is_handed_out_as_what_it_is_and_in_the_parts_that_a_player_asks_for(
    browser: Any, path: str, kind: str
):
    whole = await browser.get(path)
    part = await browser.get(path, headers={"Range": "bytes=2-5"})
    beyond = await browser.get(path, headers={"Range": "bytes=900-"})

    assert (whole.status_code, whole.headers["Content-Type"]) == (200, kind)
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert (part.status_code, part.headers["Content-Range"]) == (206, "bytes 2-5/10")
    assert await part.get_data() == b"2345"
    assert beyond.status_code == 416


async def test_a_folder_without_its_slash_leads_to_the_folder(browser: Any):
    answer = await browser.get("/om")

    assert (answer.status_code, answer.headers["Location"]) == (308, "/om/")
