"""Where the Valkey server is, read from CHAT_LIVE_URL. Knows the form of the address and nothing of the protocol."""

import ssl
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from chatservice.errors import StartError

SCHEMES = ("valkey", "valkeys", "valkey+unix")
_DEFAULT_PORT = 6379
_REMEDY = (
    "CHAT_LIVE_URL går inte att läsa: skriv memory://, valkey://värd:port, valkeys://värd:port (krypterat) eller "
    "valkey+unix:///sökväg, med ?db=nummer, ?username=namn och ?password=lösenord där det behövs."
)


@dataclass(frozen=True, slots=True)
class Address:
    """A server and how to get in. Either `path` (a socket file) or `host` and `port`."""

    host: str = "127.0.0.1"
    port: int = _DEFAULT_PORT
    path: str | None = None
    database: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)


def read_address(url: str) -> Address:
    """Read `valkey://[user:password@]host[:port][/db]` and its relatives. Raises `StartError`, never with the URL."""
    try:
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=False).items()}
        on_this_machine = parts.scheme == "valkey+unix"
        in_path = "" if on_this_machine else parts.path.strip("/")
        database = int(query.pop("db", in_path or "0"))
        username = query.pop("username", None) or (unquote(parts.username) if parts.username else None)
        password = query.pop("password", None) or (unquote(parts.password) if parts.password else None)
        port = parts.port or _DEFAULT_PORT
    except ValueError:
        raise StartError(_REMEDY) from None
    if parts.scheme not in SCHEMES or query or database < 0 or not (on_this_machine or parts.hostname):
        raise StartError(_REMEDY)
    return Address(
        host=parts.hostname or "",
        port=port,
        path=unquote(parts.path) if on_this_machine else None,
        database=database,
        username=username,
        password=password,
        tls=ssl.create_default_context() if parts.scheme == "valkeys" else None,
    )
