"""A machine that lacks something: one clear line with the remedy, and nothing half made is left in the way."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ABSENT = "a-package-that-nobody-can-reach==1.0 --hash=sha256:" + "0" * 64 + "\n"


@pytest.fixture
def clone(tmp_path: Path, project: Path) -> Path:
    """Return a folder with the commands alone, and lock files that ask for nothing."""
    root = tmp_path / "clone"
    (root / "tools").mkdir(parents=True)
    for name in ("tasks.py", "tools/__init__.py", "tools/environment.py"):
        shutil.copy(project / name, root / name)
    for name in ("requirements.lock", "requirements-dev.lock"):
        (root / name).write_text("# nothing\n")
    return root


def run(root: Path, code: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """Run tasks.py as a newcomer would, with the machine's own Python; or a few lines about it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    python = getattr(sys, "_base_executable", sys.executable)
    return subprocess.run(
        [python, *(["-c", code] if code else ["tasks.py", "--list"])],
        cwd=root,
        env=kept | environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_old_python_is_told_which_one_is_needed(clone: Path) -> None:
    old = (
        "import sys; sys.version_info = (3, 9, 2); exec(compile(open('tasks.py').read(), 'tasks.py', 'exec'))"
    )

    ended = run(clone, old)

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "Python 3.11 eller nyare" in ended.stderr
    assert "3.9" in ended.stderr


def test_a_python_without_venv_is_told_what_to_install(clone: Path) -> None:
    split = clone / "split"
    split.mkdir()
    (split / "ensurepip.py").write_text("raise ImportError\n")

    ended = run(clone, PYTHONPATH=str(split))

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "sudo apt install python3-venv" in ended.stderr
    assert not (clone / ".venv").exists()


def test_a_missing_lock_file_is_told(clone: Path) -> None:
    (clone / "requirements.lock").unlink()

    ended = run(clone)

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "requirements.lock" in ended.stderr


@pytest.mark.slow
def test_without_a_network_there_is_one_line_and_the_next_try_mends_what_was_half_made(clone: Path) -> None:
    (clone / ".venv/bin").mkdir(parents=True)
    (clone / ".venv/bin/python").symlink_to(clone / "gone")
    (clone / "requirements.lock").write_text(ABSENT)
    offline = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
    }

    refused = run(clone, **offline)
    (clone / "requirements.lock").write_text("# nothing\n")
    mended = run(
        clone,
        "from pathlib import Path; from tools import environment as e; e.ensure(Path.cwd(), 'requirements.lock')",
    )
    again = run(
        clone,
        "from pathlib import Path; from tools import environment as e; e.ensure(Path.cwd(), 'requirements.lock')",
    )

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "kontrollera nätet" in refused.stderr
    assert mended.returncode == 0, mended.stderr
    assert "Installerar" in mended.stdout
    assert (again.returncode, again.stdout) == (0, "")
