"""Every file of the built site, fetched from the running service as a browser fetches it."""

import http.client
from pathlib import Path
from urllib.parse import quote

import brotli
import pytest

from chatservice.settings import Settings
from chatservice.web.headers import DOCUMENT_HEADERS, is_private, page_headers
from tests.running_service import RunningService

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".ics": "text/calendar; charset=utf-8",
    ".json": "application/json",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".toml": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt; charset=utf-8",
    ".woff2": "font/woff2",
    ".xml": "application/xml; charset=utf-8",
}

# What no browser shows as a page of its own.
PARTS = {".css", ".ico", ".js", ".png", ".woff2"}


def published(folder: Path) -> list[Path]:
    """List the files that have an address: neither compressed forms nor the builder's own."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in {".br", ".gz"} and path.name != ".build-stamp"
    )


def address_of(path: Path, folder: Path) -> str:
    return "/" + quote(path.relative_to(folder).as_posix()).removesuffix("index.html")


@pytest.fixture
def fetch(service: RunningService):
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)

    def get(address: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        connection.request("GET", address, headers={"Accept-Encoding": "gzip, deflate, br, zstd"} | headers)
        answer = connection.getresponse()
        return answer, answer.read()

    yield get
    connection.close()


def test_every_file_arrives_whole_with_its_type_and_every_header(
    fetch, service: RunningService, built_site: Path
):
    expected = page_headers(
        Settings(secret="s" * 40, port=service.port, public_origin=f"http://localhost:{service.port}")
    )
    of_parts = {name: None if name in DOCUMENT_HEADERS else value for name, value in expected.items()}
    files = published(built_site)
    assert len(files) > 60
    for path in files:
        answer, body = fetch(address_of(path, built_site))
        sent = {name.lower(): value for name, value in answer.getheaders()}

        assert answer.status == 200, path
        wanted = of_parts if path.suffix in PARTS else expected
        assert {name: sent.get(name.lower()) for name in expected} == wanted, path
        assert sent["content-type"] == TYPES[path.suffix], path
        kept = "no-store" if is_private(address_of(path, built_site)) else "no-cache"
        assert sent["cache-control"] == kept, path
        assert "set-cookie" not in sent, path
        whole = brotli.decompress(body) if sent.get("content-encoding") == "br" else body
        assert whole == path.read_bytes(), path


def test_the_head_of_a_page_comes_without_the_page_however_often_it_is_asked_for(service: RunningService):
    heads: list[dict[str, str]] = []
    for method in ("HEAD", "GET", "HEAD", "HEAD"):
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
        connection.request(method, "/lugn/")
        answer = connection.getresponse()
        body = answer.read()
        connection.close()

        assert (answer.status, bool(body)) == (200, method == "GET")
        heads.append({name.lower(): value for name, value in answer.getheaders() if name.lower() != "date"})
    assert all(head == heads[0] for head in heads)


def test_pages_scripts_and_stylesheets_arrive_smaller(fetch, built_site: Path):
    for path in published(built_site):
        if path.suffix in {".html", ".js", ".css"} and path.stat().st_size > 1000:
            answer, body = fetch(address_of(path, built_site))

            assert answer.getheader("Content-Encoding") == "br", path
            assert len(body) < 0.6 * path.stat().st_size, path


@pytest.mark.parametrize("address", ["/.build-stamp", "/index.html.br", "/.well-known/..%2f.build-stamp"])
def test_what_is_the_builders_own_is_not_handed_out(fetch, address: str):
    assert fetch(address)[0].status == 404


def test_an_address_that_does_not_exist_shows_the_page_that_says_so(fetch):
    answer, body = fetch("/finns-inte/")

    assert answer.status == 404
    assert "Här finns ingen sida" in body.decode()
