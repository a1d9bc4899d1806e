"""The site's own commands: check, build, serve, publish, undo, clean. `tasks.py` calls them.

Knows where the site goes and which key is pinned in it. How it is built stands in site_build.py; what is a mistake
stands in content_check. The chat is not needed for any of this.
"""

import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from chatservice.errors import ChatError
from chatservice.organisation import load_organisation
from chatservice.settings import Settings
from tools.environment import stop
from tools.site_build import build_site
from tools.site_build import undo as undo_publication

CACHES = (
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
    ".import_linter_cache",
    ".coverage",
    "coverage",
    "test-results",
)


def check(root: Path) -> int:
    """Print every finding in the content. Return 1 when one of them would stop a build."""
    from tools.content_check import check as check_content

    findings = check_content(root / "content", today=datetime.now(ZoneInfo("Europe/Stockholm")).date())
    print(findings.report() or "Innehållet är utan anmärkning.")
    return int(bool(findings.errors))


def build(root: Path) -> None:
    """Build the site unless nothing has changed."""
    try:
        settings = Settings.from_environment(os.environ)
        built = build_for(settings)
    except ChatError as error:
        stop(str(error))
    print(
        f"Webbplatsen {'är byggd' if built else 'är redan aktuell'}: {settings.site_dir or root / 'output'}"
    )


def build_for(settings: Settings, *, respect_undo: bool = False) -> bool:
    """Build the site where the service looks for it. Return whether anything had changed. Raises ChatError.

    With `respect_undo` a site that an editor has taken back stays taken back.
    """
    if settings.site_dir is None:
        return False
    return build_site(
        settings.site_dir,
        content=settings.content_dir,
        example_pin=example_pin(settings),
        respect_undo=respect_undo,
    )


def example_pin(settings: Settings) -> str | None:
    """Return the public half of the example organisation key, made the first time; None in production."""
    if not settings.is_example:
        return None
    # Imported here: a start that finds the site unchanged is quick.
    from chatservice.organisation_key import OrganisationKey

    return OrganisationKey.load_or_create(settings.example_key_file).pin


def serve(root: Path) -> None:
    """Become the live preview of site and chat on CHAT_PORT."""
    os.chdir(root)
    command = [sys.executable, "-m", "tools.preview"]
    if sys.platform == "win32":
        sys.exit(subprocess.call(command))
    os.execv(sys.executable, command)  # noqa: S606


def publish(root: Path) -> None:
    """Build the site for production into CHAT_SITE_DIR (output/ by default), in one step or not at all."""
    content = Path(os.environ.get("CHAT_CONTENT_DIR") or root / "content")
    output = Path(os.environ.get("CHAT_SITE_DIR") or root / "output")
    try:
        organisation = load_organisation(content)
        if not organisation.keys.pinned:
            stop(
                "Ingen organisationsnyckel är angiven: skriv dess publika del i content/data/organisation.toml under "
                "[keys] pinned (python -m chatservice organisation-key new gör en)."
            )
        if organisation.contact.example:
            stop(
                "Kontaktvägarna är exempel: skriv de riktiga i content/data/organisation.toml och sätt example = false."
            )
        built = build_site(output, content=content)
    except ChatError as error:
        stop(str(error))
    print(f"Webbplatsen {'är publicerad' if built else 'är redan publicerad'}: {output}")


def undo(root: Path) -> None:
    """Put the site back as it was before the latest publication; the pages in content/ are not touched."""
    output = Path(os.environ.get("CHAT_SITE_DIR") or root / "output")
    try:
        undo_publication(output)
    except ChatError as error:
        stop(str(error))
    print(
        f"Webbplatsen är som före den senaste publiceringen: {output}\n"
        "Sidorna i content/ är orörda. Rätta dem och kör: python3 tasks.py publish"
    )


def clean(root: Path) -> None:
    """Remove what was built and cached."""
    for folder in [root / "output", *root.glob("output.*"), *(root / name for name in CACHES)]:
        if folder.is_file():
            folder.unlink()
        elif folder.exists():
            shutil.rmtree(folder)
    for folder in [*root.glob("*/**/__pycache__"), root / "__pycache__"]:
        if ".venv" not in folder.parts and "node_modules" not in folder.parts:
            shutil.rmtree(folder, ignore_errors=True)
