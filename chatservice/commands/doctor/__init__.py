"""`doctor`: look at the installation, from inside or as a browser sees it, and say how to mend each finding.

A module for each subject; none of them changes anything. Next: findings.py, then installation.py, or outside.py for
`--outside`.
"""

import argparse
import asyncio
import json
from collections.abc import Iterable, Mapping
from contextlib import aclosing
from dataclasses import replace

from chatservice.commands.doctor.findings import Finding, any_wrong, good, wrong
from chatservice.commands.doctor.installation import (
    look_at_content,
    look_at_files,
    look_at_secrets,
    look_at_settings,
    look_at_site,
)
from chatservice.commands.doctor.kept import look_at_backups, look_at_logs
from chatservice.commands.doctor.keys import look_at_keys
from chatservice.commands.doctor.machine import look_at_machine
from chatservice.commands.doctor.records import look_at_records
from chatservice.errors import RecordsAwayError, StartError
from chatservice.settings import Settings

HERE = "här"


def run(settings: Settings, environ: Mapping[str, str], options: argparse.Namespace) -> int:
    """Print every finding; return 1 when something is wrong. Raises `StartError` for an origin that is none."""
    if options.outside is None:
        findings = asyncio.run(_inside(settings, environ, options))
    else:
        from chatservice.commands.doctor.outside import look_from_outside

        if options.outside != HERE:
            settings = replace(settings, public_origin=options.outside.rstrip("/"))
        findings = list(look_from_outside(settings))
    _print(findings, as_json=options.json)
    return 1 if any_wrong(findings) else 0


async def _inside(
    settings: Settings, environ: Mapping[str, str], options: argparse.Namespace
) -> list[Finding]:
    findings = [
        *look_at_settings(settings, environ),
        *look_at_secrets(settings),
        *look_at_files(settings),
        *look_at_site(settings),
        *look_at_keys(settings),
        *look_at_content(settings),
        *look_at_machine(settings),
        *look_at_logs(options.log),
        *look_at_backups(options.backups),
    ]
    try:
        async with aclosing(look_at_records(settings)) as looked:
            findings.extend([finding async for finding in looked])
    except StartError as error:
        findings.append(wrong(str(error)))
    except RecordsAwayError:
        findings.append(
            wrong("Databasen svarar inte: kontrollera CHAT_RECORDS_URL och att databasen är i gång.")
        )
    findings.append(await _live(settings))
    return findings


async def _live(settings: Settings) -> Finding:
    """Look at the store of conversations: it answers, and it writes nothing on a disk."""
    if settings.live_url == "memory://":
        return good("Samtalen ligger i tjänstens eget minne.")
    from chatservice.live.valkey.connection import open_connection

    try:
        # Connecting refuses a server that would write on a disk.
        async with open_connection(settings.live_url):
            return good("Valkey svarar, och skriver ingenting på disk.")
    except StartError as error:
        return wrong(str(error))


def _print(findings: Iterable[Finding], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([finding.fields for finding in findings], ensure_ascii=False, indent=1))
        return
    for finding in findings:
        print(finding.line)
