"""`doctor`: look at settings, files, tables, keys and certificates, and say how to mend each finding."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from chatservice.clock import SystemClock
from chatservice.domain.certification import Role
from chatservice.errors import StartError
from chatservice.inbox_key import public_inbox_key
from chatservice.organisation import load_help, load_opening_hours, load_organisation
from chatservice.organisation_key import OrganisationKey
from chatservice.records import open_records
from chatservice.settings import Settings, unknown_names

SIGNS = {"good": "bra   ", "advice": "råd   ", "wrong": "FEL   "}
EXPIRES_SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. Advice does not make the command fail."""

    state: Literal["good", "advice", "wrong"]
    text: str


def run(settings: Settings, environ: Mapping[str, str]) -> int:
    """Print every finding; return 1 when something is wrong."""
    findings = asyncio.run(_examine(settings, environ))
    for finding in findings:
        print(f"{SIGNS[finding.state]}{finding.text}")
    return 1 if any(finding.state == "wrong" for finding in findings) else 0


async def _examine(settings: Settings, environ: Mapping[str, str]) -> list[Finding]:
    findings = [*_settings(settings, environ), *_files(settings), *_keys(settings), *_content(settings)]
    try:
        findings.extend([finding async for finding in _records(settings)])
    except StartError as error:
        findings.append(Finding("wrong", str(error)))
    return findings


def _settings(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    for name in unknown_names(environ):
        yield Finding("wrong", f"Inställningen {name} finns inte: rätta stavningen eller ta bort den.")
    if settings.clock is not None:
        yield Finding("advice", "CHAT_CLOCK är satt: öppettider och inloggningar följer en påhittad klocka.")
    if settings.is_example:
        yield Finding("advice", "Exempelläge. För skarp drift: CHAT_MODE=production och en egen datamapp.")
        if settings.bind not in {"127.0.0.1", "::1", "localhost"}:
            yield Finding(
                "wrong",
                f"Exempelläget nås från andra datorer ({settings.bind}): sätt CHAT_BIND=127.0.0.1 eller kör skarpt.",
            )
    else:
        yield Finding("good", f"Skarp drift på {settings.public_origin}.")


def _files(settings: Settings) -> Iterator[Finding]:
    open_to_others = [
        path
        for path in (settings.data_dir, *sorted(settings.data_dir.iterdir()))
        if path.stat().st_mode & 0o077 and not path.name.endswith(".log")
    ]
    for path in open_to_others:
        yield Finding("wrong", f"{path} kan läsas av andra på datorn: chmod go-rwx {path}")
    if not open_to_others:
        yield Finding("good", f"Datamappen {settings.data_dir} är skrivbar och stängd för andra.")
    if settings.site_dir is not None and not (settings.site_dir / "index.html").is_file():
        yield Finding(
            "wrong", f"Webbplatsen är inte byggd i {settings.site_dir}: kör python3 tasks.py build."
        )


def _keys(settings: Settings) -> Iterator[Finding]:
    try:
        keys = load_organisation(settings.content_dir).keys
    except StartError:
        # Told once, by `_content`.
        return
    example = settings.example_key_file
    example_pin = OrganisationKey.load(example).pin if example.is_file() else None
    if not settings.is_example and not keys.pinned:
        yield Finding(
            "wrong",
            "Ingen organisationsnyckel står i [keys] pinned i organisation.toml: gör en med organisation-key new på en "
            "dator utan nät.",
        )
    elif example_pin is not None and example_pin in keys.pinned:
        yield Finding(
            "wrong", "Exempelnyckeln står i [keys] pinned i organisation.toml: ta bort den därifrån."
        )
    elif keys.pinned:
        yield Finding("good", f"Sidorna litar på {len(keys.pinned)} organisationsnyckel/nycklar.")
    else:
        yield Finding(
            "advice", "Exempelnyckeln används: certifikaten visar hur det går till, men bevisar inget."
        )
    if len(keys.pinned) == 1:
        yield Finding("advice", "Bara en organisationsnyckel är inlagd: lägg in en reservnyckel också.")
    yield _inbox_key(settings, keys.inbox)


def _inbox_key(settings: Settings, published: str) -> Finding:
    try:
        if published and public_inbox_key(settings, published):
            return Finding("good", "Kontaktformulärets meddelanden låses med samordnarnas inkorgsnyckel.")
    except StartError as error:
        return Finding("wrong", str(error))
    if settings.is_example:
        return Finding("advice", "Kontaktformulärets meddelanden låses med en exempelnyckel.")
    return Finding(
        "advice",
        "Kontaktformuläret är inte påslaget: gör en nyckel med inbox-key new och skriv in den i [keys] inbox i "
        "organisation.toml.",
    )


def _content(settings: Settings) -> Iterator[Finding]:
    for load, what in (
        (load_organisation, "Organisationens uppgifter"),
        (load_opening_hours, "Öppettiderna"),
        (load_help, "Hjälpnumren"),
    ):
        try:
            load(settings.content_dir)
        except StartError as error:
            yield Finding("wrong", str(error))
        else:
            yield Finding("good", f"{what} går att läsa.")


async def _records(settings: Settings) -> AsyncGenerator[Finding]:
    now = SystemClock().now()
    async with open_records(settings) as records:
        yield Finding("good", "Databasen är hel och av rätt version.")
        mentors = [a for a in await records.accounts.everybody() if a.role is Role.MENTOR and a.active]
        if not mentors:
            yield Finding(
                "advice", "Det finns ingen mentor än: python -m chatservice account add --role mentor …"
            )
        for mentor in mentors:
            held = [c for c in await records.certificates.of_account(mentor.id) if not c.revoked]
            if held and held[0].not_after <= now:
                yield Finding("advice", f"Certifikatet för {mentor.username} har gått ut: signera ett nytt.")
            elif held and held[0].not_after - now < EXPIRES_SOON:
                yield Finding(
                    "advice", f"Certifikatet för {mentor.username} går ut {held[0].not_after.date()}."
                )
        waiting = len(await records.certificates.requests())
        if waiting:
            yield Finding("advice", f"{waiting} nyckel/nycklar väntar på certifikat: se account requests.")
        letters = await records.letters.count()
        if letters:
            yield Finding("advice", f"{letters} meddelande(n) ligger i inkorgen: se inbox list.")
