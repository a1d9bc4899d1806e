"""A shell for tests of commands: it runs them in one data folder and keeps what they say."""

import io
import sys
from pathlib import Path

import pytest

from chatservice import cli
from chatservice.settings import Settings

PASSWORD = "exempel-lösenord"


class Shell:
    """Runs commands in one data folder and keeps what they say."""

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.folder = folder
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        monkeypatch.setenv("CHAT_DATA_DIR", str(folder))
        self.out, self.err = "", ""

    def run(self, *arguments: str, given: str = "") -> int:
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        status = cli.main(arguments)
        self.out, self.err = self._capsys.readouterr()
        return status

    def refuse(self, *arguments: str, given: str = "") -> str:
        assert self.run(*arguments, given=given) == 1
        assert self.out == ""
        assert self.err.count("\n") == 1
        return self.err

    def add(self, username: str = "exempel", role: str = "mentor") -> str:
        assert self.run("account", "add", "--role", role, "--username", username, given=f"{PASSWORD}\n") == 0
        return self.out

    def settings(self) -> Settings:
        return Settings.from_environment({"CHAT_DATA_DIR": str(self.folder)})


@pytest.fixture
def shell(tmp_path, capsys, monkeypatch):
    return Shell(tmp_path / "var", capsys, monkeypatch)


@pytest.fixture
def production(shell, monkeypatch):
    monkeypatch.setenv("CHAT_MODE", "production")
    monkeypatch.setenv("CHAT_SECRET", "x" * 40)
    monkeypatch.setenv("CHAT_PUBLIC_ORIGIN", "https://chatt.example.org")
    return shell
