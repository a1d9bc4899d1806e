"""A Valkey server of a test's own: on a private port, without a disk, ended by its process id.

Debian 12 has the same server under its older name, so either program will do. tools/engines.py installs one.
"""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import libvalkey
import pytest

from tools import engines
from tools.service_process import free_port

STARTS_WITHIN_S = 60
ANSWERS_WITHIN_S = 60


class ValkeyServer:
    """A server that can be stopped and started again on the same port, empty each time."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder = folder
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        """Return what CHAT_LIVE_URL would be."""
        return f"valkey://127.0.0.1:{self.port}/0"

    def start(self, *options: str) -> None:
        """Start the server and wait until it answers; without the program the test is skipped, under CI it fails."""
        program = engines.valkey()
        if program is None:
            if os.environ.get("CI"):
                pytest.fail("Neither Valkey nor Redis 7 is installed: see tools/engines.py")
            pytest.skip("neither Valkey nor Redis 7 is installed")
        private = ("--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--dir", str(self._folder))
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, "--port", str(self.port), *private, *self._options, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        give_up_s = time.monotonic() + STARTS_WITHIN_S
        while self._ask("PING") is None:
            assert self._process.poll() is None, (self._folder / "server.log").read_text()
            assert time.monotonic() < give_up_s, "the server does not answer"
            time.sleep(0.02)

    def stop(self) -> None:
        """End the server at once, as a machine that loses its power would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(60)
            self._process = None

    def clear(self) -> None:
        """Forget everything."""
        assert self._ask("FLUSHALL") == b"+OK\r\n"

    def command(self, *words: str) -> Any:
        """Run one command and return its answer as text and numbers."""
        reader = libvalkey.Reader(encoding="utf-8")
        with socket.create_connection(("127.0.0.1", self.port), ANSWERS_WITHIN_S) as connection:
            connection.sendall(libvalkey.pack_command(words))
            while (answer := reader.gets()) is False:
                reader.feed(connection.recv(65536))
        return answer

    def freeze(self) -> None:
        """Let the server answer nothing until `thaw`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let the server go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def keys(self) -> bytes:
        """Return the names of everything that is held, one after the other."""
        with socket.create_connection(("127.0.0.1", self.port), ANSWERS_WITHIN_S) as connection:
            connection.sendall(b"KEYS *\r\nQUIT\r\n")
            answer = b""
            while piece := connection.recv(65_536):
                answer += piece
            return answer

    def _ask(self, command: str) -> bytes | None:
        try:
            with socket.create_connection(("127.0.0.1", self.port), ANSWERS_WITHIN_S) as connection:
                connection.sendall(command.encode() + b"\r\n")
                return connection.recv(100)
        except OSError:
            return None
