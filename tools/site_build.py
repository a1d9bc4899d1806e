"""Builds the site beside its place and swaps it in whole: a mistake never publishes, and never takes the old site down.

    from tools.site_build import BuildFailed, build_site, undo

`build_site` checks the content and compresses the pages while Pelican (pelican_run.py) builds into a folder of its own
beside the output; when all are content, publication.py exchanges the two folders in one step and keeps the old one for
`undo`. Otherwise BuildFailed is raised and the old output stands untouched. When nothing has changed since the last
build it does nothing; that path imports neither Pelican nor the check.
"""

import contextlib
import hashlib
import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

from tools.pelican_run import BuildFailed, PelicanRun
from tools.publication import KEPT, NothingEarlierError, Publication, Stamp

__all__ = ["BuildFailed", "build_site", "undo"]

ROOT = Path(__file__).resolve().parent.parent
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
    "tools/film/*.py",
)


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
    """Build, check and compress at the same time, on two processors where there are two."""
    with PelicanRun(content, publication, example_pin) as pelican:
        # Imported here: Pelican is starting meanwhile, and the path that skips must stay quick.
        from tools.content_check import check
        from tools.precompressed import Precompression

        with Precompression(publication.folder, publication.output) as smaller:
            findings = check(content, made=pelican.conversions())
            if findings.errors:
                raise BuildFailed(findings.report(advice=False))
            pelican.finish(meanwhile=smaller.begin_all)
            _require(publication.folder, findings.addresses)
            try:
                smaller.finish()
            except OSError as error:
                raise BuildFailed(
                    f"Det går inte att skriva i {publication.folder} ({error.strerror}). Är disken full?"
                ) from error


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
