"""The headers of every answer there is: each route by each method as nobody and as each role, each error, each file.

What a single header says is tested in test_headers.py; here the whole map of addresses is walked, so that no answer is
left out: a new route is walked as soon as it exists.
"""

from typing import Any

import pytest
from quart import Quart
from quart.testing import WebsocketResponseError
from werkzeug.exceptions import default_exceptions

from chatservice.domain.certification import Role
from chatservice.web.headers import DOCUMENT_HEADERS, PART_TYPES, is_private, page_headers

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")
PUBLIC = "https://chatt.example.org"
SITE = {
    "index.html": "<!doctype html><title>x</title>",
    "chatt/index.html": "<!doctype html><title>x</title>",
    "404.html": "<!doctype html><title>x</title>",
    "theme/a.js": "export {};",
    "theme/a.css": "a{}",
    "theme/a.svg": "<svg/>",
    "a.txt": "x",
}
STRANGE = (
    "/finns-inte", "/finns/inte/", "//dubbel", "/mentor", "/samordnare", "/chatt", "/theme/a.js", "/theme/a.css",
    "/theme/a.svg", "/theme/", "/a.txt", "/chatt/", "/", "/..%2f..%2fetc%2fpasswd", "/%00", "/%ff", "/.build-stamp",
)  # fmt: skip


@pytest.fixture
def site(tmp_path):
    """Return a small site, with one file of each kind that is treated otherwise."""
    folder = tmp_path / "site"
    for name, content in SITE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


@pytest.fixture
async def production(open_web, site):
    """Run the app as in production, on https."""
    async with open_web(mode="production", public_origin=PUBLIC, site_dir=site, clock=None) as web:
        web.app.config["PROPAGATE_EXCEPTIONS"] = False
        yield web


@pytest.fixture
async def browsers(production) -> dict[Role | None, Any]:
    """Return a browser for each role, and one of somebody who is not signed in."""
    signed_in: dict[Role | None, Any] = {None: production.browser()}
    for role in (Role.MENTOR, Role.COORDINATOR):
        person = await production.staff.add(role.value, role)
        signed_in[role] = production.browser()
        answer = await production.sign_in(signed_in[role], person)
        assert answer.status_code == 303
    return signed_in


def faults(answer: Any, path: str, expected: dict[str, str]) -> list[str]:
    """Return what is missing on an answer, or should not be there."""
    headers = answer.headers
    wanted = {
        name: value
        for name, value in expected.items()
        if answer.mimetype not in PART_TYPES or name not in DOCUMENT_HEADERS
    }
    wrong = [name for name, value in wanted.items() if headers.getlist(name) != [value]]
    wrong += [
        name for name in ("Server", "X-Powered-By", "Via", "Access-Control-Allow-Origin") if name in headers
    ]
    if (is_private(path) or "Set-Cookie" in headers) and headers.get("Cache-Control") != "no-store":
        wrong.append("Cache-Control")
    return wrong


def paths(app: Quart) -> list[str]:
    """Return an address for each route."""
    filled = {
        "<int:number>": "1",
        "<name>": "exempel",
        "<day>": "2030-12-24",
        "<key_id>": "A" * 22,
        "<path:path>": "x",
    }
    found = []
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for argument, value in filled.items():
            path = path.replace(argument, value)
        assert "<" not in path, "say here what stands in the new argument's place"
        found.append(path)
    return [*found, *STRANGE]


async def test_every_route_and_every_error_keeps_to_itself_whoever_asks_and_however(production, browsers):
    expected = page_headers(production.app.extensions["chat"].settings)
    assert expected["Strict-Transport-Security"].startswith("max-age=63072000")
    wrong: list[str] = []
    statuses: set[int] = set()

    for path in paths(production.app):
        if "/ws/" in path:
            continue
        for method in METHODS:
            for role, browser in browsers.items():
                if role is not None and method not in {"GET", "POST"}:
                    continue
                origin = {"Origin": PUBLIC} if method not in {"GET", "HEAD"} else {}
                answer = await browser.open(path, method=method, headers=origin, form={} if origin else None)
                statuses.add(answer.status_code)
                wrong += [
                    f"{role} {method} {path} {answer.status_code}: {name}"
                    for name in faults(answer, path, expected)
                ]

    assert wrong == []
    assert {200, 204, 303, 400, 401, 403, 404, 405} <= statuses


async def test_every_error_that_the_framework_knows_keeps_to_itself(production):
    expected = page_headers(production.app.extensions["chat"].settings)

    async def fail(code: int) -> str:
        raise default_exceptions[code]()

    production.app._got_first_request = False
    production.app.add_url_rule("/konto/prov/<int:code>", "failing", fail)

    for code in sorted(code for code in default_exceptions if code >= 400):
        answer = await production.browser().get(f"/konto/prov/{code}")
        assert answer.status_code == code
        assert faults(answer, "/konto/", expected) == [], code


@pytest.mark.parametrize(
    ("path", "size", "kind"),
    [
        ("/mentor/logga-in", 70_000, "application/x-www-form-urlencoded"),
        ("/kontakt/skriv/skicka/", 200_000, "application/x-www-form-urlencoded"),
        ("/chatt/omdome/", 200_000, "application/x-www-form-urlencoded"),
        ("/mentor/certifikat", 70_000, "application/json"),
    ],
)
async def test_too_much_at_once_is_refused_with_every_header(production, path, size, kind):
    answer = await production.browser().post(
        path, data=b"a=" + b"x" * size, headers={"Origin": PUBLIC, "Content-Type": kind}
    )

    assert answer.status_code in {401, 413}
    assert faults(answer, path, page_headers(production.app.extensions["chat"].settings)) == []


async def test_a_handshake_that_is_refused_keeps_to_itself_too(production):
    expected = page_headers(production.app.extensions["chat"].settings)
    for rule in production.app.url_map.iter_rules():
        if not getattr(rule, "websocket", False):
            continue
        with pytest.raises(WebsocketResponseError) as refused:
            async with production.browser().websocket(
                rule.rule, headers={"Origin": "https://example.org"}
            ) as socket:
                await socket.receive()
        assert faults(refused.value.response, rule.rule, expected) == []
