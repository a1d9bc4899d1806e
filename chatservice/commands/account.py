"""`account …`: staff accounts, and bringing signed certificates home."""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any, cast

from chatservice.agreements import load_terms
from chatservice.commands.desk import code_address, one_line, open_desk, present_code, read_password
from chatservice.commands.migrate import ensure_current
from chatservice.domain import sealing
from chatservice.domain.audit import Act
from chatservice.domain.certification import Account, Role
from chatservice.domain.key_words import key_words
from chatservice.errors import ChatError, MalformedError, NotClearedError, NotOwnerError, StartError
from chatservice.organisation import load_organisation
from chatservice.organisation_key import OrganisationKey
from chatservice.ports import SignedBody
from chatservice.settings import Settings
from chatservice.usecases import accounts, certifying, inviting, people
from chatservice.usecases.accounts import FreshCredentials, StaffDesk
from chatservice.usecases.auditing import note
from chatservice.usecases.certification_items import note_examples
from chatservice.word_list import word_list

ROLE_WORDS = {
    Role.MENTOR: "mentor",
    Role.COORDINATOR: "samordnare",
    Role.EDITOR: "redaktör",
    Role.OPERATOR: "driftansvarig",
}
LARGEST_CERTIFICATE = 8192


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Run an `account` command. Raises `StartError`."""
    ensure_current(settings)
    return asyncio.run(_run(settings, options))


async def _run(settings: Settings, options: argparse.Namespace) -> int:
    async with open_desk(settings) as desk:
        match options.act:
            case "add":
                await _add(settings, desk, options)
            case "invite":
                await _invite(settings, desk, options)
            case "list":
                await _list(desk)
            case "reset":
                await _reset(settings, desk, options.username)
            case "deactivate":
                await people.deactivate(desk, None, (await _named(desk, options.username)).id)
                print(f"Kontot {options.username} är avstängt och utloggat överallt.")
            case "code":
                await _code(settings, desk, options.username)
            case "requests":
                await _requests(desk)
            case "certify":
                await _certify(settings, desk, options.file)
            case _:
                await _revoke(desk, options.key_id)
    return 0


async def _add(settings: Settings, desk: StaffDesk, options: argparse.Namespace) -> None:
    try:
        fresh = await accounts.add_account(
            desk,
            username=options.username,
            role=Role(options.role),
            alias=options.alias,
            password=read_password(),
        )
    except ChatError as error:
        raise one_line(error) from error
    account = fresh.account
    await note(desk.records.audit_log, desk.clock, None, Act.ACCOUNT_ADDED, account.id)
    if settings.is_example:
        # So that the chat can be tried at once; whoever is invited in the browser goes the whole way.
        await note_examples(desk, load_terms(settings.content_dir), account)
    print(
        f"Kontot {account.username} finns nu ({ROLE_WORDS[account.role]}). Besökare ser namnet {account.alias}."
    )
    _show_codes(settings, fresh)


async def _invite(settings: Settings, desk: StaffDesk, options: argparse.Namespace) -> None:
    try:
        invited = await inviting.invite(
            desk, None, username=options.username, alias=options.alias, role=Role(options.role)
        )
    except ChatError as error:
        raise one_line(error) from error
    account, until = invited.account, invited.invitation.expires_at
    print(
        f"{account.username} är inbjuden ({ROLE_WORDS[account.role]}). Besökare ser namnet {account.alias}."
    )
    print(f"Adressen fungerar en gång, till {until:%Y-%m-%d %H:%M} UTC, och visas bara nu:")
    print(inviting.address(settings.public_origin, invited.token))


async def _reset(settings: Settings, desk: StaffDesk, username: str) -> None:
    account = await _named(desk, username)
    try:
        fresh = await accounts.renew_credentials(desk, account, password=read_password())
    except ChatError as error:
        raise one_line(error) from error
    await note(desk.records.audit_log, desk.clock, None, Act.CREDENTIALS_RENEWED, account.id)
    print(f"Kontot {username} har nytt lösenord och ny kodnyckel, och är utloggat överallt.")
    _show_codes(settings, fresh)


def _show_codes(settings: Settings, fresh: FreshCredentials) -> None:
    print("Lägg in adressen i mentorns kodapp nu; den visas inte igen:")
    print(code_address(settings, fresh.code_secret, fresh.account.username))
    print(f"Kodnyckel att skriva in för hand: {fresh.code_secret}")


async def _list(desk: StaffDesk) -> None:
    everybody = await desk.records.accounts.everybody()
    for account in everybody:
        state = "" if account.active else "  avstängt"
        until = ""
        for certificate in (await desk.records.certificates.of_account(account.id))[:1]:
            until = f"  certifikat till {certificate.not_after.date()}"
            if certificate.revoked:
                until = "  certifikatet indraget"
        print(f"{account.username}  {ROLE_WORDS[account.role]}  visas som {account.alias}{until}{state}")
    if not everybody:
        print(
            "Det finns inga konton än. Lägg till: python -m chatservice account add --role mentor --username namn"
        )


async def _code(settings: Settings, desk: StaffDesk, username: str) -> None:
    if not settings.is_example:
        raise StartError("Engångskoder visas bara i exempelläget: använd mentorns kodapp.")
    found = await desk.records.accounts.credentials(username)
    if found is None:
        raise _unknown(username)
    print(present_code(found.code_secret))


async def _requests(desk: StaffDesk) -> None:
    requests = await desk.records.certificates.requests()
    for request in requests:
        account = await desk.records.accounts.find(request.account_id)
        if account is None:
            continue
        print(
            f"{account.username}, begärd {request.requested_at:%Y-%m-%d %H:%M} UTC, nyckel {request.key_id}"
        )
        print(f"  Ord att jämföra med mentorn: {' '.join(key_words(request.key_id, word_list()))}")
        print(f"  Hela fingeravtrycket: {certifying.fingerprint(request.key_id)}")
        print(
            json.dumps(
                {"alias": account.alias, "key": sealing.to_base64url(request.public_key)}, ensure_ascii=False
            )
        )
    if not requests:
        print("Ingen nyckel väntar på certifikat.")


async def _certify(settings: Settings, desk: StaffDesk, file: str) -> None:
    pins = load_organisation(settings.content_dir).keys.pinned
    if not pins and settings.is_example:
        pins = (OrganisationKey.load_or_create(settings.example_key_file).pin,)
    try:
        certificate = await certifying.import_certificate(desk, _read_certificate(file), pins=pins)
    except NotOwnerError as error:
        raise StartError(
            "Certifikatet är inte signerat med någon nyckel som står i [keys] pinned i organisation.toml: signera med "
            "rätt nyckel, eller lägg till den."
        ) from error
    except NotClearedError as error:
        raise StartError("Kontot är inte en aktiv mentors: se account list.") from error
    except MalformedError as error:
        remedy = {
            "request": "ingen väntar på certifikat för den nyckeln: se account requests.",
            "alias": "aliaset är inte kontots: signera begäran som den står i account requests.",
            "dates": "giltigheten har gått ut eller är längre än 30 dagar: signera på nytt.",
        }.get(str(error), "det är skadat: hämta raden från organisation-key sign på nytt.")
        raise StartError(f"Certifikatet går inte att använda: {remedy}") from error
    await note(desk.records.audit_log, desk.clock, None, Act.CERTIFICATE_SIGNED, certificate.account_id)
    print(f"Certifikatet gäller till {certificate.not_after:%Y-%m-%d %H:%M} UTC.")


def _read_certificate(file: str) -> SignedBody:
    try:
        text = sys.stdin.read(LARGEST_CERTIFICATE) if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(
            f"Filen {file} kan inte läsas: ange certifikatet från organisation-key sign."
        ) from error
    try:
        read = cast("dict[str, Any]", json.loads(text))
        return SignedBody(sealing.from_base64url(read["body"]), sealing.from_base64url(read["signature"]))
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedError("json") from error


async def _revoke(desk: StaffDesk, key_id: str) -> None:
    certificate = await desk.records.certificates.find(key_id)
    if certificate is None:
        raise StartError(f"Det finns inget certifikat för nyckeln {key_id}.")
    await desk.records.certificates.revoke(key_id)
    await note(desk.records.audit_log, desk.clock, None, Act.CERTIFICATE_REVOKED, certificate.account_id)
    print(
        "Certifikatet är indraget: mentorn kan inte gå i tjänst med den nyckeln. Skriv in nyckelns id "
        "under [keys] denied i organisation.toml och bygg om webbplatsen, så litar inte heller besökares sidor på den."
    )


async def _named(desk: StaffDesk, username: str) -> Account:
    account = await desk.records.accounts.named(username)
    if account is None:
        raise _unknown(username)
    return account


def _unknown(username: str) -> StartError:
    return StartError(f"Det finns inget konto {username}: se account list.")
