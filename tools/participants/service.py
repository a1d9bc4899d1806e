"""Where the service is, and what a mentor asks of it over HTTP: to be signed in, and to have her key certified.

Knows no conversation. Next: connection.py.
"""

import asyncio
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Literal
from urllib.parse import urlencode, urlsplit

from tools.participants.encoding import to_base64url
from tools.participants.identity import MentorIdentity

SIGN_IN_PATH = "/mentor/logga-in"
CERTIFICATE_PATH = "/mentor/certifikat"
HTTP_TIMEOUT_S = 30.0

SeatName = Literal["visitor", "mentor"]


class ServiceError(Exception):
    """The service answered otherwise than hoped; ``status`` is its HTTP status."""

    def __init__(self, what: str, status: int) -> None:
        super().__init__(f"{what}: {status}")
        self.status = status


@dataclass(frozen=True)
class Service:
    """A running service. ``base_url`` is where it listens; ``origin`` is what a browser says its pages are from."""

    base_url: str
    origin: str = ""

    @property
    def pages_origin(self) -> str:
        """Give the Origin that goes with every post and every handshake."""
        return self.origin or self.base_url

    def socket_url(self, seat: SeatName) -> str:
        """Give the address of a seat's WebSocket."""
        return f"{self.base_url.replace('http', 'ws', 1)}/chatt/ws/{seat}"

    async def sign_in(self, username: str, password: str, code: str) -> str:
        """Sign a mentor in; give the Cookie header of her session. Raises ServiceError."""
        form = urlencode({"username": username, "password": password, "code": code}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, answer_headers, _ = await self._post(SIGN_IN_PATH, form, headers)
        cookie = SimpleCookie(
            "; ".join(value for name, value in answer_headers if name.lower() == "set-cookie")
        )
        if status not in {302, 303} or not cookie:
            raise ServiceError("sign-in", status)
        return "; ".join(f"{name}={morsel.value}" for name, morsel in cookie.items())

    async def certify(self, cookie: str, identity: MentorIdentity) -> dict[str, str] | None:
        """Ask for the certificate of a mentor's key; None while a coordinator has yet to sign it."""
        body = json.dumps({"key": to_base64url(identity.public_key)}).encode()
        headers = {"Content-Type": "application/json", "Cookie": cookie}
        status, _, answer = await self._post(CERTIFICATE_PATH, body, headers)
        if status == 202:
            return None
        if status != 200:
            raise ServiceError("certificate", status)
        return dict(json.loads(answer)["certificate"])

    async def _post(
        self, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        return await asyncio.to_thread(self._post_now, path, body, {**headers, "Origin": self.pages_origin})

    def _post_now(
        self, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        address = urlsplit(self.base_url)
        kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        connection = kind(address.netloc, timeout=HTTP_TIMEOUT_S)
        try:
            connection.request("POST", path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()
