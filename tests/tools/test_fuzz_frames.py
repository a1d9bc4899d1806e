"""The fuzzing of frames: it finds a reader of two minds, and a short run of it finds nothing in ours."""

import json
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from chatservice.errors import MalformedError
from tools import fuzz_frames

ROOT = Path(__file__).resolve().parents[2]


def forgetful(_: str | bytes) -> object:
    """Read something else each time."""
    return secrets.token_hex()


def refusing_its_own(data: str | bytes) -> object:
    """Accept a frame, and refuse what was written from it."""
    if data != '{"type":"beat"}':
        raise MalformedError
    return {"type": "beat", "more": True}


def breaking(_: str | bytes) -> object:
    raise KeyError("type")


@pytest.mark.parametrize(
    ("reader", "error"),
    [(forgetful, AssertionError), (refusing_its_own, MalformedError), (breaking, KeyError)],
)
def test_a_reader_that_is_not_sound_is_found(
    reader: Callable[[str | bytes], object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        fuzz_frames.check_reader(reader, '{"type":"beat"}')


def test_every_reader_accepts_its_own_examples() -> None:
    for folder, frame in fuzz_frames.load_examples():
        assert fuzz_frames.check_reader(fuzz_frames.READERS[folder], json.dumps(frame)), (folder, frame)


def test_some_thousands_of_altered_frames_are_accepted_or_refused_and_nothing_else(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tools.fuzz_frames", "--inputs", "5000", "--seconds", "60"],
        cwd=ROOT,
        env={"TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert run.returncode == 0, run.stderr[-2000:]
    assert "DONE" in run.stderr
