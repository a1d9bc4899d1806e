"""`python3 tasks.py start`, as a newcomer runs it: plain, nothing built twice, one line when something is wrong."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.running_service import free_port

READY_WITHIN_S = 120


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder where this file's starts keep their data and their site."""
    return tmp_path_factory.mktemp("home")


# Put on the path of every process of a start: packages that only development brings cannot be imported.
WITHOUT_DEVELOPMENT = """
import re, sys
from importlib.abc import MetaPathFinder
from importlib.metadata import packages_distributions
from pathlib import Path

locked = {
    re.sub(r"[-_.]+", "-", name).lower()
    for name in re.findall(r"^([\\w.-]+)==", Path("requirements.lock").read_text(), re.MULTILINE)
} | {"pip", "setuptools"}
absent = {
    package
    for package, owners in packages_distributions().items()
    if not any(re.sub(r"[-_.]+", "-", owner).lower() in locked for owner in owners)
}

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r} (development only)", name=name)

sys.meta_path.insert(0, Absent())
"""


def environ_of(home: Path, port: int) -> dict[str, str]:
    """Return the environment of a start that touches nothing outside `home`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHAT_")}
    return kept | {
        "CHAT_PORT": str(port),
        "CHAT_DATA_DIR": str(home / "var"),
        "CHAT_SITE_DIR": str(home / "output"),
        # A start that reached for the network would be refused at once.
        "PIP_NO_INDEX": "1",
    }


@contextmanager
def started(project: Path, environ: dict[str, str]) -> Iterator[list[str]]:
    """Start everything; give what was printed until it was ready."""
    process = subprocess.Popen(
        [sys.executable, "tasks.py", "start"], cwd=project, env=environ, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line.rstrip())
            if line.startswith("Klar på "):
                break
        yield lines
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(READY_WITHIN_S)
        process.stdout.close()


def built(home: Path) -> dict[str, int]:
    """Return every file of the site, and when each was written."""
    files = (each for each in (home / "output").resolve().rglob("*") if each.is_file())
    return {str(each): each.stat().st_mtime_ns for each in files}


def refused(project: Path, environ: dict[str, str]) -> str:
    """Return the one line with which a start ends."""
    ended = subprocess.run(
        [sys.executable, "tasks.py", "start"],
        cwd=project,
        env=environ,
        capture_output=True,
        text=True,
        timeout=READY_WITHIN_S,
        check=False,
    )

    assert ended.returncode != 0
    assert ended.stderr.count("\n") == 1, ended.stderr
    return ended.stderr


def test_a_busy_port_is_told_in_one_line(project: Path, home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        line = refused(project, environ_of(home, port))

    assert str(port) in line
    assert "CHAT_PORT" in line


def test_a_data_folder_that_cannot_be_written_to_is_told_in_one_line(project: Path, home: Path) -> None:
    environ = environ_of(home, free_port()) | {"CHAT_DATA_DIR": "/proc/var"}

    line = refused(project, environ)

    assert "/proc/var" in line
    assert "CHAT_DATA_DIR" in line


def test_the_first_start_gives_all_that_a_newcomer_needs_and_the_second_builds_nothing(
    project: Path, home: Path
) -> None:
    environ = environ_of(home, free_port())

    with started(project, environ) as first:
        pass
    site = built(home)
    with started(project, environ) as second:
        pass

    said = "\n".join(first)
    assert re.findall(r"^(\w+1|mentor2) \(", said, re.MULTILINE) == ["mentor1", "mentor2", "samordnare1"]
    assert len(re.findall(r"Lösenord: +\S+", said)) == 3
    assert len(re.findall(r"Engångskod nu: +\d{6}\b", said)) == 3
    assert "EXEMPEL" in said
    assert first[-1] == f"Klar på http://localhost:{environ['CHAT_PORT']}"
    assert "Lösenord: " not in "\n".join(second)
    assert site
    assert built(home) == site


def test_a_machine_that_was_never_developed_on_needs_nothing_more(project: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "sitecustomize.py").write_text(WITHOUT_DEVELOPMENT, encoding="utf-8")
    environ = environ_of(tmp_path, free_port()) | {"PYTHONPATH": str(blocked)}

    with started(project, environ) as lines:
        pass

    assert lines[-1:] == [f"Klar på http://localhost:{environ['CHAT_PORT']}"]
