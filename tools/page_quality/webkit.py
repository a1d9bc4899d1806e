"""WebKit as Debian builds it, driven through the W3C's WebDriver, on a screen that nobody sees.

Knows the few commands of the protocol that a conversation needs. Knows nothing of the chat. WebKitGTK tells its
driver nothing of the console, so complaints are listened for in the page, from the moment when it has loaded.
Next: webkit_conversation.py.
"""

import contextlib
import http.client
import json
import os
import subprocess
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, TypeVar

from tools.service_process import free_port

WAIT_S = 20.0
POLL_S = 0.1
HTTP_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0
# The name that the protocol gives to a reference to an element.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
WATCH = """
window.complaints = [];
const note = (said) => window.complaints.push(said);
addEventListener('error', (event) => note(event.message));
addEventListener('unhandledrejection', (event) => note(String(event.reason)));
addEventListener('securitypolicyviolation', (event) => note(`policy: ${event.violatedDirective}`));
"""
COLLECT = "return (window.complaints ?? []).splice(0)"

Found = TypeVar("Found")


class WebKitError(Exception):
    """The browser could not do what was asked; the sentence is for a person."""


class WebKit:
    """One window of the browser."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._session = ""
        self._complaints: list[str] = []
        self.version = ""

    def begin(self) -> None:
        """Open the window. Raises WebKitError."""
        wanted: dict[str, Any] = {"capabilities": {"alwaysMatch": {}}}
        given = self.until("WebKitWebDriver svarar", lambda: self._call("POST", "/session", wanted))
        self._session = f"/session/{given['sessionId']}"
        self.version = str(given["capabilities"]["browserVersion"])

    def end(self) -> None:
        """Close the window."""
        if self._session:
            self._call("DELETE", self._session)

    def complaints(self) -> list[str]:
        """Return what pages have complained of since the last time: errors of scripts, what the policy refused."""
        self._collect()
        told, self._complaints = self._complaints, []
        return told

    def open(self, url: str) -> None:
        """Go to an address."""
        self._collect()
        self._ask("POST", "/url", {"url": url})
        self.run(WATCH)

    def reload(self) -> None:
        """Load the page again."""
        self._collect()
        self._ask("POST", "/refresh", {})
        self.run(WATCH)

    def run(self, script: str) -> Any:
        """Run the body of a function in the page; return its result."""
        return self._ask("POST", "/execute/sync", {"script": script, "args": []})

    def find(self, selector: str, name: str) -> str:
        """Wait for an element that is shown and that assistive technology calls so."""

        def look() -> str | None:
            found = self._ask("POST", "/elements", {"using": "css selector", "value": selector})
            elements = [str(each[ELEMENT]) for each in found]
            return next((each for each in elements if self._is_called(each, name)), None)

        return self.until(f"”{name}” finns", look)

    def press(self, name: str) -> None:
        """Press the button or the link with this name, once it can be pressed."""
        element = self.find("button, a[href], summary", name)
        self.until(f"”{name}” kan tryckas", lambda: self._ask("GET", f"/element/{element}/enabled"))
        self._ask("POST", f"/element/{element}/click", {})

    def write(self, name: str, text: str) -> None:
        """Write in the field with this name, key by key."""
        self._ask("POST", f"/element/{self.find('textarea, input', name)}/value", {"text": text})

    def sees(self, text: str) -> None:
        """Wait until the page shows a text."""
        self.until(f"sidan visar ”{text}”", lambda: text in str(self.run("return document.body.innerText")))

    def until(self, what: str, claim: Callable[[], Found | None]) -> Found:
        """Return the result of `claim` once it is true. Raises WebKitError, with `what` in it, after a while."""
        deadline = time.monotonic() + WAIT_S
        refused = ""
        while time.monotonic() < deadline:
            # An element may have gone between the look and the question; the next look tells.
            try:
                if result := claim():
                    return result
            except (WebKitError, OSError) as error:
                refused = f" ({error})"
            # WebDriver has no events.
            time.sleep(POLL_S)
        raise WebKitError(f"väntade {WAIT_S:.0f} s på att {what}{refused}")

    def _collect(self) -> None:
        self._complaints += [str(line) for line in self.run(COLLECT)]

    def _is_called(self, element: str, name: str) -> bool:
        return bool(
            self._ask("GET", f"/element/{element}/displayed")
            and self._ask("GET", f"/element/{element}/computedlabel") == name
        )

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._call(method, self._session + path, body)

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=HTTP_TIMEOUT_S)
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            answer = connection.getresponse()
            value = json.loads(answer.read())["value"]
        except (http.client.HTTPException, ValueError, KeyError) as error:
            raise WebKitError(f"WebKitWebDriver svarade obegripligt på {path}") from error
        finally:
            connection.close()
        if answer.status != http.client.OK:
            raise WebKitError(f"{value['error']}: {value['message']}")
        return value


@contextlib.contextmanager
def window(programs: tuple[str, str], folder: Path) -> Generator[WebKit]:
    """Open a window of a browser that remembers nothing, and close it.

    `programs` are the paths of the driver and of Xvfb. Raises WebKitError and OSError.
    """
    driver, screen = programs
    folder.mkdir(mode=0o700)
    log = folder / "webkit.log"
    environ = os.environ | {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "LANGUAGE": "sv_SE"}
    with contextlib.ExitStack() as stack:
        display = stack.enter_context(_screen(screen, log))
        port = free_port()
        stack.enter_context(_process([driver, f"--port={port}"], log, environ | {"DISPLAY": display}))
        webkit = WebKit(port)
        webkit.begin()
        stack.callback(webkit.end)
        yield webkit


@contextlib.contextmanager
def _screen(program: str, log: Path) -> Generator[str]:
    """Start a screen without a monitor; give its name. It chooses a free number and tells it when it is ready."""
    reading, writing = os.pipe()
    command = [program, "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    with os.fdopen(reading) as told, contextlib.ExitStack() as stack:
        try:
            stack.enter_context(_process(command, log, dict(os.environ), keep=(writing,)))
        finally:
            os.close(writing)
        number = told.readline().strip()
        if not number:
            raise WebKitError("Xvfb startade inte")
        yield f":{number}"


@contextlib.contextmanager
def _process(
    command: list[str], log: Path, environ: dict[str, str], *, keep: tuple[int, ...] = ()
) -> Generator[None]:
    """Run a program that writes to the log, and end it by its id."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, env=environ, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            pass_fds=keep,
        )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
