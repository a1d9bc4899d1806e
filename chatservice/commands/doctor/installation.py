"""The installation as it lies on this machine: settings, secrets, files and their modes, content, the built site."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from chatservice.commands.doctor.findings import Finding, advice, good, wrong
from chatservice.errors import StartError
from chatservice.organisation import load_help, load_opening_hours, load_organisation
from chatservice.settings import Settings, unknown_names

ENVIRONMENT_FILE: Final = Path("/etc/chatservice.env")
"""Where deploy/systemd puts the settings."""

_FEWEST_CHARACTERS: Final = 12
"""So many different ones are in any 32 characters of chance; fewer were typed by somebody."""
_HERE: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def look_at_settings(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at what the operator has decided."""
    for name in unknown_names(environ):
        yield wrong(f"Inställningen {name} finns inte: rätta stavningen eller ta bort den.")
    if settings.clock is not None:
        yield advice("CHAT_CLOCK är satt: öppettider och inloggningar följer en påhittad klocka.")
    if settings.is_example:
        yield advice("Exempelläge. För skarp drift: CHAT_MODE=production och en egen datamapp.")
        if settings.bind not in _HERE:
            yield wrong(
                f"Exempelläget nås från andra datorer ({settings.bind}): sätt CHAT_BIND=127.0.0.1 eller kör skarpt.",
            )
    else:
        yield good(f"Skarp drift på {settings.public_origin}.")
    if (
        settings.bind in _HERE
        and settings.proxy_hops == 0
        and urlsplit(settings.public_origin).hostname not in _HERE
    ):
        yield wrong(
            "En webbserver står framför tjänsten, men CHAT_PROXY_HOPS är 0: då har alla samma adress, och en enda "
            "spärr stänger ute alla. Sätt den till antalet webbservrar framför, oftast 1."
        )


def look_at_secrets(settings: Settings, environment_file: Path = ENVIRONMENT_FILE) -> Iterator[Finding]:
    """Look at what must stay secret: not easy to guess, not open to others."""
    if len(set(settings.secret)) < _FEWEST_CHARACTERS:
        yield wrong(
            "CHAT_SECRET ser inte ut som ett slumptal: gör ett nytt, till exempel med "
            'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    else:
        yield good("Hemligheten är lång och ser slumpmässig ut.")
    if environment_file.is_file() and environment_file.stat().st_mode & 0o077:
        yield wrong(f"{environment_file} kan läsas av andra på datorn: chmod 600 {environment_file}")


def look_at_files(settings: Settings) -> Iterator[Finding]:
    """Look at the data folder: everything in it is for the service alone."""
    open_to_others = [path for path in _everything(settings.data_dir) if _is_open(path)]
    for path in open_to_others:
        yield wrong(f"{path} kan läsas av andra på datorn: chmod go-rwx {path}")
    if not open_to_others:
        yield good(f"Datamappen {settings.data_dir} är skrivbar och stängd för andra.")


def look_at_content(settings: Settings) -> Iterator[Finding]:
    """Look at the data files, which site and service share."""
    for load, what in (
        (load_organisation, "Organisationens uppgifter"),
        (load_opening_hours, "Öppettiderna"),
        (load_help, "Hjälpnumren"),
    ):
        try:
            load(settings.content_dir)
        except StartError as error:
            yield wrong(str(error))
        else:
            yield good(f"{what} går att läsa.")


def look_at_site(settings: Settings) -> Iterator[Finding]:
    """Look at the built site, where this service shows it."""
    if settings.site_dir is None:
        return
    index = settings.site_dir / "index.html"
    if not index.is_file():
        yield wrong(f"Webbplatsen är inte byggd i {settings.site_dir}: kör python3 tasks.py build.")
        return
    built_s = index.stat().st_mtime
    newer = [
        path
        for path in _everything(settings.content_dir)
        if path.is_file() and path.stat().st_mtime > built_s
    ]
    if newer:
        yield advice(
            f"{len(newer)} fil(er) i {settings.content_dir} är nyare än webbplatsen: kör python3 tasks.py build."
        )
    else:
        yield good("Webbplatsen är byggd ur det innehåll som finns.")


def _everything(folder: Path) -> Iterator[Path]:
    yield folder
    for where, folders, files in os.walk(folder):
        yield from (Path(where, name) for name in sorted((*folders, *files)))


def _is_open(path: Path) -> bool:
    try:
        held = path.lstat()
    except FileNotFoundError:  # a journal of the database comes and goes
        return False
    return not stat.S_ISLNK(held.st_mode) and bool(held.st_mode & 0o077) and not path.name.endswith(".log")
