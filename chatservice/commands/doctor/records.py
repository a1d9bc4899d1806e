"""The records: do they answer, is their version right, and what in them waits for somebody."""

from collections.abc import AsyncGenerator
from datetime import timedelta

from chatservice.clock import SystemClock
from chatservice.commands.canary.talking import USERNAME as CANARY
from chatservice.commands.doctor.findings import Finding, advice, good
from chatservice.domain.certification import Role
from chatservice.records import open_records
from chatservice.settings import Settings

EXPIRES_SOON = timedelta(days=7)


async def look_at_records(settings: Settings) -> AsyncGenerator[Finding]:
    """Look into the database. Raises `StartError` when it does not answer as it should."""
    now = SystemClock().now()
    async with open_records(settings) as records:
        yield good("Databasen är hel och av rätt version.")
        mentors = [
            account
            for account in await records.accounts.everybody()
            if account.role is Role.MENTOR and account.active and account.username != CANARY
        ]
        if not mentors:
            yield advice("Det finns ingen mentor än: python -m chatservice account add --role mentor …")
        for mentor in mentors:
            held = [c for c in await records.certificates.of_account(mentor.id) if not c.revoked]
            if held and held[0].not_after <= now:
                yield advice(f"Certifikatet för {mentor.username} har gått ut: signera ett nytt.")
            elif held and held[0].not_after - now < EXPIRES_SOON:
                yield advice(f"Certifikatet för {mentor.username} går ut {held[0].not_after.date()}.")
        waiting = len(await records.certificates.requests())
        if waiting:
            yield advice(f"{waiting} nyckel/nycklar väntar på certifikat: se account requests.")
        letters = await records.letters.count()
        if letters:
            yield advice(f"{letters} meddelande(n) ligger i inkorgen: se inbox list.")
