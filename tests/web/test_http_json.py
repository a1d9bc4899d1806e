"""What is said in JSON over HTTP is what docs/http.openapi.yaml says: no more addresses, and no other answers.

Schemathesis makes requests up from that page, right ones and wrong ones; nobody, a mentor and a coordinator send them
into the real app. They are the same each time; docs/testing.md says how to make more of them.
"""

import ast
import inspect
import os
import re
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio.from_thread
import anyio.to_thread
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from requests import Request
from schemathesis import GenerationMode, checks
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response

from chatservice.domain.certification import Role
from chatservice.domain.sealing import mentor_key_id, to_base64url
from chatservice.web.headers import is_private, page_headers
from chatservice.web.parts import EXTENSION
from tests.passkey_device import PasskeyDevice
from tests.staff_builders import browser_key
from tests.web.conftest import ORIGIN

EXAMPLES = int(os.environ.get("HTTP_JSON_EXAMPLES", "4"))
"""Right requests and wrong ones, for each operation and each who asks."""
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
API: Any = schemathesis.openapi.from_path(Path(__file__).parents[2] / "docs/http.openapi.yaml")
OPERATIONS = {operation.label: operation for operation in (each.ok() for each in API.get_all_operations())}
CHANGING = [label for label in OPERATIONS if not label.startswith("GET")]
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}
SPEAKS_JSON = re.compile(r"jsonify\(|read_json\(|application/json|msgspec\.json\.decode\(await request")
JSON = {"Accept": "application/json"}
OURS = {"Origin": ORIGIN, **JSON}
_addresses = count(1)


@pytest.fixture
async def proxied(open_web):
    """Start the app behind a proxy that names another address for each request, so that nobody has to wait."""
    async with open_web(proxy_hops=1) as room:
        yield room


async def browser_of(web, role: Role | None):
    """Return the browser of somebody who is signed in, or of nobody."""
    browser = web.browser()
    if role is not None:
        assert (await web.sign_in(browser, await web.staff.add(role.value, role))).status_code == 303
    return browser


async def ask(browser, request: Any) -> Response:
    """Send a request that is ready, and return the answer as schemathesis reads it."""
    body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
    headers = {name: value for name, value in request.headers.items() if name != "Cookie"}
    parts = urlsplit(request.url)
    answer = await browser.open(
        parts._replace(scheme="", netloc="").geturl(), method=request.method, headers=headers, data=body
    )
    said: dict[str, list[str]] = {}
    for name, value in answer.headers.items():
        said.setdefault(name, []).append(value)
    return Response(answer.status_code, said, await answer.get_data(), request, 0.0, verify=False)


def request_of(case: Any, **headers: str) -> Any:
    """Return the request that a case is, from an address of its own."""
    address = {"X-Forwarded-For": str(next(_addresses))}
    return Request(**case.as_transport_kwargs(base_url=ORIGIN, headers=OURS | address | headers)).prepare()


def judge(web, case: Any, answer: Response) -> None:
    """Hold an answer to the page, and to what every answer of ours must be."""
    try:
        case.validate_response(answer, checks=CHECKS)
    except FailureGroup as failures:  # no Exception: it would end the loop that the app runs on
        raise AssertionError(
            "\n".join(f"{case.operation.label}: {each}" for each in failures.exceptions)
        ) from None
    path = urlsplit(str(answer.request.url)).path
    missing = {
        name: value
        for name, value in page_headers(web.app.extensions[EXTENSION].settings).items()
        if answer.headers.get(name.lower()) != [value]
    }
    assert missing == {}, case.operation.label
    if is_private(path) or answer.status_code >= 400:
        assert answer.headers.get("cache-control") == ["no-store"], case.operation.label
    if answer.content and answer.status_code != 303 and case.operation.label != "GET /chatt/omdome/":
        assert answer.headers["content-type"] == ["application/json"], case.operation.label


def made_up(operation: Any, mode: GenerationMode, judged: Callable[[Any], None]) -> None:
    """Judge the same made-up requests each time."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        phases=[Phase.generate],
    )
    @given(operation.as_strategy(generation_mode=mode))
    def each(case: Any) -> None:
        judged(case)

    each()


@pytest.mark.parametrize("role", [None, Role.MENTOR, Role.COORDINATOR])
async def test_whatever_is_sent_is_answered_as_described(proxied, role):
    browser = await browser_of(proxied, role)
    statuses: set[int] = set()

    def judged(case: Any) -> None:
        answer = anyio.from_thread.run(ask, browser, request_of(case))
        judge(proxied, case, answer)
        statuses.add(answer.status_code)

    for operation in OPERATIONS.values():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if (
                mode is GenerationMode.POSITIVE
                or operation.body
                or operation.query
                or operation.path_parameters
            ):
                await anyio.to_thread.run_sync(partial(made_up, operation, mode, judged))

    # Else nothing has been reached but the doors.
    assert statuses >= {None: {200, 204, 303, 401, 422}, Role.MENTOR: {200, 400, 403}}.get(
        role, {200, 400, 403}
    )


@pytest.mark.parametrize("label", CHANGING)
async def test_nothing_is_changed_for_another_site(label, web):
    operation = OPERATIONS[label]
    path = operation.path.replace("{key_id}", "a")

    for strange in (
        {},
        {"Origin": "https://example.org"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
    ):
        answer = await web.browser().open(path, method=operation.method.upper(), headers=JSON | strange)

        assert (answer.status_code, await answer.get_json()) == (403, {"error": "http"})


async def test_a_method_that_an_address_does_not_have_is_refused_and_those_it_has_are_named(web):
    browser = await browser_of(web, Role.COORDINATOR)
    for path, methods in {each.path: set(API[each.path]) for each in OPERATIONS.values()}.items():
        has = {method.upper() for method in methods} | {"OPTIONS"} | ({"HEAD"} if "get" in methods else set())
        for method in METHODS - {each.upper() for each in has}:
            answer = await browser.open(path.replace("{key_id}", "a"), method=method, headers=OURS)

            assert answer.status_code == 405, f"{method} {path}"
            assert {each.strip() for each in answer.headers["Allow"].split(",")} == has, f"{method} {path}"


async def test_what_our_pages_send_is_answered_as_described(web):
    mentor, coordinator = await browser_of(web, Role.MENTOR), await browser_of(web, Role.COORDINATOR)
    key = browser_key()

    async def told(browser: Any, label: str, **given: Any) -> Any:
        case = OPERATIONS[label].Case(**given)
        answer = await ask(browser, request_of(case))
        judge(web, case, answer)
        assert answer.status_code == 200, label
        return answer.json()

    signed = await told(
        mentor, "POST /mentor/certifikat", body={"key": to_base64url(key)}, media_type="application/json"
    )
    certified = await told(
        mentor, "GET /mentor/certifikat/{key_id}", path_parameters={"key_id": mentor_key_id(key)}
    )
    making = await told(mentor, "POST /konto/passkey/start")
    await mentor.post(
        "/konto/passkey", form={"passkey": (device := PasskeyDevice()).make(making)}, headers=OURS
    )
    using = await told(mentor, "POST /konto/bekrafta/passkey/start")
    case = OPERATIONS["POST /konto/bekrafta/passkey"].Case(body={}, media_type="application/json")
    request = request_of(case)
    request.prepare_body(device.use(using), None)
    confirmed = await ask(mentor, request)
    judge(web, case, confirmed)

    assert signed["certificate"].keys() == {"body", "signature"}
    assert certified == {"certified": True}
    assert confirmed.json() == {"there": "/mentor/"}
    assert await told(coordinator, "GET /samordnare/inkorg/brev") == {"letters": [], "lines": []}


def json_views(module: Any) -> set[str]:
    """Return the names of a module's functions that read or write JSON, themselves or through another one of it."""
    tree = ast.parse(inspect.getsource(module))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inner = {id(child) for each in functions for child in ast.walk(each) if child is not each} & set(
        map(id, functions)
    )
    # A function that makes routes holds them all, and is none.
    makers = {each.name for each in functions if any(id(child) in inner for child in ast.walk(each))}
    makers -= {each.name for each in functions if id(each) in inner}
    texts = {each.name: ast.unparse(each) for each in functions if each.name not in makers}
    found = {name for name, text in texts.items() if SPEAKS_JSON.search(text.replace("'", '"'))}
    while more := {
        name
        for name, text in texts.items()
        if name not in found and any(re.search(rf"\b{re.escape(other)}\(", text) for other in found)
    }:
        found |= more
    return found


async def test_every_address_that_speaks_json_is_described_and_no_other(web):
    speaking: set[str] = set()
    for rule in web.app.url_map.iter_rules():
        view = inspect.unwrap(web.app.view_functions[rule.endpoint])
        if not getattr(rule, "websocket", False) and view.__name__ in json_views(inspect.getmodule(view)):
            speaking.add(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))

    assert speaking == {operation.path for operation in OPERATIONS.values()}
