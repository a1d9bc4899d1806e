"""What stands on every answer, and what a person reads when something goes wrong."""

import pytest
from quart import Quart

from chatservice.errors import ConflictError, MalformedError
from chatservice.settings import Settings
from chatservice.web.headers import CHAT_PAGES, content_security_policy, page_headers
from tests.web.conftest import ORIGIN

EVERYWHERE = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def directives(policy: str) -> dict[str, list[str]]:
    return {part.split()[0]: part.split()[1:] for part in policy.split("; ")}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/mentor/logga-in"),
        ("GET", "/chatt/status"),
        ("GET", "/chatt/lage/"),
        ("GET", "/halsa"),
        ("GET", "/mentor/"),
        ("GET", "/finns-inte"),
        ("POST", "/mentor/logga-in"),
        ("DELETE", "/mentor/logga-in"),
    ],
)
async def test_every_answer_keeps_to_itself(web, method, path):
    answer = await web.browser().open(path, method=method)

    assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Server" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["/chatt/status", "/chatt/lage/", "/mentor/", "/mentor/logga-in", "/samordnare/", "/halsa", *CHAT_PAGES],
)
async def test_no_cache_keeps_what_is_private_or_changes(web, path):
    assert (await web.browser().get(path)).headers["Cache-Control"] == "no-store"


def test_nothing_may_come_from_elsewhere_or_be_made_from_text():
    policy = directives(content_security_policy(Settings(secret="s" * 40)))

    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["img-src"] == ["'self'"]
    assert policy["connect-src"] == ["'self'", "ws://127.0.0.1:8000", "ws://localhost:8000"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert policy["require-trusted-types-for"] == ["'script'"]
    assert not any(
        "unsafe" in source or source in {"*", "https:", "data:"}
        for rule in policy.values()
        for source in rule
    )


def test_production_insists_on_https(tmp_path):
    settings = Settings(
        mode="production", public_origin="https://chatt.example.org", secret="s" * 40, data_dir=tmp_path
    )

    headers = page_headers(settings)

    assert headers["Strict-Transport-Security"].startswith("max-age=63072000")
    policy = directives(headers["Content-Security-Policy"])
    assert policy["connect-src"] == ["'self'", "wss://chatt.example.org"]
    assert "upgrade-insecure-requests" in policy


async def test_the_example_does_not_tie_a_newcomers_localhost_to_https(web):
    assert "Strict-Transport-Security" not in (await web.browser().get("/halsa")).headers


async def test_an_address_that_does_not_exist_is_told_in_swedish(web):
    answer = await web.browser().get("/finns-inte")

    page = await answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "Här finns ingen sida" in page
    assert '<html lang="sv">' in page


async def test_a_method_that_an_address_does_not_have_is_refused_and_those_it_has_are_named(web):
    answer = await web.browser().delete("/chatt/status", headers={"Origin": "http://localhost:8000"})

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


async def test_a_script_is_told_a_code(web):
    answer = await web.browser().post("/mentor/certifikat", json={}, headers={"Origin": ORIGIN})

    assert answer.status_code == 401
    assert (await answer.get_json()).keys() == {"error"}


def failing(app: Quart, error: Exception) -> None:
    async def fail() -> str:
        raise error

    app.add_url_rule("/halsa/prov", "failing", fail)


@pytest.mark.parametrize(
    ("error", "status"),
    [(MalformedError("marker"), 400), (ConflictError({"marker": 1}), 403), (ValueError("marker"), 500)],
)
async def test_an_error_tells_nothing_of_the_inside(open_web, error, status):
    async with open_web() as web:
        web.app.config["PROPAGATE_EXCEPTIONS"] = False
        web.app._got_first_request = False
        failing(web.app, error)

        answer = await web.browser().get("/halsa/prov")

    page = await answer.get_data(as_text=True)
    assert answer.status_code == status
    assert "marker" not in page
    assert "Hitta vidare" in page
    assert answer.headers["X-Frame-Options"] == "DENY"
