"""A device with a passkey, as far as its answers go: makes one, signs with it, and can be made to answer wrongly.

Written after the specification (WebAuthn, level 2), not after the package that checks the answers in the service.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from chatservice.domain.sealing import to_base64url

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


@dataclass
class PasskeyDevice:
    """One passkey. Change its fields to make it lie."""

    origin: str = "http://localhost:8000"
    host: str = "localhost"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    counts: bool = True
    user: str = ""
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any]) -> str:
        """Answer what `navigator.credentials.create` would, as the page spells it."""
        self.user = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        public_key = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        )
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public_key
        data = self._data(self.flags | HAS_KEY) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._spelled(client, {"attestationObject": to_base64url(attestation)})

    def use(self, options: dict[str, Any]) -> str:
        """Answer what `navigator.credentials.get` would, as the page spells it."""
        if self.counts:
            self.count += 1
        data = self._data(self.flags)
        client = self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "authenticatorData": to_base64url(data),
            "signature": to_base64url(signature),
            "userHandle": self.user,
        }
        return self._spelled(client, response)

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _spelled(self, client: bytes, response: dict[str, str]) -> str:
        name = to_base64url(self.id)
        response = {"clientDataJSON": to_base64url(client)} | response
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
