"""Speaks HTTP to one origin, as a browser would: no cookies kept, no redirect followed, every wait bounded."""

import base64
import http.client
import secrets
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

PATIENCE_S: Final = 15.0
LARGEST_BYTES: Final = 4 * 1024 * 1024
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class UnreachableError(Exception):
    """The origin does not answer; the text is a sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, its body as it came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Return every value of a header."""
        return [value for given, value in self.headers if given.lower() == name.lower()]

    def first(self, name: str) -> str:
        """Return a header's first value, or an empty text."""
        return next(iter(self.all(name)), "")

    @property
    def kind(self) -> str:
        """Return the type of the body, without its parameters."""
        return self.first("Content-Type").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode("utf-8", errors="replace")


class Browser:
    """Asks one origin."""

    def __init__(self, origin: str) -> None:
        address = urlsplit(origin)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise UnreachableError(f"{origin} är ingen adress: ange till exempel https://chatt.example.org.")
        self.origin = f"{address.scheme}://{address.netloc}"
        self.host = address.hostname
        self.is_https = address.scheme == "https"
        self.is_here = self.host in _HERE
        self._port = address.port or (443 if self.is_https else 80)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a path. Raises `UnreachableError`."""
        return self._ask("GET", path, None, headers or {})

    def post(self, path: str, form: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a form as a page of this origin does. Raises `UnreachableError`."""
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        return self._ask("POST", path, form.encode(), {**kind, **(headers or {})})

    def handshake(self, path: str, origin: str) -> int:
        """Return the status with which a WebSocket's handshake from a page of `origin` is answered."""
        headers = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(secrets.token_bytes(16)).decode(),
            "Origin": origin,
        }
        return self._ask("GET", path, None, headers, only_status=True).status

    def certificate_ends(self) -> datetime:
        """Return when the web server's certificate ends. Raises `UnreachableError`."""
        context = ssl.create_default_context()
        try:
            with (
                socket.create_connection((self.host, self._port), timeout=PATIENCE_S) as plain,
                context.wrap_socket(plain, server_hostname=self.host) as secured,
            ):
                held = secured.getpeercert() or {}
        except OSError as error:
            raise self._unreachable(error) from error
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(held["notAfter"])), UTC)

    def without_encryption(self) -> "Browser":
        """Return a browser for the same host over plain http."""
        return Browser(f"http://{f'[{self.host}]' if ':' in self.host else self.host}")

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        only_status: bool = False,
    ) -> Answer:
        kind = http.client.HTTPSConnection if self.is_https else http.client.HTTPConnection
        connection = kind(self.host, self._port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            held = b"" if only_status else answer.read(LARGEST_BYTES)
            return Answer(answer.status, tuple(answer.getheaders()), held)
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from error
        finally:
            connection.close()

    def _unreachable(self, error: Exception) -> UnreachableError:
        if isinstance(error, ssl.SSLCertVerificationError):
            return UnreachableError(
                f"Certifikatet för {self.host} godtas inte ({error.verify_message}): förnya det, för rätt namn."
            )
        return UnreachableError(
            f"{self.origin} svarar inte ({type(error).__name__}): starta tjänsten och webbservern framför, och "
            "kontrollera CHAT_PUBLIC_ORIGIN."
        )
