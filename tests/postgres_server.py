"""A real PostgreSQL for tests: a private folder, a free port of this machine, ended by its process id.

Knows PostgreSQL's own programs, which `tools/engines.py` finds or installs. Knows nothing of our tables. PostgreSQL
refuses to run as root: then it runs as another user of this machine. Its letters are sorted as Swedes do, so that a
test notices whatever depends on a database's own order.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.running_service import free_port
from tools import engines

START_TIMEOUT_S = 120
_OWNERS = ("postgres", "nobody")
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "autovacuum": "off",
    "listen_addresses": "127.0.0.1",
    "logging_collector": "off",
}


class PostgresServer:
    """One server with the superuser `owner`, whose password is `example`; start it, stop it, freeze it."""

    def __init__(self, programs: str) -> None:
        self.port = free_port()
        self._programs = Path(programs)
        self._owner = _unprivileged_user()
        # Who is not root may have no way into root's own folder, where TMPDIR may lead.
        self._folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp" if self._owner else None))
        self._process: subprocess.Popen[bytes] | None = None
        if self._owner is not None:
            shutil.chown(self._folder, self._owner)
        password = self._folder / "password"
        password.write_text("example\n", encoding="ascii")
        if self._owner is not None:  # who reads it, whatever the umask lets others do
            shutil.chown(password, self._owner)
        options = self._run("initdb", "--help")
        self._run(
            "initdb",
            *("--pgdata", str(self._folder / "data"), "--username", "owner", "--pwfile", str(password)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
            # Before PostgreSQL 15 there is one order of letters for all.
            *(("--locale-provider", "icu", "--icu-locale", "sv") if "--icu-locale" in options else ()),
        )

    def url(self, database: str = "postgres", user: str = "owner") -> str:
        """Return what CHAT_RECORDS_URL is for a database here; every user's password is `example`."""
        return f"postgresql+asyncpg://{user}:example@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and return when it answers."""
        options = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [
            *(str(self._programs / "postgres"), "-D", str(self._folder / "data"), "-p", str(self.port)),
            *("-k", str(self._folder), *options),
        ]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self._owner,
                group=_group_of(self._owner),
                extra_groups=[] if self._owner else None,
                cwd=self._folder,
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(
                    f"PostgreSQL did not start:\n{(self._folder / 'log').read_text('utf-8', 'replace')}"
                )
            time.sleep(0.02)  # a server that comes up gives no event to wait for

    def stop(self) -> None:
        """End the server at once, with every connection to it; one that has ended is left alone."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGINT)  # PostgreSQL's "fast" shutdown
        try:
            process.wait(START_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(START_TIMEOUT_S)

    def freeze(self) -> None:
        """Let the server keep its connections and say nothing more: it, and the process behind each connection."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        self._signal_all(signal.SIGCONT)

    def sql(
        self, statement: str, database: str = "postgres", variables: Mapping[str, str] | None = None
    ) -> str:
        """Run statements as the superuser; return what they print, bare."""
        given = {"ON_ERROR_STOP": "1", **(variables or {})}
        return self._run(
            "psql",
            *("--no-psqlrc", "--tuples-only", "--no-align"),
            *(part for name, value in given.items() for part in ("--set", f"{name}={value}")),
            *("--host", "127.0.0.1", "--port", str(self.port), "--username", "owner", database),
            given=statement,
        ).strip()

    def dump(self, database: str) -> str:
        """Return everything that a database holds, as its own tool writes it."""
        address = self.url(database).replace("postgresql+asyncpg", "postgresql")
        return self._run("pg_dump", "--data-only", address)

    def remove(self) -> None:
        """End the server and remove its folder."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return self.sql("SELECT 1") == "1"
        except (RuntimeError, OSError):
            return False

    def _signal_all(self, with_signal: signal.Signals) -> None:
        if self._process is None:
            raise RuntimeError("The server does not run.")
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text("ascii")
        for pid in (self._process.pid, *map(int, children.split())):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, with_signal)

    def _run(self, program: str, *arguments: str, given: str = "") -> str:
        command: Sequence[str] = (str(self._programs / program), *arguments)
        done = subprocess.run(
            command,
            input=given,
            capture_output=True,
            text=True,
            timeout=START_TIMEOUT_S,
            check=False,
            user=self._owner,
            group=_group_of(self._owner),
            extra_groups=[] if self._owner else None,
            cwd=self._folder,
            env={**os.environ, "PGPASSWORD": "example", "LC_ALL": "C.UTF-8"},
        )
        if done.returncode != 0:
            raise RuntimeError(f"{program} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout


def programs() -> str:
    """Return the folder of PostgreSQL's programs; without them skip the test, or fail where CI says so."""
    found = engines.postgresql()
    if found is None:
        wanted = "PostgreSQL saknas: kör proven med python3 tasks.py test, som säger hur det installeras."
        if os.environ.get("CI") == "true":
            pytest.fail(wanted)
        pytest.skip(wanted)
    return found


def _unprivileged_user() -> str | None:
    """Return the user to run as: somebody else when this is root, None for oneself."""
    if os.geteuid() != 0:
        return None
    for name in _OWNERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise RuntimeError("No user but root on this machine.")


def _group_of(user: str | None) -> int | None:
    return None if user is None else pwd.getpwnam(user).pw_gid
