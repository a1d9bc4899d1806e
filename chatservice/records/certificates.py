"""The identity keys of mentors' browsers, in the database. Implements `ports.Certificates`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from chatservice.domain.certification import Certificate, CertificateRequest
from chatservice.records.connections import Database
from chatservice.records.instants import from_seconds, to_seconds
from chatservice.records.tables import certificate_requests, certificates
from chatservice.records.together import Together
from chatservice.records.writing import insert_once, lock_account, put

WAITING_KEYS_PER_ACCOUNT = 5
"""A mentor has few browsers; a page that asks again and again must not fill the table."""


class DatabaseCertificates:
    """Requests and certificates in two tables; a key is in both while its renewal waits."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_key = Together[str, Row[Any]](self._fetch, lambda row: row.key_id)

    async def request(self, request: CertificateRequest) -> None:
        """Keep a key that waits for the coordinator; the same key again changes nothing. The oldest give way."""
        table = certificate_requests
        newest = (
            select(table.c.key_id)
            .where(table.c.account_id == request.account_id)
            .order_by(table.c.requested_at.desc(), table.c.key_id)
            .offset(WAITING_KEYS_PER_ACCOUNT)
        )
        values = {
            "key_id": request.key_id,
            "account_id": request.account_id,
            "public_key": request.public_key,
            "requested_at": to_seconds(request.requested_at),
        }
        async with self._database.begin() as connection:
            await lock_account(connection, request.account_id)
            if await insert_once(connection, table, values) is None:
                return
            too_many = (await connection.execute(newest)).scalars().all()
            if too_many:
                await connection.execute(delete(table).where(table.c.key_id.in_(too_many)))

    async def requested(self, key_id: str) -> CertificateRequest | None:
        """Return a waiting key, or None."""
        if "\0" in key_id:  # PostgreSQL cannot even be asked for it
            return None
        statement = select(certificate_requests).where(certificate_requests.c.key_id == key_id)
        async with self._database.connect() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else _request(row)

    async def requests(self) -> Sequence[CertificateRequest]:
        """Return every waiting key, oldest first."""
        statement = select(certificate_requests).order_by(
            certificate_requests.c.requested_at, certificate_requests.c.key_id
        )
        async with self._database.connect() as connection:
            return [_request(row) for row in (await connection.execute(statement)).all()]

    async def withdraw(self, key_id: str) -> bool:
        """Erase a waiting key; say whether it was there."""
        statement = delete(certificate_requests).where(certificate_requests.c.key_id == key_id)
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount > 0

    async def everything(self) -> Sequence[Certificate]:
        """Return every certificate, the one that ends first first."""
        statement = select(certificates).order_by(certificates.c.not_after, certificates.c.key_id)
        async with self._database.connect() as connection:
            return [_certificate(row) for row in (await connection.execute(statement)).all()]

    async def keep(self, certificate: Certificate) -> None:
        """Keep a signed certificate in place of the key's request and of an older certificate of the same key."""
        values = {
            "key_id": certificate.key_id,
            "account_id": certificate.account_id,
            "public_key": certificate.public_key,
            "body": certificate.body,
            "signature": certificate.signature,
            "not_before": to_seconds(certificate.not_before),
            "not_after": to_seconds(certificate.not_after),
            "revoked": certificate.revoked,
        }
        async with self._database.begin() as connection:
            await connection.execute(
                delete(certificate_requests).where(certificate_requests.c.key_id == certificate.key_id)
            )
            await put(connection, certificates, values)

    async def find(self, key_id: str) -> Certificate | None:
        """Return the certificate of a key, or None."""
        return next(iter(await self.of_keys([key_id])), None)

    async def of_keys(self, key_ids: Collection[str]) -> Sequence[Certificate]:
        """Return the certificates of some keys."""
        # PostgreSQL cannot be asked for a NUL, and everybody who asks in the same moment would get no answer either.
        askable = [key_id for key_id in key_ids if "\0" not in key_id]
        return [_certificate(row) for row in await self._by_key.rows_of(askable)]

    async def _fetch(self, key_ids: Collection[str]) -> Sequence[Row[Any]]:
        query = select(certificates).where(certificates.c.key_id.in_(key_ids))
        async with self._database.connect() as connection:
            return (await connection.execute(query)).all()

    async def of_account(self, account_id: int) -> Sequence[Certificate]:
        """Return an account's certificates, the one that is valid longest first."""
        statement = (
            select(certificates)
            .where(certificates.c.account_id == account_id)
            .order_by(certificates.c.not_after.desc(), certificates.c.key_id)
        )
        async with self._database.connect() as connection:
            return [_certificate(row) for row in (await connection.execute(statement)).all()]

    async def revoke(self, key_id: str) -> None:
        """Withdraw a certificate."""
        async with self._database.begin() as connection:
            await connection.execute(
                update(certificates).where(certificates.c.key_id == key_id).values(revoked=True)
            )

    async def remove_ended(self, before: datetime) -> int:
        """Erase the certificates that ended before an instant; return how many they were."""
        statement = delete(certificates).where(certificates.c.not_after < to_seconds(before))
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount

    async def remove_requested(self, before: datetime) -> int:
        """Erase the requests of earlier instants; return how many they were."""
        statement = delete(certificate_requests).where(
            certificate_requests.c.requested_at < to_seconds(before)
        )
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount


def _request(row: Row[Any]) -> CertificateRequest:
    return CertificateRequest(row.key_id, row.account_id, row.public_key, from_seconds(row.requested_at))


def _certificate(row: Row[Any]) -> Certificate:
    return Certificate(
        row.key_id,
        row.account_id,
        row.public_key,
        row.body,
        row.signature,
        from_seconds(row.not_before),
        from_seconds(row.not_after),
        row.revoked,
    )
