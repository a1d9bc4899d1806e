"""The markup of saved pages before two judges: html-validate and the Nu HTML checker."""

import re
import shutil
import subprocess
from pathlib import Path

TIMEOUT_S = 120
# Safari takes the meaning of a list away with its bullets; the role gives it back.
ACCEPTED = re.compile(r"The “list” role is unnecessary for element")


def html_validate(node: str, root: Path, pages: Path) -> list[str]:
    """List what html-validate says, one line each."""
    return _lines(
        root, node, "node_modules/html-validate/bin/html-validate.mjs",
        "--config", "tools/page_quality/html_rules.mjs", "--formatter", "text", str(pages),
    )  # fmt: skip


def nu_checker(folder: Path, pages: Path) -> list[str] | None:
    """List what the Nu checker says, warnings too; None without Java."""
    java = shutil.which("java")
    if java is None:
        return None
    said = _lines(
        folder, java, "-Xss4m", "-jar", "node_modules/vnu-jar/build/dist/vnu.jar", "--format", "gnu",
        "--skip-non-html", str(pages),
    )  # fmt: skip
    return [line for line in said if not ACCEPTED.search(line)]


def _lines(root: Path, *command: str) -> list[str]:
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    said = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return said if said or done.returncode == 0 else [f"{command[0]} slutade med {done.returncode}"]
