"""The project's own Python environment: made from the lock files, mended when half made, entered by `tasks.py`.

Knows `.venv`, the two lock files and the stamps beside them. Knows nothing of what runs inside. Imports only the
standard library, because it runs before anything else exists. Every failure is one line with its remedy.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import NoReturn

INSTALL_TIMEOUT_S = 1200
RUNTIME_LOCK = "requirements.lock"
DEVELOPMENT_LOCK = "requirements-dev.lock"
OFFLINE_SIGNS = (
    "Temporary failure in name resolution",
    "Name or service not known",
    "NameResolutionError",
    "NewConnectionError",
    "ConnectTimeoutError",
    "ProxyError",
    "Network is unreachable",
    "No matching distribution found",
)


def stop(line: str) -> NoReturn:
    """End the program with one line for a person, on standard error, and status 1."""
    sys.exit(line)


def enter(root: Path, arguments: list[str]) -> None:
    """Return at once inside an up-to-date `.venv`; else make it so and start the program again inside it."""
    ensure(root, RUNTIME_LOCK)
    venv = root / ".venv"
    if Path(sys.prefix).resolve() == venv.resolve():
        return
    python = python_of(venv)
    command = [str(python), str(root / "tasks.py"), *arguments[1:]]
    sys.stdout.flush()
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(python, command)


def install_development(root: Path) -> None:
    """Install what checks and tests need into the same `.venv`, unless it is there already."""
    ensure(root, DEVELOPMENT_LOCK)


def python_of(venv: Path) -> Path:
    """Return the path of an environment's interpreter."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ensure(root: Path, lock: str) -> None:
    """Make `.venv` hold exactly what a lock file says; costs a millisecond when it already does."""
    stamp, wanted = root / ".venv" / f".{lock}.stamp", _wanted(root / lock)
    if _is_stamped(root, stamp, wanted):
        return
    try:
        with _only_one_at_a_time(root):
            # Another start may have done it while this one waited.
            if not _is_stamped(root, stamp, wanted):
                _make(root)
                _install(root, lock)
                stamp.write_text(wanted, encoding="utf-8")
    except KeyboardInterrupt:
        stop("Avbrutet. Kör samma kommando igen, så fortsätter det där det slutade.")


def _wanted(lock: Path) -> str:
    try:
        return hashlib.sha256(lock.read_bytes()).hexdigest()
    except OSError:
        stop(f"Filen {lock.name} saknas eller går inte att läsa: hämta projektet på nytt.")


def _is_stamped(root: Path, stamp: Path, wanted: str) -> bool:
    try:
        return stamp.read_text(encoding="utf-8") == wanted and python_of(root / ".venv").exists()
    except OSError:
        return False


@contextlib.contextmanager
def _only_one_at_a_time(root: Path) -> Generator[None]:
    """Hold the project folder while installing, so that two commands at once do not spoil each other's work."""
    if os.name == "nt":
        yield
        return
    import fcntl

    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _make(root: Path) -> None:
    """Make `.venv`, or make it anew when its interpreter or its pip does not run."""
    venv = root / ".venv"
    if _runs(python_of(venv), "-m", "pip", "--version"):
        return
    if not _runs(Path(sys.executable), "-c", "import venv, ensurepip"):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        stop(
            f"Pythons modul venv saknas. Kör först: sudo apt install python3-venv (eller python{version}-venv), "
            "och sedan samma kommando igen."
        )
    print("Skapar en egen miljö i .venv …", flush=True)
    try:
        # A half-made environment is thrown away; it holds nothing that the lock cannot bring back.
        if venv.is_symlink():
            venv.unlink()
        elif venv.exists():
            shutil.rmtree(venv)
        made = subprocess.run(
            [sys.executable, "-m", "venv", str(venv)],
            check=False,
            timeout=INSTALL_TIMEOUT_S,
            capture_output=True,
        )
    except OSError as error:
        stop(f"Det går inte att skriva i {root} ({error.strerror}): gör mappen skrivbar och försök igen.")
    if made.returncode != 0:
        reason = _last_line(made.stderr.decode(errors="replace") or made.stdout.decode(errors="replace"))
        stop(
            f"Det gick inte att skapa .venv ({reason}): se till att mappen är skrivbar och att disken har plats."
        )


def _runs(*command: str | Path) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True, timeout=120).returncode == 0
    except OSError:
        return False


def _install(root: Path, lock: str) -> None:
    print(f"Installerar det som står i {lock} (någon minut första gången) …", flush=True)
    command = [
        str(python_of(root / ".venv")), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--no-input", "--retries", "2", "--require-hashes", "--only-binary", ":all:", "-r", str(root / lock),
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, check=False, timeout=INSTALL_TIMEOUT_S, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        stop("Installationen tog för lång tid: kontrollera nätet och kör samma kommando igen.")
    if done.returncode == 0:
        return
    output = done.stderr.decode(errors="replace")
    if any(sign in output for sign in OFFLINE_SIGNS):
        stop(
            "Installationen nådde inte Pythons paketarkiv: kontrollera nätet (eller proxyn) och kör samma kommando "
            "igen. Det som redan hämtats är kvar."
        )
    stop(f"Installationen misslyckades: {_last_line(output)} Rätta felet och kör samma kommando igen.")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines
    return errors[-1] if errors else "okänt fel"
