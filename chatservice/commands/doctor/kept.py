"""What is kept beside the service: logs, which hold no address, and backups, which are fresh, private and not too old.

Looks where it is pointed (`--log`, `--backups`). Tells how many lines hold an address, and never an address.
"""

import ipaddress
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from chatservice.commands.doctor.findings import Finding, advice, good, wrong

OLDEST_NEWEST_DAYS: Final = 8
"""A backup each week, and a day to spare."""
LONGEST_KEPT_DAYS: Final = 90
"""What docs/what_we_hold.md promises."""

_CANDIDATES: Final = re.compile(
    r"(?<![\w.:])(?:(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4})(?![\w.])", re.IGNORECASE
)
_DAY_S: Final = 86_400


def look_at_logs(files: Sequence[Path]) -> Iterator[Finding]:
    """Look for addresses in log files."""
    for file in files:
        try:
            with file.open(encoding="utf-8", errors="replace") as lines:
                count = sum(holds_address(line) for line in lines)
        except OSError as error:
            yield wrong(
                f"Loggen {file} går inte att läsa ({error.strerror}): rätta --log, eller kör som root."
            )
            continue
        if count:
            yield wrong(
                f"{count} rad(er) i {file} innehåller en adress: stäng av åtkomstloggen i webbservern framför, och "
                "radera filen."
            )
        else:
            yield good(f"{file} innehåller ingen adress.")


def holds_address(line: str) -> bool:
    """Say whether a line holds the address of another machine."""
    for found in _CANDIDATES.findall(line):
        try:
            address = ipaddress.ip_address(found)
        except ValueError:
            continue
        if not address.is_loopback and not address.is_unspecified:
            return True
    return False


def look_at_backups(folder: Path | None, now_s: float | None = None) -> Iterator[Finding]:
    """Look at the backups in a folder. `now_s` is the wall clock's, seconds."""
    if folder is None:
        yield advice("Säkerhetskopiorna granskades inte: ange deras mapp med --backups.")
        return
    try:
        ages = {
            file: ((now_s or time.time()) - file.stat().st_mtime) / _DAY_S
            for file in sorted(folder.iterdir())
            if file.is_file()
        }
    except OSError as error:
        yield wrong(f"{folder} går inte att läsa ({error.strerror}): rätta --backups, eller kör som root.")
        return
    if not ages:
        yield wrong(f"Det finns ingen säkerhetskopia i {folder}: kör python -m chatservice backup {folder}/…")
        return
    for file in (folder, *ages):
        if file.stat().st_mode & 0o077:
            yield wrong(f"{file} kan läsas av andra på datorn: chmod go-rwx {file}")
    newest = min(ages.values())
    if newest > OLDEST_NEWEST_DAYS:
        yield wrong(f"Den nyaste säkerhetskopian är {newest:.0f} dagar gammal: kör backup varje vecka.")
    else:
        yield good(f"Den nyaste säkerhetskopian är {newest:.0f} dagar gammal.")
    for file, age in ages.items():
        if age > LONGEST_KEPT_DAYS:
            yield wrong(
                f"{file} är äldre än {LONGEST_KEPT_DAYS} dagar och innehåller sådant som har raderats sedan dess: "
                "kasta den."
            )
