"""A member of staff's browser as far as HTTP goes: signs in, keeps the cookie, has a key certified.

The key is made with the server's own helper, because only its public half is ever sent here. Conversations are held
by tools/participants, which is an implementation of its own.
"""

import http.client
import json
import urllib.parse
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from chatservice.domain import sealing
from tests.running_service import Credentials


class StaffBrowser:
    """One browser of one member of staff; `cookie` is what it sends along."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.cookie = ""
        self._public_key = sealing.public_bytes(ec.generate_private_key(ec.SECP256R1()))

    @property
    def key_id(self) -> str:
        """Return the id of this browser's key."""
        return sealing.mentor_key_id(self._public_key)

    def sign_in(self, credentials: Credentials) -> None:
        """Sign in with the form. Raises AssertionError when it is refused."""
        fields = {
            "username": credentials.username,
            "password": credentials.password,
            "code": credentials.code(),
        }
        status, headers, _ = self._post(
            "/mentor/logga-in", urllib.parse.urlencode(fields), "application/x-www-form-urlencoded"
        )
        assert status == 303, f"signing in was answered {status}"
        self.cookie = headers["Set-Cookie"].split(";")[0]

    def sign_out(self) -> None:
        """Sign out with the form."""
        assert self._post("/mentor/logga-ut", "", "application/x-www-form-urlencoded")[0] == 303

    def certify(self) -> dict[str, str]:
        """Have this browser's key certified by the example organisation key; return the certificate."""
        key = json.dumps({"key": sealing.to_base64url(self._public_key)})
        status, _, body = self._post("/mentor/certifikat", key, "application/json")
        assert status == 200, f"the certificate was answered {status}"
        return json.loads(body)["certificate"]

    def press(self, path: str, **fields: str) -> None:
        """Send a small form of a page."""
        kind = "application/x-www-form-urlencoded"
        assert self._post(path, urllib.parse.urlencode(fields), kind)[0] == 303

    def form(self, path: str, **fields: str) -> str:
        """Send a small form and return the page that answers it."""
        kind = "application/x-www-form-urlencoded"
        status, _, body = self._post(path, urllib.parse.urlencode(fields), kind)
        assert status == 200, f"the form was answered {status}"
        return body.decode()

    def try_to_sign_in(self, username: str, password: str, code: str) -> int:
        """Send the form of signing in; return the status of the answer."""
        fields = {"username": username, "password": password, "code": code}
        kind = "application/x-www-form-urlencoded"
        return self._post("/mentor/logga-in", urllib.parse.urlencode(fields), kind)[0]

    def read(self, path: str) -> str:
        """Return a page."""
        connection = http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=60)
        try:
            connection.request("GET", path, headers={"Cookie": self.cookie})
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def _post(self, path: str, body: str, kind: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=60)
        try:
            headers = {"Origin": self.base_url, "Content-Type": kind, "Cookie": self.cookie}
            connection.request("POST", path, body.encode(), headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()
