"""What a mentor needs before duty, as records. Adapters: records/certificates.py and its neighbours."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

from chatservice.domain.certification import Certificate, CertificateRequest
from chatservice.domain.certification_items import Item, Kind
from chatservice.domain.quarantine import Quarantine


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

    async def withdraw(self, key_id: str) -> bool:
        """Erase a waiting key; say whether it was there."""
        ...

    async def everything(self) -> Sequence[Certificate]:
        """Return every certificate, the one that ends first first."""
        ...

    async def keep(self, certificate: Certificate) -> None:
        """Keep a signed certificate in place of the key's request and of an older certificate of the same key."""
        ...

    async def find(self, key_id: str) -> Certificate | None:
        """Return the certificate of a key, or None."""
        ...

    async def of_keys(self, key_ids: Collection[str]) -> Sequence[Certificate]:
        """Return the certificates of some keys."""
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


class CertificationItems(Protocol):
    """What mentors have shown, signed, read and done."""

    async def keep(self, item: Item) -> None:
        """Keep an item in place of an earlier one of the same kind and version."""
        ...

    async def of_accounts(self, account_ids: Collection[int]) -> Sequence[Item]:
        """Return everything of some accounts, by account and kind."""
        ...

    async def remove_of_closed(self, before: datetime) -> int:
        """Erase everything of the accounts that were closed before an instant; return how much it was."""
        ...

    async def remove(self, account_id: int, kind: Kind, version: str) -> bool:
        """Take an item away; say whether there was one."""
        ...


class Quarantines(Protocol):
    """Days on which mentors do not staff the chat."""

    async def keep(self, quarantine: Quarantine, *, in_place_of: Collection[int] = ()) -> None:
        """Keep a period in place of others of the same account."""
        ...

    async def of_accounts(self, account_ids: Collection[int]) -> Sequence[Quarantine]:
        """Return the periods of some accounts, the earliest first."""
        ...

    async def remove(self, account_id: int, quarantine_id: int) -> None:
        """Take a period of an account away; an unknown one is left alone."""
        ...

    async def remove_ended_before(self, day: date) -> int:
        """Erase the periods whose last day is before a day; return how many they were."""
        ...
