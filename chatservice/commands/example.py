"""`example`: everything a newcomer needs to try the chat at once, all of it made up and said to be so.

Can be run any number of times: what exists is kept, and the example opening is renewed before it ends.
"""

import argparse
import asyncio
import secrets
from dataclasses import dataclass
from datetime import timedelta

from chatservice.agreements import load_terms
from chatservice.commands.desk import code_address, open_desk, present_code
from chatservice.commands.migrate import ensure_current
from chatservice.domain.certification import Role
from chatservice.domain.opening_hours import Override
from chatservice.errors import StartError
from chatservice.organisation_key import OrganisationKey
from chatservice.settings import Settings
from chatservice.usecases import accounts
from chatservice.usecases.accounts import FreshCredentials, StaffDesk
from chatservice.usecases.certification_items import note_examples

OPEN_FOR = timedelta(days=30)
RENEW_BEFORE = timedelta(days=7)
CONSONANTS = "bdfghjklmnprstv"
VOWELS = "aeiouy"
GROUPS = 5


@dataclass(frozen=True, slots=True)
class ExampleAccount:
    """An account that the example has."""

    username: str
    role: Role
    alias: str
    words: str


ACCOUNTS = (
    ExampleAccount("mentor1", Role.MENTOR, "Exempelmentor 1", "mentor"),
    ExampleAccount("mentor2", Role.MENTOR, "Exempelmentor 2", "mentor"),
    ExampleAccount("samordnare1", Role.COORDINATOR, "Exempelsamordnare", "samordnare"),
)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Make the example, or a part of it. Raises `StartError`."""
    if not settings.is_example:
        raise StartError(
            "Exempel görs bara i exempelläget: ta bort CHAT_MODE, och välj en egen CHAT_DATA_DIR."
        )
    key = OrganisationKey.load_or_create(settings.example_key_file)
    if options.pin:
        print(key.pin)
        return 0
    ensure_current(settings)
    asyncio.run(_make(settings, with_accounts=not options.open))
    return 0


async def _make(settings: Settings, *, with_accounts: bool) -> None:
    async with open_desk(settings) as desk:
        until = await _keep_open(desk)
        print("EXEMPEL: allt här är påhittat och gäller bara på den här datorn.")
        print(
            f"Chatten hålls öppen dygnet runt till {until.ends_at:%Y-%m-%d}, så snart en mentor är i tjänst."
        )
        if not with_accounts:
            return
        fresh = await _add_missing(desk)
        await _note_examples(settings, desk)
        for account, password, credentials in fresh:
            _show(settings, account, password, credentials)
        if fresh:
            print()
            print(
                "Lösenord och kodadress visas bara nu. En kod gäller en gång; en ny får du med kodappen eller med:"
            )
        else:
            names = ", ".join(account.username for account in ACCOUNTS)
            print(f"Exempelkontona finns redan: {names}. En engångskod får du med:")
        print("  .venv/bin/python -m chatservice account code mentor1")
        print("Har du tappat lösenordet, skriv ett nytt (minst 10 tecken) på standard in till:")
        print("  .venv/bin/python -m chatservice account reset mentor1")
        print(f"Logga in på {settings.public_origin}/mentor/logga-in")


async def _keep_open(desk: StaffDesk) -> Override:
    now = desk.clock.now()
    for override in await desk.records.overrides.active(now):
        if override.example and override.holds(now) and override.ends_at - now > RENEW_BEFORE:
            return override
    override = Override(
        "open", now, now + OPEN_FOR, note="Exempel: öppet dygnet runt, för att kunna prövas", example=True
    )
    await desk.records.overrides.extend_example(override)
    return override


async def _add_missing(desk: StaffDesk) -> list[tuple[ExampleAccount, str, FreshCredentials]]:
    fresh: list[tuple[ExampleAccount, str, FreshCredentials]] = []
    for account in ACCOUNTS:
        if await desk.records.accounts.named(account.username) is None:
            password = fresh_password()
            credentials = await accounts.add_account(
                desk, username=account.username, role=account.role, alias=account.alias, password=password
            )
            fresh.append((account, password, credentials))
    return fresh


async def _note_examples(settings: Settings, desk: StaffDesk) -> None:
    """Note as examples what the example accounts need before duty; also of accounts that an earlier version made."""
    terms = load_terms(settings.content_dir)
    for example in ACCOUNTS:
        account = await desk.records.accounts.named(example.username)
        if account is not None:
            await note_examples(desk, terms, account)


def _show(settings: Settings, account: ExampleAccount, password: str, credentials: FreshCredentials) -> None:
    print()
    print(f"{account.username} ({account.words})")
    print(f"  Lösenord:          {password}")
    print(f"  Engångskod nu:     {present_code(credentials.code_secret)}")
    print(f"  Adress i kodapp:   {code_address(settings, credentials.code_secret, account.username)}")


def fresh_password() -> str:
    """Return a password that can be read aloud: five groups like "tomu", 64 bits of chance."""
    return "-".join(
        "".join(secrets.choice(letters) for letters in (CONSONANTS, VOWELS) * 2) for _ in range(GROUPS)
    )
