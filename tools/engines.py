"""The servers that tests start for themselves (Valkey or Redis, PostgreSQL, nginx): where they are, how to get them.

Knows the usual names and, through `browsers.install`, Debian's package manager. Knows nothing of the tests, and starts
nothing: a package that would start its service while it is installed is kept from it (`no_service_starts`).
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools import browsers

OLDEST_VALKEY: Final = 7
"""Redis 7 is what Debian 12 has; Valkey began at 7.2."""
OLDEST_POSTGRESQL: Final = 13
POLICY: Final = Path("usr/sbin/policy-rc.d")
"""Debian's packages ask this program whether a service may be started; status 101 means no."""
_NO_SERVICE: Final = (
    "#!/bin/sh\n# Set here while the tests install their servers; taken away afterwards.\nexit 101\n"
)


def valkey() -> str | None:
    """Return the path of a server of Valkey or Redis: the one named by VALKEY, else the machine's own, else None."""
    return _first_new("VALKEY", ("valkey-server", "redis-server"), OLDEST_VALKEY)


def nginx() -> str | None:
    """Return the path of an nginx: the one named by NGINX, else the machine's own, else None."""
    # Debian keeps it where only root's PATH looks.
    return _first_new("NGINX", ("nginx",), 1, "-v", elsewhere=(Path("/usr/sbin"),))


def postgresql(root: Path = Path("/")) -> str | None:
    """Return the folder of PostgreSQL's programs: named by POSTGRESQL, else the newest of Debian's, else PATH's."""
    named = os.environ.get("POSTGRESQL")
    if named:
        folders = [Path(named)]
    else:
        packaged = (root / "usr/lib/postgresql").glob("*/bin")
        folders = sorted(packaged, key=lambda folder: _number(folder.parent.name), reverse=True)
        on_path = shutil.which("initdb")
        folders += [Path(on_path).resolve().parent] if on_path else []
    return next((str(folder) for folder in folders if _is_postgresql(folder)), None)


def install_valkey() -> str:
    """Install a server through apt-get where that is possible. Return an empty string, or what a person must do."""
    # Debian 13 has valkey-server too; redis-server is in both, and the service speaks with either.
    with no_service_starts():
        return browsers.install(valkey, "Valkey eller Redis 7", "VALKEY", "redis-server")


def install_postgresql() -> str:
    """Install PostgreSQL through apt-get where that is possible. Return an empty string, or what a person must do."""
    with no_service_starts():
        return browsers.install(
            postgresql, f"PostgreSQL {OLDEST_POSTGRESQL} eller nyare", "POSTGRESQL", "postgresql"
        )


def install_nginx() -> str:
    """Install nginx through apt-get where that is possible. Return an empty string, or what a person must do."""
    with no_service_starts():
        return browsers.install(nginx, "nginx", "NGINX", "nginx-light")


@dataclass(frozen=True, slots=True)
class Engine:
    """A server that tests need. `variable` names it in their environment, `tests` says which tests it is for."""

    variable: str
    tests: str
    find: Callable[[], str | None]
    install: Callable[[], str]


ENGINES: Final = (
    Engine("VALKEY", "Proven mot Valkey", valkey, install_valkey),
    Engine("POSTGRESQL", "Proven mot PostgreSQL", postgresql, install_postgresql),
    Engine("NGINX", "Proven bakom nginx", nginx, install_nginx),
)


def make_ready() -> tuple[dict[str, str], list[str]]:
    """Find every engine, or install it. Return what tests find them by, and what a person must do about the others."""
    found: dict[str, str] = {}
    missing: list[str] = []
    for engine in ENGINES:
        path = engine.find()
        remedy = "" if path else engine.install()
        if remedy:
            missing.append(f"{engine.tests}: {remedy}")
        else:
            found[engine.variable] = path or engine.find() or ""
    return found, missing


@contextmanager
def no_service_starts(root: Path = Path("/")) -> Generator[None]:
    """Let no package start its service while it is installed, unless somebody has said already what may start."""
    policy = root / POLICY
    try:
        with policy.open("x", encoding="utf-8") as file:
            file.write(_NO_SERVICE)
        policy.chmod(0o755)
    except OSError:
        # There is one already (containers have it), or this is not root on Debian: then nothing is installed.
        yield
        return
    try:
        yield
    finally:
        policy.unlink(missing_ok=True)


def _first_new(
    variable: str,
    names: tuple[str, ...],
    oldest: int,
    asks: str = "--version",
    elsewhere: tuple[Path, ...] = (),
) -> str | None:
    named = os.environ.get(variable)
    candidates = [named] if named else [shutil.which(name) for name in names]
    if not named:
        candidates += [str(folder / name) for folder in elsewhere for name in names]
    return next((path for path in candidates if path and _major(path, asks) >= oldest), None)


def _is_postgresql(folder: Path) -> bool:
    programs = [folder / name for name in ("initdb", "postgres")]
    return all(program.is_file() for program in programs) and (
        _major(str(programs[1]), "--version") >= OLDEST_POSTGRESQL
    )


def _major(path: str, asks: str) -> int:
    """Return the number before the first dot of what a program says of its version; 0 when it says none."""
    try:
        said = subprocess.run([path, asks], check=False, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    return _number(said.stdout + said.stderr)


def _number(words: str) -> int:
    number = re.search(r"\d+", words)
    return int(number[0]) if number else 0
