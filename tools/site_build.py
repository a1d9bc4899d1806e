"""Builds the site beside its place and swaps it in whole: a mistake never publishes, and never takes the old site down.

    from tools.site_build import BuildFailed, build_site

`build_site` checks the content, lets Pelican build into a folder of its own beside the output, and exchanges the two
folders in one step. When the check or Pelican fails it raises BuildFailed and the old output stands untouched. When
nothing has changed since the last build it does nothing; that path imports neither Pelican nor the check.
"""

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from chatservice.errors import ChatError

ROOT = Path(__file__).resolve().parent.parent
BUILD_TIMEOUT_S = 300
STAMP = ".build-stamp"
LARGE_BYTES = 1_000_000
"""A larger file (a film) is compared by size and time instead of being read."""

# What decides what the site looks like, beside content/ and theme/.
SOURCES = (
    "pelicanconf.py",
    "requirements.lock",
    "chatservice/data_files.py",
    "chatservice/domain/opening_hours.py",
    "chatservice/domain/opening_words.py",
    "chatservice/organisation.py",
    "chatservice/theming.py",
    "tools/site_build.py",
    "tools/sitemap.py",
    "tools/stylesheet.py",
)
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


class BuildFailed(ChatError):  # noqa: N818 (says what happened)
    """Nothing was published. The text is Swedish, one finding or reason a line, each with its remedy."""

    code = "build"


def build_site(output: Path, *, content: Path = ROOT / "content", example_pin: str | None = None) -> bool:
    """Publish the site into `output` and return True, or return False when it is up to date already.

    `example_pin` is the public half (b64) of the example organisation key, pinned where content/data pins none.
    `output` is a real folder and may be served meanwhile. Raises BuildFailed; the old output is then as before.
    """
    output, content = output.absolute(), content.absolute()
    stamp = _stamp(content, example_pin)
    if _published_stamp(output) == stamp:
        return False
    addresses = _check(content)
    output.parent.mkdir(parents=True, exist_ok=True)
    try:
        fresh = Path(tempfile.mkdtemp(prefix=f"{output.name}.", dir=output.parent))
    except OSError as error:
        raise BuildFailed(f"Det går inte att skriva i {output.parent} ({error.strerror}).") from error
    try:
        _run_pelican(content, fresh, example_pin)
        _require(fresh, addresses)
        (fresh / STAMP).write_text(stamp, "utf-8")
        fresh.chmod(0o755)
        _swap(fresh, output)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return True


def _check(content: Path) -> list[str]:
    """Check the content and return the addresses that the site must have."""
    from tools.content_check import check  # imported here: the path that skips must stay quick

    findings = check(content)
    if findings.errors:
        raise BuildFailed(findings.report(advice=False))
    return findings.addresses


def _require(folder: Path, addresses: list[str]) -> None:
    """Refuse a build in which Pelican left a page out, which it can do without calling it an error."""
    missing = [
        address
        for address in addresses
        if not (folder / address.strip("/") / ("index.html" if address.endswith("/") else "")).is_file()
    ]
    if missing:
        raise BuildFailed(
            f"Pelican byggde inte {', '.join(missing)}. Kör: python -m pelican content --verbose"
        )


def _run_pelican(content: Path, folder: Path, example_pin: str | None) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "CHAT_EXAMPLE_PIN"}
    environment |= {"CHAT_CONTENT_DIR": str(content), "NO_COLOR": "1", "COLUMNS": "200"}
    if example_pin:
        environment["CHAT_EXAMPLE_PIN"] = example_pin
    command = [sys.executable, "-m", "pelican", str(content), "--settings", "pelicanconf.py"]
    command += ["--output", str(folder), "--fatal", "errors", "--quiet"]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=BUILD_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BuildFailed(f"Bygget tog mer än {BUILD_TIMEOUT_S} sekunder och avbröts.") from error
    if done.returncode != 0:
        lines = [line.rstrip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise BuildFailed("Pelican kunde inte bygga webbplatsen:\n" + "\n".join(lines[-12:]))


def _swap(fresh: Path, output: Path) -> None:
    """Put a folder in the place of another, the old one where the fresh one was; in one step where Linux can."""
    if not output.exists():
        fresh.rename(output)
        return
    if _exchange(fresh, output):
        return
    aside = Path(f"{fresh}.old")
    output.rename(aside)
    fresh.rename(output)
    aside.rename(fresh)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders with renameat2(2); False where system or file system has no such step."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    arguments = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return renameat2(*arguments) == 0


def _published_stamp(output: Path) -> str | None:
    try:
        return (output / STAMP).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _stamp(content: Path, example_pin: str | None) -> str:
    digest = hashlib.sha256(f"{sys.version}\0{content}\0{example_pin or ''}\0".encode())
    for path in _inputs(content):
        try:
            status = path.stat()
        except FileNotFoundError:  # an editor's temporary file
            continue
        digest.update(f"{path}\0".encode())
        if status.st_size > LARGE_BYTES:
            digest.update(f"{status.st_size} {status.st_mtime_ns}".encode())
        else:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _inputs(content: Path) -> Iterator[Path]:
    for folder in (content, ROOT / "theme"):
        for parent, folders, names in os.walk(folder):
            folders.sort()
            yield from (Path(parent, name) for name in sorted(names))
    yield from (path for name in SOURCES if (path := ROOT / name).is_file())
