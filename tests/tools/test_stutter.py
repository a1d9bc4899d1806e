"""A command on a machine that pauses: it ends as it would have, and nobody is left standing."""

import os
import subprocess
import sys

import pytest

from tools.stutter import main, stopped, tree_of

READER = "import sys; sys.stdin.read()"
PARENT = (
    f"import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', {READER!r}]); "
    "print(child.pid, flush=True); child.wait()"
)


def test_the_commands_own_status_is_given_on() -> None:
    pauses = ["--longest", "0.05", "--every", "0.01"]

    assert main([*pauses, "--", sys.executable, "-c", "raise SystemExit(3)"]) == 3


def test_who_is_stopped_goes_on_also_when_the_pause_is_broken_off() -> None:
    with subprocess.Popen([sys.executable, "-c", READER], stdin=subprocess.PIPE) as child:
        with pytest.raises(KeyboardInterrupt), stopped([child.pid]):
            # Returns when the child stands still, and never otherwise.
            os.waitid(os.P_PID, child.pid, os.WSTOPPED)
            raise KeyboardInterrupt
        try:
            child.communicate(timeout=60)
        finally:
            child.kill()

    assert child.returncode == 0


def test_what_the_command_has_started_is_stopped_with_it() -> None:
    # The child of the child reads the same pipe, and both end when it is closed.
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        grandchild = int(child.stdout.readline())
        tree = tree_of(child.pid)
        child.communicate(timeout=60)

    assert tree == [child.pid, grandchild]
