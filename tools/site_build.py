"""Builds the site beside its place and swaps it in whole: a mistake never publishes, and never takes the old site down.

    from tools.site_build import BuildFailed, build_site, undo

`build_site` checks the content while Pelican builds into a folder of its own beside the output; when both are content,
publication.py exchanges the two folders in one step and keeps the old one for `undo`. Otherwise BuildFailed is raised
and the old output stands untouched. When nothing has changed since the last build it does nothing; that path imports
neither Pelican nor the check.
"""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

from chatservice.errors import ChatError
from tools.publication import KEPT, NothingEarlierError, Publication, Stamp

ROOT = Path(__file__).resolve().parent.parent
BUILD_TIMEOUT_S = 300
MANY_PAGES = 200
"""From here on Pelican tells the check what it made of each page: reading twice would cost more than waiting."""
CONVERSIONS = "conversions.json"
CONVERSIONS_EVERY_S = 0.02
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
    "chatservice/translations/**/*.[mp]o",
    "tools/*.py",
)


class BuildFailed(ChatError):  # noqa: N818 (says what happened)
    """Nothing was published. The text is Swedish, one finding or reason a line, each with its remedy."""

    code = "build"


def build_site(
    output: Path,
    *,
    content: Path = ROOT / "content",
    example_pin: str | None = None,
    keep: int = KEPT,
    respect_undo: bool = False,
) -> bool:
    """Publish the site into `output` and return True, or return False when it is up to date already.

    `example_pin` is the public half (b64) of the example organisation key, pinned where content/data pins none.
    `output` is a real folder and may be served meanwhile; `keep` earlier sites are kept beside it. With `respect_undo`
    a site that somebody has taken back is left alone until the content changes. Raises BuildFailed; the old output is
    then as before.
    """
    output, content = output.absolute(), content.absolute()
    digest = _digest(content, example_pin)
    published = Stamp.read(output)
    if published and (published.digest == digest or (respect_undo and published.undone == digest)):
        return False
    with _publication(output, keep) as publication:
        _make(content, publication, example_pin)
        publication.publish(digest)
    return True


def undo(output: Path) -> None:
    """Put the site back as it was before the latest publication. Raises BuildFailed when there is no earlier one."""
    output = output.absolute()
    with _publication(output, KEPT) as publication:
        try:
            publication.undo()
        except NothingEarlierError as error:
            raise BuildFailed(
                f"Det finns ingen tidigare version av {output}: webbplatsen är kvar som den är. Rätta sidorna i "
                "content/ och publicera igen."
            ) from error


@contextlib.contextmanager
def _publication(output: Path, keep: int) -> Generator[Publication]:
    with contextlib.ExitStack() as stack:
        try:
            publication = stack.enter_context(Publication(output, keep))
        except OSError as error:
            raise BuildFailed(f"Det går inte att skriva i {output.parent} ({error.strerror}).") from error
        yield publication


def _make(content: Path, publication: Publication, example_pin: str | None) -> None:
    """Check and build at the same time, on two processors where there are two."""
    pelican = _start_pelican(content, publication, example_pin)
    try:
        addresses = _check(content, _conversions(content, publication, pelican))
        _finish_pelican(pelican)
    finally:
        if pelican.poll() is None:
            pelican.kill()
        pelican.communicate()
    _require(publication.folder, addresses)
    _precompress(publication)


def _conversions(content: Path, publication: Publication, pelican: "subprocess.Popen[str]") -> dict[str, str]:
    """Wait until Pelican has read many pages, and take over what it made of them; nothing when it cannot read."""
    if not _has_many_pages(content):
        return {}
    file = publication.versions / CONVERSIONS
    while not file.exists():
        with contextlib.suppress(subprocess.TimeoutExpired):
            pelican.wait(CONVERSIONS_EVERY_S)
            return {}
    html: dict[str, str] = json.loads(file.read_text("utf-8"))
    file.unlink()
    return html


def _has_many_pages(content: Path) -> bool:
    return sum(1 for _ in (content / "pages").rglob("*.md")) >= MANY_PAGES


def _check(content: Path, conversions: dict[str, str]) -> list[str]:
    """Check the content and return the addresses that the site must have."""
    from tools.content_check import check  # imported here: the path that skips must stay quick

    findings = check(content, made=conversions)
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


def _precompress(publication: Publication) -> None:
    from tools.precompressed import precompress  # imported here: the path that skips must stay quick

    try:
        precompress(publication.folder, earlier=publication.output)
    except OSError as error:
        raise BuildFailed(
            f"Det går inte att skriva i {publication.folder} ({error.strerror}). Är disken full?"
        ) from error


def _start_pelican(
    content: Path, publication: Publication, example_pin: str | None
) -> "subprocess.Popen[str]":
    environment = {name: value for name, value in os.environ.items() if name != "CHAT_EXAMPLE_PIN"}
    environment |= {"CHAT_CONTENT_DIR": str(content), "NO_COLOR": "1", "COLUMNS": "200"}
    if example_pin:
        environment["CHAT_EXAMPLE_PIN"] = example_pin
    if _has_many_pages(content):
        conversions = publication.versions / CONVERSIONS
        conversions.unlink(missing_ok=True)
        environment["CHAT_CONVERSIONS"] = str(conversions)
    command = [sys.executable, "-m", "pelican", str(content), "--settings", "pelicanconf.py"]
    command += ["--output", str(publication.folder), "--fatal", "errors", "--quiet"]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Should this process be killed, Pelican keeps the lock until it has ended as well.
        pass_fds=() if sys.platform == "win32" else (publication.lock,),
    )


def _finish_pelican(pelican: "subprocess.Popen[str]") -> None:
    try:
        said, _ = pelican.communicate(timeout=BUILD_TIMEOUT_S)
    except subprocess.TimeoutExpired as error:
        raise BuildFailed(f"Bygget tog mer än {BUILD_TIMEOUT_S} sekunder och avbröts.") from error
    if pelican.returncode != 0:
        lines = [line.rstrip() for line in said.splitlines() if line.strip()]
        raise BuildFailed("Pelican kunde inte bygga webbplatsen:\n" + "\n".join(lines[-12:]))


def _digest(content: Path, example_pin: str | None) -> str:
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
    for pattern in SOURCES:
        yield from sorted(ROOT.glob(pattern))
