"""The command line: which commands there are and what each says of itself. What they do stands in `commands/`.

Imports nothing heavy before it knows which command is meant, so that help and refusals are immediate.
"""

import argparse
import gc
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from chatservice.errors import StartError

DESCRIPTION = "Chattjänsten. Inställningar ges som miljövariabler som börjar på CHAT_ (se docs/settings.md)."

AddParser = Callable[..., argparse.ArgumentParser]

_KEY_ID = re.compile("-[A-Za-z0-9_-]{21}")
"""Of the ids of keys, base64url of 16 bytes, those that look like an option."""


def main(arguments: Sequence[str]) -> int:
    """Run a command; return its exit status. What went wrong is one line on standard error."""
    options = make_parser().parse_args(_with_key_id(arguments))
    try:
        return _run(options)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _with_key_id(arguments: Sequence[str]) -> Sequence[str]:
    """Let a key's id begin with a dash, as one in 64 does: argparse would take it for an option."""
    if list(arguments[:2]) == ["account", "revoke"] and _KEY_ID.fullmatch("".join(arguments[2:])):
        return [*arguments[:2], "--", *arguments[2:]]
    return arguments


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of every command."""
    parser = argparse.ArgumentParser(prog="python -m chatservice", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="kommando").add_parser
    _add(commands, "serve", "Starta tjänsten: chatten, och webbplatsen om den är byggd.")
    _add(commands, "migrate", "Skapa eller uppdatera databasens tabeller.")
    _add_doctor(commands)
    example = _add(
        commands,
        "example",
        "Gör ett exempel att pröva: nyckel, konton och öppen chatt. Kan köras om utan att något går förlorat.",
    )
    part = example.add_mutually_exclusive_group()
    part.add_argument("--pin", action="store_true", help="gör bara exempelnyckeln och skriv dess publika del")
    part.add_argument("--open", action="store_true", help="håll bara chatten öppen i 30 dagar, utan konton")
    backup = _add(commands, "backup", "Kopiera databasen medan tjänsten går. Samtal finns inte i den.")
    backup.add_argument("file", type=Path, help="ny fil för säkerhetskopian")
    _add_canary(commands)
    _add_numbers(commands)
    _add_account(commands)
    _add_organisation_key(commands)
    _add_inbox(commands)
    _add(
        commands,
        "retention",
        "Radera genast det som har sparats så länge som det får. Tjänsten gör det själv varje timme.",
    )
    return parser


def _add_doctor(commands: AddParser) -> None:
    doctor = _add(
        commands, "doctor", "Granska inställningar, filer, nycklar och konton, och säg hur varje fel rättas."
    )
    doctor.add_argument(
        "--outside", nargs="?", const="här", metavar="ADRESS",
        help="granska i stället det som webbläsare möter, på CHAT_PUBLIC_ORIGIN eller en annan adress",
    )  # fmt: skip
    doctor.add_argument(
        "--log", type=Path, action="append", default=[], metavar="FIL",
        help="leta efter adresser i en loggfil; kan anges flera gånger",
    )  # fmt: skip
    doctor.add_argument("--backups", type=Path, metavar="MAPP", help="granska säkerhetskopiorna i en mapp")
    doctor.add_argument("--json", action="store_true", help="skriv det som hittas som JSON")


def _add_canary(commands: AddParser) -> None:
    canary = _add(
        commands,
        "canary",
        "För ett provsamtal i den tjänst som är i gång, och leta efter dess ord i filer, loggar och minne.",
    )
    canary.add_argument(
        "--look-in", type=Path, action="append", default=[], metavar="PLATS",
        help="leta också här: säkerhetskopior, loggfiler; kan anges flera gånger",
    )  # fmt: skip
    canary.add_argument(
        "--journal", metavar="ENHET", help="leta också i loggen för en enhet, t.ex. chatservice"
    )
    memory = canary.add_mutually_exclusive_group()
    memory.add_argument(
        "--pid", type=int, action="append", default=[], metavar="PID",
        help="leta i minnet hos den här processen; utan den hos dem som lyssnar på tjänstens port",
    )  # fmt: skip
    memory.add_argument("--without-memory", action="store_true", help="leta inte i minnet")


def _add_numbers(commands: AddParser) -> None:
    numbers = _add(
        commands,
        "numbers",
        "Visa ett års siffror som tabell (CSV) eller sida, med små tal dolda som på skärmen.",
    )
    numbers.add_argument("--year", type=int, required=True, help="året, i hela veckor")
    what = numbers.add_mutually_exclusive_group()
    what.add_argument(
        "--csv",
        choices=("weeks", "hours", "lengths", "outcomes"),
        default="weeks",
        help="veckor (weeks), timmar i veckan (hours), längder (lengths) eller utfall (outcomes); veckor om inget sägs",
    )
    what.add_argument("--page", type=Path, help="ny fil för sidan om ett år som är slut")


def _add_account(commands: AddParser) -> None:
    account = _add(commands, "account", "Konton för mentorer och samordnare, och deras certifikat.")
    acts = account.add_subparsers(dest="act", required=True, metavar="vad").add_parser
    add = _add(
        acts, "add", "Lägg till ett konto. Lösenordet läses från standard in, minst 10 tecken på en rad."
    )
    invite = _add(
        acts,
        "invite",
        "Bjud in någon: skriver en adress som fungerar en gång, där hon väljer hur hon loggar in.",
    )
    for new in (add, invite):
        new.add_argument(
            "--role",
            required=True,
            choices=("mentor", "coordinator", "editor", "operator"),
            help="mentor, samordnare, redaktör (editor) eller driftansvarig (operator)",
        )
        new.add_argument("--username", required=True, help="namnet att logga in med; besökare ser det aldrig")
        new.add_argument("--alias", help="namnet som besökare ser; utan det blir det Mentor och ett nummer")
    _add(acts, "list", "Visa alla konton.")
    reset = _add(
        acts, "reset", "Ge ett konto nytt lösenord (från standard in) och ny kodnyckel; alla loggas ut."
    )
    reset.add_argument("username", help="kontots användarnamn")
    deactivate = _add(acts, "deactivate", "Stäng av ett konto och logga ut det överallt, genast.")
    deactivate.add_argument("username", help="kontots användarnamn")
    code = _add(acts, "code", "Visa ett exempelkontos engångskod just nu. Finns bara i exempelläget.")
    code.add_argument("username", help="kontots användarnamn")
    _add(acts, "requests", "Visa mentorers nycklar som väntar på certifikat, med ord att jämföra.")
    certify = _add(acts, "certify", "Hämta hem ett certifikat som har signerats med organisationsnyckeln.")
    certify.add_argument(
        "file", nargs="?", default="-", help="certifikatet som JSON; utan fil läses standard in"
    )
    revoke = _add(acts, "revoke", "Dra in ett certifikat.")
    revoke.add_argument("key_id", help="nyckelns id, som det står i account requests och i intyget")


def _add_organisation_key(commands: AddParser) -> None:
    key = _add(commands, "organisation-key", "Organisationens nyckel. Används på en dator utan nät.")
    acts = key.add_subparsers(dest="act", required=True, metavar="vad").add_parser
    new = _add(
        acts, "new", "Gör en organisationsnyckel och skriv dess publika del, som ska stå i organisation.toml."
    )
    new.add_argument(
        "file", nargs="?", type=Path, default=Path("organisation-key.pem"), help="ny fil för nyckeln"
    )
    new.add_argument("--passphrase", action="store_true", help="skydda filen med en lösenfras (frågas efter)")
    sign = _add(acts, "sign", "Signera en mentors nyckel. Skriver certifikatet som JSON på standard ut.")
    sign.add_argument("file", type=Path, help="organisationsnyckelns fil")
    sign.add_argument("--request", help="begäran som JSON från account requests; - läser standard in")
    sign.add_argument("--alias", help="namnet som besökare ser, om ingen begäran ges")
    sign.add_argument("--key", help="mentorns publika nyckel i base64url, om ingen begäran ges")
    sign.add_argument("--days", type=int, default=30, help="giltighet i dagar, högst 30 (30)")
    sign.add_argument("--passphrase", action="store_true", help="nyckelfilen är skyddad med lösenfras")


def _add_inbox(commands: AddParser) -> None:
    key = _add(commands, "inbox-key", "Inkorgens nyckel, som samordnaren förvarar. Görs på en egen dator.")
    acts = key.add_subparsers(dest="act", required=True, metavar="vad").add_parser
    new = _add(
        acts, "new", "Gör en inkorgsnyckel och skriv dess publika del. Lösenfrasen läses från standard in."
    )
    new.add_argument("file", nargs="?", type=Path, default=Path("inbox-key.pem"), help="ny fil för nyckeln")
    inbox = _add(commands, "inbox", "Det som har kommit genom kontaktformuläret.")
    acts = inbox.add_subparsers(dest="act", required=True, metavar="vad").add_parser
    _add(acts, "list", "Visa vad som väntar, utan innehåll. Ingen nyckel behövs.")
    read = _add(acts, "read", "Visa ett meddelande. Nyckelfilens lösenfras läses från standard in.")
    read.add_argument("number", type=int, help="meddelandets nummer, som det står i inbox list")
    read.add_argument("--key", type=Path, help="inkorgsnyckelns fil; i exempelläget behövs ingen")
    feedback = _add(acts, "feedback", "Visa omdömen efter samtal, från och med dagen efter att de kom.")
    feedback.add_argument("--key", type=Path, help="inkorgsnyckelns fil, för att också läsa raderna")
    erase = _add(acts, "erase", "Radera ett meddelande som är besvarat. Det går inte att få tillbaka.")
    erase.add_argument("number", type=int, help="meddelandets nummer, som det står i inbox list")


def _add(commands: AddParser, name: str, what: str) -> argparse.ArgumentParser:
    return commands(name, help=what, description=what)


def _run(options: argparse.Namespace) -> int:
    if options.command == "organisation-key":
        # Off-line: needs no settings and no data folder.
        from chatservice.commands import organisation_key

        return organisation_key.run(options)
    if options.command == "inbox-key":
        from chatservice.commands import inbox_key

        return inbox_key.run(options)
    from chatservice.settings import Settings

    settings = Settings.from_environment(os.environ)
    match options.command:
        case "serve":
            # What is loaded now stays; to look for cycles in it is a sixth of the time until the service listens.
            gc.disable()
            try:
                from chatservice.commands import serve

                return serve.run(settings)
            finally:
                gc.enable()
        case "migrate":
            from chatservice.commands import migrate

            return migrate.run(settings)
        case "backup":
            from chatservice.commands import backup

            return backup.run(settings, options.file)
        case "account":
            from chatservice.commands import account

            return account.run(settings, options)
        case "numbers":
            from chatservice.commands import numbers

            return numbers.run(settings, options)
        case "inbox":
            from chatservice.commands import inbox

            return inbox.run(settings, options)
        case "retention":
            from chatservice.commands import retention

            return retention.run(settings)
        case "canary":
            from chatservice.commands import canary

            return canary.run(settings, options)
        case "example":
            from chatservice.commands import example

            return example.run(settings, options)
        case _:
            from chatservice.commands import doctor

            return doctor.run(settings, os.environ, options)
