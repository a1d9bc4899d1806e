"""A backup is whole, private and restores; it is never written over anything."""

import stat

import pytest


def test_a_backup_restores_what_was_there_and_nothing_that_came_later(shell, tmp_path):
    copy = tmp_path / "copy.sqlite3"
    shell.add("tidig")
    assert shell.run("backup", str(copy)) == 0
    shell.add("sen")

    records = shell.folder / "records.sqlite3"
    for file in shell.folder.glob("records.sqlite3*"):
        file.unlink()
    copy.rename(records)

    assert shell.run("account", "list") == 0
    assert "tidig" in shell.out
    assert "sen" not in shell.out


def test_a_backup_is_one_file_that_only_its_owner_can_read(shell, tmp_path):
    copy = tmp_path / "copy.sqlite3"
    shell.add()

    assert shell.run("backup", str(copy)) == 0

    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.glob("copy.sqlite3*")] == ["copy.sqlite3"]


@pytest.mark.parametrize(
    ("file", "told"), [("taken", "finns redan"), ("nowhere/copy.sqlite3", "kan inte skrivas")]
)
def test_a_backup_that_cannot_be_written_says_why(shell, tmp_path, file, told):
    shell.add()
    (tmp_path / "taken").write_text("önskelista")

    assert told in shell.refuse("backup", str(tmp_path / file))
    assert (tmp_path / "taken").read_text() == "önskelista"


def test_a_damaged_database_gives_no_backup(shell, tmp_path):
    copy = tmp_path / "copy.sqlite3"
    shell.add()
    records = shell.folder / "records.sqlite3"
    for journal in shell.folder.glob("records.sqlite3-*"):
        journal.unlink()
    content = bytearray(records.read_bytes())
    content[4096 : 4096 * 3] = b"\x00" * 8192
    records.write_bytes(content)

    assert "kunde inte kopieras" in shell.refuse("backup", str(copy))
    assert not copy.exists()


def test_there_is_no_backup_before_there_are_records(shell, tmp_path):
    assert "finns inte än" in shell.refuse("backup", str(tmp_path / "copy.sqlite3"))


def test_a_postgresql_is_copied_with_its_own_tool_and_the_command_says_so(shell, tmp_path, monkeypatch):
    monkeypatch.setenv("CHAT_RECORDS_URL", "postgresql+asyncpg://somebody:hemligt@127.0.0.1:1/chat")

    assert shell.run("backup", str(tmp_path / "copy")) == 1

    assert "pg_dump" in shell.err
    assert "hemligt" not in shell.err
    assert not (tmp_path / "copy").exists()
