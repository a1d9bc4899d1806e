"""What a mentor needs before duty, as records. Adapters: records/certificates.py and its neighbours."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from chatservice.domain.certification import Certificate, CertificateRequest


class Certificates(Protocol):
    """The identity keys of mentors' browsers: those that wait to be signed, and those that are."""

    async def request(self, request: CertificateRequest) -> None:
        """Keep a key that waits for the coordinator; the same key again changes nothing. The oldest give way."""
        ...

    async def requested(self, key_id: str) -> CertificateRequest | None:
        """Return a waiting key, or None."""
        ...

    async def requests(self) -> Sequence[CertificateRequest]:
        """Return every waiting key, oldest first."""
        ...

    async def keep(self, certificate: Certificate) -> None:
        """Keep a signed certificate in place of the key's request and of an older certificate of the same key."""
        ...

    async def find(self, key_id: str) -> Certificate | None:
        """Return the certificate of a key, or None."""
        ...

    async def of_account(self, account_id: int) -> Sequence[Certificate]:
        """Return an account's certificates, the one that is valid longest first."""
        ...

    async def revoke(self, key_id: str) -> None:
        """Withdraw a certificate."""
        ...

    async def remove_ended(self, before: datetime) -> int:
        """Erase the certificates that ended before an instant; return how many they were."""
        ...

    async def remove_requested(self, before: datetime) -> int:
        """Erase the requests of earlier instants; return how many they were."""
        ...
