"""Reads settings from the environment, one variable at a time, and says in Swedish what is wrong with which.

Knows how values are written, not what they mean: that is `settings.py`.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import parse_qs, urlsplit

from chatservice.errors import StartError

Mode = Literal["example", "production"]
MailSecurity = Literal["tls", "starttls", "none"]
SocketPath = Literal["lean", "plain"]
PREFIX = "CHAT_"
_Choice = TypeVar("_Choice", bound=str)


class SettingsError(StartError):
    """A setting is missing, malformed or unsafe. The text is one line in Swedish with its remedy."""

    code = "settings"

    def __init__(self, line: str) -> None:
        # A value that is quoted may hold line breaks of its own.
        super().__init__(" ".join(line.split()))


class EnvironmentReader:
    """Reads one variable at a time; every mistake is a `SettingsError` with the name and the remedy."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str) -> str:
        """Return a text, or the default when it is missing or empty."""
        return self._environ.get(PREFIX + name, "").strip() or default

    def choice(self, name: str, allowed: tuple[_Choice, ...], default: _Choice) -> _Choice:
        """Return one of the allowed words."""
        value = self.text(name, default)
        for choice in allowed:
            if value == choice:
                return choice
        raise SettingsError(f"CHAT_{name} är ”{value}”: skriv {' eller '.join(map(str, allowed))}.")

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        """Return a whole number within bounds."""
        value = self.text(name, str(default))
        if not (value.isascii() and value.isdigit() and len(value) < 10 and lowest <= int(value) <= highest):
            raise SettingsError(f"CHAT_{name} är ”{value}”: skriv ett heltal från {lowest} till {highest}.")
        return int(value)

    def seconds(self, name: str, default: float) -> float:
        """Return a number of seconds, up to a week."""
        value = self.text(name, str(default))
        try:
            seconds = float(value)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds <= 7 * 86400:
            raise SettingsError(
                f"CHAT_{name} är ”{value}”: skriv ett antal sekunder, till exempel {default:g}."
            )
        return seconds

    def path(self, name: str, default: Path) -> Path:
        """Return an absolute path."""
        return Path(self.text(name, str(default))).expanduser().absolute()

    def origin(self, name: str, default: str) -> str:
        """Return scheme, host and port, in lower case."""
        value = self.text(name, default)
        parts = urlsplit(value)
        if (
            parts.scheme not in {"http", "https"}
            or not parts.netloc
            or value != f"{parts.scheme}://{parts.netloc}"
        ):
            stands = f"är ”{value}”" if value else "saknas"
            raise SettingsError(
                f"CHAT_{name} {stands}: ange protokoll och värdnamn utan avslutande snedstreck, till exempel "
                "https://chatt.example.org."
            )
        return value.lower()

    def database(self, name: str, *, over_tls: bool) -> str:
        """Return the address of a database, or nothing. It may hold a password and is never quoted.

        With `over_tls` a PostgreSQL on another machine must be reached over TLS.
        """
        value = self.text(name, "")
        if not value or value.startswith("sqlite+aiosqlite:///"):
            return value
        if not value.startswith("postgresql+asyncpg://"):
            raise SettingsError(
                f"CHAT_{name} går inte att läsa: skriv postgresql+asyncpg://användare:lösenord@värd/databas, eller ta "
                "bort den, så används en SQLite-fil i datamappen."
            )
        parts = urlsplit(value)
        asked = parse_qs(parts.query)
        host = parts.hostname or asked.get("host", [""])[0]
        is_near = host in {"", "localhost", "127.0.0.1", "::1"} or host.startswith("/")
        if (
            over_tls
            and not is_near
            and asked.get("ssl", [""])[0] not in {"require", "verify-ca", "verify-full"}
        ):
            raise SettingsError(
                f"CHAT_{name} leder till en annan dator utan kryptering: lägg till ?ssl=verify-full (eller ssl=require "
                "på ett eget nät)."
            )
        return value

    def instant(self, name: str) -> datetime | None:
        """Return an instant with its zone, or None."""
        value = self.text(name, "")
        if not value:
            return None
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            raise SettingsError(
                f"CHAT_{name} är ”{value}”: skriv ett ögonblick med tidszon, till exempel "
                "2026-12-24T19:00:00+01:00."
            )
        return instant
