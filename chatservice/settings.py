"""The settings: read once from the environment, frozen, and refused when they are unsafe together.

Every variable begins with CHAT_; `doctor` names those that mean nothing here. Two modes: *example* (what
`tasks.py start` gives a newcomer: everything on one machine, keys and accounts made up) and *production*. Knows
nothing of the web or the records. Read `app.py` next.
"""

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Self

from chatservice.clock import ShiftedClock, SystemClock
from chatservice.environment import PREFIX, EnvironmentReader, MailSecurity, Mode, SettingsError, SocketPath

PROJECT = Path(__file__).resolve().parent.parent
SHORTEST_SECRET = 32
# Read by the site's build, not by the service.
FOREIGN = frozenset({"CHAT_EXAMPLE_PIN"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator decides. Make it with `from_environment`; tests may make it directly."""

    mode: Mode = "example"
    """CHAT_MODE: `example` or `production`."""

    data_dir: Path = PROJECT / "var"
    """CHAT_DATA_DIR: the one folder that the service writes to; private to its owner."""

    bind: str = "127.0.0.1"
    """CHAT_BIND: the address to listen on."""

    port: int = 8000
    """CHAT_PORT: the port to listen on, 1 to 65535."""

    public_origin: str = "http://localhost:8000"
    """CHAT_PUBLIC_ORIGIN: scheme, host and port as browsers see them; in production required: https, or .onion."""

    site_dir: Path | None = PROJECT / "output"
    """CHAT_SITE_DIR: the built site to serve beside the chat; empty when another server does that."""

    content_dir: Path = PROJECT / "content"
    """CHAT_CONTENT_DIR: pages and data files."""

    secret: str
    """CHAT_SECRET: signs tickets and cookies; must outlive the process. Example mode makes a private file once."""

    clock: datetime | None = None
    """CHAT_CLOCK: an ISO instant from which the clock runs (acceptance tests); refused in production."""

    queue_cap: int = 50
    """CHAT_QUEUE_CAP: how many visitors may wait at once, 1 to 10,000; a take costs the same with 5,000 waiting."""

    free_starts: int = 25
    """CHAT_FREE_STARTS: so many conversations may begin in a minute, and so many visitors wait, before newcomers'
    browsers are asked for a little work, so that scripts cannot take the whole queue, 0 to 1,000,000."""

    visitor_grace_s: float = 60
    """CHAT_VISITOR_GRACE_S: how long a lost visitor keeps her place or seat, seconds."""

    mentor_grace_s: float = 120
    """CHAT_MENTOR_GRACE_S: how long a lost mentor keeps her seat, seconds."""

    idle_timeout_s: float = 45
    """CHAT_IDLE_TIMEOUT_S: a connection on which nothing is heard for so long is closed, seconds."""

    session_idle_s: float = 1200
    """CHAT_SESSION_IDLE_S: a signed-in session without activity ends after so long, seconds."""

    session_absolute_s: float = 36000
    """CHAT_SESSION_ABSOLUTE_S: a signed-in session never lives longer than this (one shift), seconds."""

    settle_s: float = 3
    """CHAT_SETTLE_S: after a restart nobody is taken from the queue for so long (it finds its order), seconds."""

    silence_s: float = 600
    """CHAT_SILENCE_S: how long a conversation waits for a lost visitor before it is erased, seconds."""

    block_s: float = 43200
    """CHAT_BLOCK_S: how long "Avsluta och spärra" keeps new conversations of that connection out, seconds."""

    proxy_hops: int = 0
    """CHAT_PROXY_HOPS: how many web servers stand in front and append to X-Forwarded-For, 0 to 5. The address that
    the outermost of them saw is believed; with 0, the peer's. Too low, and one block shuts everybody out, unnoticed
    from here; too high, and a browser's claim is believed. Private networks and this machine are never blocked."""

    metrics_port: int = 0
    """CHAT_METRICS_PORT: a port of 127.0.0.1 for `/redo` and `/metrics`, 1 to 65535; 0 for neither."""

    frames_per_s: float = 20
    """CHAT_FRAMES_PER_S: one browser is read at this speed in the long run, frames per second."""

    sockets: SocketPath = "lean"
    """CHAT_SOCKETS: `lean`, or `plain` for open WebSockets to stay with Hypercorn and Quart: slower, for comparing."""

    live_url: str = "memory://"
    """CHAT_LIVE_URL: where conversations live until they end: `memory://`, or what several processes share,
    `valkey://host:port/db` (`valkeys://` encrypted, `valkey+unix:///path`; `?username=`, `?password=`, `?db=`)."""

    records_url: str = ""
    """CHAT_RECORDS_URL: the PostgreSQL for accounts; empty means an SQLite file in the data folder."""

    smtp_host: str = ""
    """CHAT_SMTP_HOST: mail server for a notice, without content, that a letter has come; empty means no mail."""

    smtp_port: int = 465
    """CHAT_SMTP_PORT: its port, 1 to 65535."""

    smtp_security: MailSecurity = "tls"
    """CHAT_SMTP_SECURITY: `tls`, `starttls`, or `none` for a mail server on this machine."""

    smtp_username: str = ""
    """CHAT_SMTP_USERNAME: the name to sign in with at the mail server; empty means without signing in."""

    smtp_password: str = ""
    """CHAT_SMTP_PASSWORD: the password for it."""

    smtp_from: str = ""
    """CHAT_SMTP_FROM: the address that notices come from."""

    smtp_to: str = ""
    """CHAT_SMTP_TO: the coordinators' address."""

    def __post_init__(self) -> None:
        """Fill in what follows from other settings; refuse what is unsafe together with a SettingsError."""
        if not self.records_url:
            file = self.data_dir / "records.sqlite3"
            object.__setattr__(self, "records_url", f"sqlite+aiosqlite:///{file}")
        _refuse_unsafe(self)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings; make the data folder (0700) and, in example mode, its secret. Raises SettingsError."""
        given = EnvironmentReader(environ)
        mode: Mode = given.choice("MODE", ("example", "production"), "example")
        secret = given.text("SECRET", "")
        if mode == "production" and len(secret) < SHORTEST_SECRET:
            raise SettingsError(
                f"CHAT_SECRET saknas eller är kortare än {SHORTEST_SECRET} tecken: sätt den till ett eget slumptal, "
                'till exempel från: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        port = given.number("PORT", 8000, 1, 65535)
        data_dir = given.path("DATA_DIR", PROJECT / "var")
        site_dir = None if environ.get("CHAT_SITE_DIR") == "" else given.path("SITE_DIR", PROJECT / "output")
        settings = cls(
            mode=mode,
            data_dir=data_dir,
            bind=given.text("BIND", "127.0.0.1"),
            port=port,
            public_origin=given.origin(
                "PUBLIC_ORIGIN", f"http://localhost:{port}" if mode == "example" else ""
            ),
            site_dir=site_dir,
            content_dir=given.path("CONTENT_DIR", PROJECT / "content"),
            # The stand-in is replaced below, once the rest is known to be safe.
            secret=secret or "-" * SHORTEST_SECRET,
            clock=given.instant("CLOCK"),
            queue_cap=given.number("QUEUE_CAP", 50, 1, 10_000),
            free_starts=given.number("FREE_STARTS", 25, 0, 1_000_000),
            visitor_grace_s=given.seconds("VISITOR_GRACE_S", 60),
            mentor_grace_s=given.seconds("MENTOR_GRACE_S", 120),
            idle_timeout_s=given.seconds("IDLE_TIMEOUT_S", 45),
            session_idle_s=given.seconds("SESSION_IDLE_S", 1200),
            session_absolute_s=given.seconds("SESSION_ABSOLUTE_S", 36000),
            settle_s=given.seconds("SETTLE_S", 3),
            silence_s=given.seconds("SILENCE_S", 600),
            block_s=given.seconds("BLOCK_S", 43200),
            proxy_hops=given.number("PROXY_HOPS", 0, 0, 5),
            metrics_port=given.number("METRICS_PORT", 0, 0, 65535),
            frames_per_s=given.number("FRAMES_PER_S", 20, 1, 1_000_000),
            sockets=given.choice("SOCKETS", ("lean", "plain"), "lean"),
            live_url=given.text("LIVE_URL", "memory://"),
            records_url=given.database("RECORDS_URL", over_tls=mode == "production"),
            smtp_host=given.text("SMTP_HOST", ""),
            smtp_port=given.number("SMTP_PORT", 465, 1, 65535),
            smtp_security=given.choice("SMTP_SECURITY", ("tls", "starttls", "none"), "tls"),
            smtp_username=given.text("SMTP_USERNAME", ""),
            smtp_password=given.text("SMTP_PASSWORD", ""),
            smtp_from=given.text("SMTP_FROM", ""),
            smtp_to=given.text("SMTP_TO", ""),
        )
        prepare_data_dir(data_dir)
        if not secret:
            object.__setattr__(settings, "secret", _secret_of(data_dir))
        return settings

    @property
    def is_example(self) -> bool:
        """Say whether accounts, keys and hours may be made up."""
        return self.mode == "example"

    @property
    def is_https(self) -> bool:
        """Say whether browsers reach the service over https."""
        return self.public_origin.startswith("https://")

    @property
    def allowed_origins(self) -> frozenset[str]:
        """Return the origins whose pages may change anything here."""
        if not self.is_example:
            return frozenset({self.public_origin})
        return frozenset(
            {self.public_origin, f"http://localhost:{self.port}", f"http://127.0.0.1:{self.port}"},
        )

    @property
    def example_key_file(self) -> Path:
        """Return where the example organisation key lies, if there is one."""
        return self.data_dir / "example-organisation-key.pem"

    @property
    def example_inbox_key_file(self) -> Path:
        """Return where the example inbox key lies, if there is one."""
        return self.data_dir / "example-inbox-key.pem"

    def make_clock(self) -> SystemClock | ShiftedClock:
        """Return the clock that opening hours and sessions follow."""
        return SystemClock() if self.clock is None else ShiftedClock(self.clock)


def unknown_names(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names in the environment that begin with CHAT_ and mean nothing here: misspelt, most likely."""
    known = {f"{PREFIX}{field.name.upper()}" for field in fields(Settings)} | FOREIGN
    return tuple(sorted(name for name in environ if name.startswith(PREFIX) and name not in known))


def prepare_data_dir(data_dir: Path) -> None:
    """Make the data folder, private to its owner, and prove that it can be written to; else SettingsError."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A trial, because permissions alone say nothing about read-only file systems, nor about root.
        trial = data_dir / f".trial-{secrets.token_hex(4)}"
        os.close(os.open(trial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        trial.unlink()
    except OSError as error:
        raise SettingsError(
            f"Det går inte att skriva i datamappen {data_dir} ({error.strerror}): gör den skrivbar för användaren "
            "som kör tjänsten, eller välj en annan mapp med CHAT_DATA_DIR."
        ) from error


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that only its owner can read. Raises FileExistsError; never overwrites."""
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def _secret_of(data_dir: Path) -> str:
    file = data_dir / "secret"
    with contextlib.suppress(FileExistsError):
        write_private(file, secrets.token_urlsafe(48).encode())
    secret = file.read_text(encoding="ascii").strip()
    if len(secret) < SHORTEST_SECRET:
        raise SettingsError(
            f"Filen {file} är skadad: ta bort den, så görs en ny. Pågående samtal återfinns då inte."
        )
    return secret


def _refuse_unsafe(settings: Settings) -> None:
    """Refuse what is unsafe together; raises SettingsError."""
    if settings.session_idle_s > settings.session_absolute_s:
        raise SettingsError("CHAT_SESSION_IDLE_S är längre än CHAT_SESSION_ABSOLUTE_S: sätt den kortare.")
    _refuse_half_a_mail_server(settings)
    if settings.mode != "production":
        return
    if settings.clock is not None:
        raise SettingsError("CHAT_CLOCK får inte användas i skarp drift: ta bort den.")
    if not settings.is_https and not settings.public_origin.endswith(".onion"):
        raise SettingsError(
            f"CHAT_PUBLIC_ORIGIN är {settings.public_origin}, och skarp drift kräver https: ange adressen som "
            "besökarna ser, till exempel https://chatt.example.org."
        )
    for file in (settings.example_key_file, settings.example_inbox_key_file):
        if file.exists():
            raise SettingsError(
                f"Exempelnyckeln {file} ligger i datamappen: skarp drift ska ha en egen "
                "datamapp (CHAT_DATA_DIR), utan exempelkonton och exempelnyckel."
            )


def _refuse_half_a_mail_server(settings: Settings) -> None:
    if not settings.smtp_host:
        return
    for name in ("smtp_from", "smtp_to"):
        if "@" not in getattr(settings, name):
            raise SettingsError(
                f"CHAT_{name.upper()} är ingen e-postadress: ange den, eller ta bort CHAT_SMTP_HOST."
            )
    if settings.smtp_security == "none" and settings.smtp_host not in {"localhost", "127.0.0.1", "::1"}:
        raise SettingsError(
            "CHAT_SMTP_SECURITY är none, och det går bara till en e-postserver på samma dator: sätt tls eller starttls."
        )
