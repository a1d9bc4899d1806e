"""The command line, as a person or a test uses it."""

import asyncio
import gc
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from pyotp.totp import TOTP

from chatservice import cli
from chatservice.app import create_app
from chatservice.commands.example import fresh_password
from chatservice.domain import sealing
from chatservice.domain.audit import Act
from chatservice.domain.key_words import key_words
from chatservice.errors import StartError
from chatservice.organisation_key import OrganisationKey
from chatservice.ports import SignedBody
from chatservice.records import open_records
from chatservice.settings import Settings
from chatservice.staff import make_desk
from chatservice.usecases import accounts, certifying, inviting
from chatservice.word_list import word_list
from tests.cli.conftest import PASSWORD
from tests.staff_builders import browser_key


def commands() -> list[list[str]]:
    groups = {
        "account": ["add", "invite", "list", "reset", "deactivate", "code", "requests", "certify", "revoke"],
        "organisation-key": ["new", "sign"],
        "inbox-key": ["new"],
        "inbox": ["list", "read", "erase"],
    }
    alone = [
        [name] for name in ("serve", "migrate", "doctor", "canary", "example", "backup", "retention", *groups)
    ]
    return [[], *alone, *([group, act] for group, acts in groups.items() for act in acts)]


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_says_in_swedish_what_it_does(command, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([*command, "--help"])

    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert re.search(r"\n\n[A-ZÅÄÖ][^\n]{15,}", said)


@pytest.mark.parametrize(
    ("username", "password", "told"),
    [
        ("kort", "nio-teckn", "10 till 200 tecken"),
        ("ingen", "", "10 till 200 tecken"),
        ("a b", PASSWORD, "Användarnamnet får ha"),
        ("TAGEN", PASSWORD, "upptaget"),
    ],
)
def test_an_account_that_cannot_be_is_refused_in_one_line(shell, username, password, told):
    shell.add("tagen")

    said = shell.refuse("account", "add", "--role", "mentor", "--username", username, given=password)

    assert told in said


async def signs_in(settings: Settings, username: str, password: str, secret: str) -> bool:
    async with open_records(settings) as records:
        desk = make_desk(settings, records, settings.make_clock())
        signed_in = await accounts.sign_in(
            desk, username=username, password=password, code=TOTP(secret).now()
        )
        return signed_in.identity.username == username


def test_an_added_account_can_sign_in_with_the_printed_address(shell):
    said = shell.add("Exempel")

    address = next(line for line in said.splitlines() if line.startswith("otpauth://totp/"))
    secret = parse_qs(urlsplit(address).query)["secret"][0]
    assert asyncio.run(signs_in(shell.settings(), "exempel", PASSWORD, secret))
    assert PASSWORD not in said
    assert PASSWORD.encode() not in (shell.folder / "records.sqlite3").read_bytes()


async def opens(settings: Settings, token: str) -> str:
    async with open_records(settings) as records:
        desk = make_desk(settings, records, settings.make_clock())
        return (await inviting.open_invitation(desk, token))[1].username


def test_an_invitation_is_an_address_that_is_printed_once_and_held_by_nobody(shell):
    assert shell.run("account", "invite", "--role", "coordinator", "--username", "leder") == 0

    address = shell.out.splitlines()[-1]
    page, token = address.split("#")
    assert page.endswith("/valkommen/")
    assert asyncio.run(opens(shell.settings(), token)) == "leder"
    assert token.encode() not in (shell.folder / "records.sqlite3").read_bytes()
    assert "upptaget" in shell.refuse("account", "invite", "--role", "mentor", "--username", "leder")


def test_accounts_are_listed_with_their_state(shell):
    shell.run("account", "list")
    assert "inga konton än" in shell.out
    shell.add("mentorn")
    shell.add("leder", "coordinator")
    shell.run("account", "deactivate", "leder")

    shell.run("account", "list")

    assert shell.out.splitlines() == [
        "leder  samordnare  visas som Samordnare 1  avstängt",
        "mentorn  mentor  visas som Mentor 1",
    ]


@pytest.mark.parametrize("act", ["reset", "deactivate", "code"])
def test_an_account_that_does_not_exist_is_named(shell, act):
    assert "finns inget konto ingen" in shell.refuse("account", act, "ingen", given=PASSWORD)


def test_a_reset_gives_a_new_address(shell):
    before = shell.add()

    assert shell.run("account", "reset", "exempel", given="ett-nytt-lösenord") == 0

    assert "otpauth://" in shell.out
    assert shell.out.splitlines()[2] != before.splitlines()[2]
    assert "10 till 200 tecken" in shell.refuse("account", "reset", "exempel", given="kort")


def test_the_example_is_told_once_and_can_be_used_at_once(shell):
    assert shell.run("example") == 0
    first = shell.out
    assert shell.run("example") == 0
    second = shell.out

    blocks = re.findall(
        r"\n(\w+) \((?:mentor|samordnare)\)\n\s+Lösenord:\s+(\S+)\n\s+Engångskod nu:\s+(\d{6}) .*\n\s+\S.*?(otpauth://\S+)",
        first,
    )
    assert [block[0] for block in blocks] == ["mentor1", "mentor2", "samordnare1"]
    assert first.startswith("EXEMPEL")
    assert "otpauth" not in second
    assert "finns redan: mentor1, mentor2, samordnare1" in second
    assert "account code mentor1" in second
    username, password, _, address = blocks[0]
    secret = parse_qs(urlsplit(address).query)["secret"][0]
    assert asyncio.run(signs_in(shell.settings(), username, password, secret))
    assert shell.run("account", "code", "mentor1") == 0
    assert re.match(r"\d{6} ", shell.out)


def test_the_example_key_is_made_once_and_only_its_public_half_is_told(shell):
    shell.run("example", "--pin")
    first = shell.out.strip()
    shell.run("example", "--pin")

    assert shell.out.strip() == first
    assert len(sealing.from_base64url(first)) == 65
    assert (shell.folder / "example-organisation-key.pem").stat().st_mode & 0o777 == 0o600


async def overrides(settings: Settings):
    async with open_records(settings) as records:
        return await records.overrides.active(settings.make_clock().now())


@pytest.mark.parametrize(
    "clock", ["2026-12-24T03:00:00+01:00", "2020-01-01T00:00:00Z", "2040-06-01T12:00:00Z"]
)
def test_the_example_is_open_by_whatever_clock_there_is(shell, monkeypatch, clock):
    shell.run("example", "--open")
    monkeypatch.setenv("CHAT_CLOCK", clock)

    assert shell.run("example", "--open") == 0

    settings = Settings.from_environment({"CHAT_DATA_DIR": str(shell.folder), "CHAT_CLOCK": clock})
    (override,) = asyncio.run(overrides(settings))
    assert override.holds(settings.make_clock().now())
    assert (override.kind, override.example) == ("open", True)


def test_production_makes_no_example(production):
    assert "exempelläget" in production.refuse("example")
    assert "exempelläget" in production.refuse("example", "--pin")
    assert list(production.folder.iterdir()) == []


def test_production_asks_for_the_migration_and_does_not_run_it_by_itself(production):
    assert "migrate" in production.refuse("account", "list")

    assert production.run("migrate") == 0
    assert production.run("account", "list") == 0
    assert production.run("migrate") == 0
    assert "redan" in production.out


def test_production_shows_no_codes(production):
    production.run("migrate")
    production.add()

    assert "kodapp" in production.refuse("account", "code", "exempel")


async def ask_for_a_certificate(settings: Settings, key: bytes) -> None:
    async with open_records(settings) as records:
        desk = make_desk(settings, records, settings.make_clock(), pinned=("somebody's",))
        account = await records.accounts.named("exempel")
        assert account is not None
        await certifying.request_certificate(desk, account.id, key)


def test_a_persons_signature_takes_a_request_to_a_certificate(shell, tmp_path):
    shell.add()
    key = browser_key()
    asyncio.run(ask_for_a_certificate(shell.settings(), key))
    shell.run("account", "requests")
    request = tmp_path / "request.txt"
    request.write_text(shell.out, encoding="utf-8")
    assert certifying.fingerprint(sealing.mentor_key_id(key)) in shell.out
    assert " ".join(key_words(sealing.mentor_key_id(key), word_list())) in shell.out

    signing_key = str(shell.folder / "example-organisation-key.pem")
    assert shell.run("organisation-key", "sign", signing_key, "--request", str(request)) == 0
    certificate = shell.out
    assert shell.run("account", "certify", given=certificate) == 0

    shell.run("account", "list")
    assert "certifikat till" in shell.out
    shell.run("account", "requests")
    assert "Ingen nyckel väntar" in shell.out
    assert "ingen väntar" in shell.refuse("account", "certify", given=certificate)
    assert shell.run("account", "revoke", sealing.mentor_key_id(key)) == 0
    shell.run("account", "list")
    assert "indraget" in shell.out


def test_a_strangers_signature_is_refused(shell, tmp_path):
    shell.add()
    asyncio.run(ask_for_a_certificate(shell.settings(), browser_key()))
    shell.run("account", "requests")
    request = shell.out
    shell.run("organisation-key", "new", str(tmp_path / "stranger.pem"))

    shell.run("organisation-key", "sign", str(tmp_path / "stranger.pem"), "--request", "-", given=request)

    assert "inte signerat" in shell.refuse("account", "certify", given=shell.out)


@pytest.mark.parametrize(
    "key_id", ["kyWU4EjKszK6GIe19rYuuw", "-yWU4EjKszK6GIe19rYuuw", "--WU4EjKszK6GIe19rYuuw"]
)
def test_a_key_is_known_by_its_id_whatever_that_begins_with(shell, key_id):
    assert f"inget certifikat för nyckeln {key_id}" in shell.refuse("account", "revoke", key_id)


@pytest.mark.parametrize(
    "given", ["", "[]", "{}", '{"body": 1, "signature": 2}', '{"body": "=", "signature": ""}']
)
def test_a_certificate_that_is_none_is_refused(shell, given):
    assert "skadat" in shell.refuse("account", "certify", given=given)


def test_files_that_are_not_there_are_named(shell, tmp_path):
    absent = str(tmp_path / "absent")

    assert absent in shell.refuse("account", "certify", absent)
    assert absent in shell.refuse("organisation-key", "sign", absent, "--alias", "A", "--key", key_text())
    assert absent in shell.refuse("organisation-key", "sign", "k", "--request", absent)
    assert "inget certifikat" in shell.refuse("account", "revoke", "x")


def key_text() -> str:
    return sealing.to_base64url(browser_key())


def test_an_organisation_key_is_private_and_never_overwritten(shell, tmp_path):
    file = tmp_path / "organisation.pem"
    assert shell.run("organisation-key", "new", str(file)) == 0
    pin = shell.out.strip()

    assert "finns redan" in shell.refuse("organisation-key", "new", str(file))

    assert file.stat().st_mode & 0o777 == 0o600
    assert OrganisationKey.load(file).pin == pin
    assert not shell.folder.exists()


def test_a_key_behind_a_passphrase_needs_it(shell, tmp_path):
    file = str(tmp_path / "organisation.pem")
    shell.run("organisation-key", "new", file, "--passphrase", given="fras\n")
    sign = ("organisation-key", "sign", file, "--alias", "A", "--key", key_text())

    assert "lösenfrasen" in shell.refuse(*sign)
    assert "lösenfrasen" in shell.refuse(*sign, "--passphrase", given="fel\n")
    assert shell.run(*sign, "--passphrase", given="fras\n") == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--alias", "A"), "--request"),
        (("--alias", "A", "--key", "AA"), "begäran|Begäran"),
        (("--alias", "", "--key", "KEY"), "alias"),
        (("--alias", "A", "--key", "KEY", "--days", "31"), "--days"),
        (("--alias", "A", "--key", "KEY", "--days", "0"), "--days"),
    ],
)
def test_a_request_that_cannot_be_signed_is_refused(shell, tmp_path, options, told):
    file = str(tmp_path / "organisation.pem")
    shell.run("organisation-key", "new", file)
    options = tuple(key_text() if option == "KEY" else option for option in options)

    assert re.search(told, shell.refuse("organisation-key", "sign", file, *options))


def test_files_that_hold_no_organisation_key_are_refused(shell, tmp_path):
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    file = tmp_path / "other.pem"
    keys = (ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate())
    contents = [
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        for key in keys
    ]
    for content in (b"", b"hej", *contents):
        file.write_bytes(content)

        said = shell.refuse("organisation-key", "sign", str(file), "--alias", "A", "--key", key_text())

        assert str(file) in said


def test_a_signed_certificate_says_what_was_asked(shell, tmp_path):
    file = str(tmp_path / "organisation.pem")
    shell.run("organisation-key", "new", file)
    pin = shell.out.strip()
    key = key_text()

    shell.run("organisation-key", "sign", file, "--alias", "Åsa", "--key", key, "--days", "7")

    read = json.loads(shell.out)
    signed = SignedBody(sealing.from_base64url(read["body"]), sealing.from_base64url(read["signature"]))
    sealing.verify(sealing.from_base64url(pin), signed.signature, "stodchatt/1 certificate", signed.body)
    body = json.loads(signed.body)
    assert (body["version"], body["alias"], body["key"]) == (1, "Åsa", key)
    assert body["not_after"] - body["not_before"] == 7 * 86400


def test_doctor_finds_what_is_wrong_and_says_how_to_mend_it(shell, monkeypatch):
    shell.run("example")
    monkeypatch.setenv("CHAT_SITE_DIR", "")
    assert shell.run("doctor") == 0
    assert "FEL" not in shell.out

    monkeypatch.setenv("CHAT_SECRT", "x")
    monkeypatch.setenv("CHAT_BIND", "0.0.0.0")  # noqa: S104 -- that is what is found
    monkeypatch.setenv("CHAT_CLOCK", "2026-12-24T19:00:00+01:00")
    monkeypatch.setenv("CHAT_SITE_DIR", str(shell.folder / "nothing"))
    (shell.folder / "records.sqlite3").chmod(0o644)
    assert shell.run("doctor") == 1

    wrong = [line for line in shell.out.splitlines() if line.startswith("FEL")]
    assert len(wrong) == 4
    for remedy in ("CHAT_SECRT", "chmod go-rwx", "CHAT_BIND=127.0.0.1", "tasks.py build"):
        assert remedy in "".join(wrong)


def test_doctor_in_production_asks_for_a_pinned_key_and_tables(production, monkeypatch):
    monkeypatch.setenv("CHAT_SITE_DIR", "")

    assert production.run("doctor") == 1

    assert "organisation-key new" in production.out
    assert "inbox-key new" in production.out
    assert "migrate" in production.out


def test_doctor_tells_of_mistakes_in_the_content(shell, monkeypatch, tmp_path):
    monkeypatch.setenv("CHAT_CONTENT_DIR", str(tmp_path / "content"))
    monkeypatch.setenv("CHAT_SITE_DIR", "")

    assert shell.run("doctor") == 1
    assert "organisation.toml" in shell.out


def test_example_passwords_are_readable_and_all_different():
    passwords = {fresh_password() for _ in range(1000)}

    assert len(passwords) == 1000
    assert all(re.fullmatch(r"([b-z][a-y]){2}(-([b-z][a-y]){2}){4}", password) for password in passwords)


def test_what_the_command_line_does_to_accounts_stands_in_the_audit_log(shell):
    shell.add("mira")
    assert shell.run("account", "reset", "mira", given=f"{PASSWORD}\n") == 0
    assert shell.run("account", "deactivate", "mira") == 0

    async def newest() -> list[Act]:
        async with open_records(shell.settings()) as records:
            return [
                entry.act for entry in await records.audit_log.newest(limit=9) if entry.account_id is None
            ]

    assert asyncio.run(newest()) == [Act.DEACTIVATED, Act.CREDENTIALS_RENEWED, Act.ACCOUNT_ADDED]


def test_a_start_that_fails_leaves_the_collector_on(shell, monkeypatch):
    def refuse(_settings):
        raise StartError("Det går inte.")

    monkeypatch.setattr("chatservice.app.create_app", refuse)

    assert shell.refuse("serve") == "Det går inte.\n"
    assert gc.isenabled()


def test_nobody_looks_for_cycles_in_what_is_loaded_and_somebody_does_while_it_serves(shell, monkeypatch):
    was_on: list[bool] = []
    frozen: list[int] = []

    def load(settings):
        was_on.append(gc.isenabled())
        return create_app(settings)

    def serve(*_, **__):
        was_on.append(gc.isenabled())
        frozen.append(gc.get_freeze_count())

    monkeypatch.setattr("chatservice.app.create_app", load)
    monkeypatch.setattr("chatservice.server.serve", serve)
    gc.unfreeze()

    assert shell.run("serve") == 0

    gc.unfreeze()
    assert was_on == [False, True]
    assert frozen[0] > 0
