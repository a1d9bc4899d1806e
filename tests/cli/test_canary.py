"""`canary`: a conversation in the running service whose words are in no file, log or memory; and the search finds."""

import base64
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from chatservice.commands.canary.controls import laid_out
from chatservice.commands.canary.places import serving_processes, swapped_kib, temporary_folders
from chatservice.commands.canary.searching import found_in_files, found_in_process, spellings
from chatservice.latest_check import FILE_NAME, LatestCheck, read_latest_check, write_latest_check
from tests.running_service import free_port

WORD = "kanariefagel0123456789"


@pytest.fixture(autouse=True)
def temporary_folder(tmp_path_factory, monkeypatch):
    """Give commands and services a folder of their own for temporary files: the machine's may be anything."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def may_read_memory() -> bool:
    try:
        found_in_process(os.getppid(), [WORD])
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    "disguise",
    [
        WORD.encode(),
        WORD.encode("utf-16-le"),
        WORD.encode("utf-16-be"),
        *(encode(b"?>" * shift + WORD.encode() + b"yz") for shift in range(3)
          for encode in (base64.b64encode, base64.urlsafe_b64encode)),
    ],
)  # fmt: skip
def test_a_word_is_known_in_every_disguise_and_across_the_borders_of_what_is_read(
    tmp_path, disguise, monkeypatch
):
    monkeypatch.setattr("chatservice.commands.canary.searching._STEP", 64)
    for before in range(50, 66):
        (tmp_path / "file").write_bytes(b"." * before + disguise + b"." * 100)

        assert found_in_files([tmp_path], [WORD, "finnsinteheller"]) == {(tmp_path / "file", WORD)}


def test_a_word_is_found_in_the_name_of_a_file(tmp_path):
    (tmp_path / f"x{WORD}").touch()

    assert {word for _, word in found_in_files([tmp_path], [WORD])} == {WORD}
    assert not any(one in b"dagsljus och nattmangel" for one in spellings("nattljus"))


def test_what_is_laid_out_to_be_found_is_private_and_gone_afterwards(tmp_path):
    with ExitStack() as stack:
        laid = stack.enter_context(laid_out(tmp_path))

        assert len(laid) == 3
        assert all(file.stat().st_mode & 0o077 == 0 for file, _ in laid)
        assert found_in_files([tmp_path], [word for _, word in laid]) == set(laid)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not may_read_memory(), reason="the kernel lets nobody read another process's memory here")
def test_a_word_that_a_process_holds_is_found_in_its_memory():
    held = "import sys\nword = 'kanariefagel' + '0123456789'\nprint(len(word), flush=True)\nsys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", held], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdin
        process.stdout.readline()
        found = found_in_process(process.pid, [WORD, "finnsinteheller"])
        assert swapped_kib(process.pid) >= 0
        process.stdin.close()

    assert found == {WORD}


def test_the_processes_and_their_temporary_folders_are_found(make_service, temporary_folder):
    service = make_service()

    assert serving_processes(service.port) == [service.pid]
    assert serving_processes(free_port()) == []
    assert temporary_folder in temporary_folders([service.pid])


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"at": 1}', '{"at": "2026-01-01", "outcome": "nothing", "with_memory": true}',
     '{"at": "2026-01-01T00:00:00+00:00", "outcome": "x", "with_memory": true}'],
)  # fmt: skip
def test_a_result_that_cannot_be_read_is_none(tmp_path, text):
    (tmp_path / FILE_NAME).write_text(text)

    assert read_latest_check(tmp_path) is None
    assert read_latest_check(tmp_path / "nowhere") is None


def test_a_result_is_read_as_it_was_written_and_takes_the_place_of_the_former(tmp_path):
    first = LatestCheck(datetime(2026, 11, 1, 3, 0, tzinfo=UTC), "something", with_memory=False)
    second = LatestCheck(datetime(2026, 11, 8, 3, 0, tzinfo=UTC), "nothing", with_memory=True)

    for check in (first, second):
        write_latest_check(tmp_path, check)
        assert read_latest_check(tmp_path) == check
    assert [file.stat().st_mode & 0o777 for file in tmp_path.iterdir()] == [0o600]


@pytest.mark.skipif(not may_read_memory(), reason="the kernel lets nobody read another process's memory here")
def test_a_conversation_in_the_running_service_leaves_its_words_nowhere(make_service, tmp_path):
    service = make_service()
    backup = tmp_path / "backup.sqlite3"
    service.command("backup", str(backup))

    said = service.command("canary", "--look-in", str(backup), "--look-in", str(service.log_path))

    assert "Inget av orden hittades" in said
    check = read_latest_check(service.data_dir)
    assert check is not None
    assert (check.outcome, check.with_memory) == ("nothing", True)
    assert datetime.now(UTC) - check.at < timedelta(minutes=2)
    # Nobody was on duty for it, nobody waited, nobody is counted, and its account is closed again.
    assert "driftkontroll" in service.command("account", "list")
    with urllib.request.urlopen(f"{service.base_url}/chatt/status", timeout=60) as answer:
        assert json.load(answer)["open"] is False
    # A second time the same account is used.
    assert "minnet genomsöktes inte" in service.command("canary", "--without-memory")
    check = read_latest_check(service.data_dir)
    assert check is not None
    assert not check.with_memory
    assert service.command("account", "list").count("driftkontroll") == 1


def test_a_service_that_writes_texts_down_is_found_out(make_service, tmp_path, monkeypatch):
    spied = tmp_path / "spied"
    spied.mkdir()
    # A second pair of ears beside the program that talks: what it is told, it leaves in a folder.
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, pathlib\n"
        "if 'tools.participants.marked_conversation' in ' '.join(sys.orig_argv):\n"
        "    read = sys.stdin.readline\n"
        "    class Ears:\n"
        "        def readline(self):\n"
        "            line = read()\n"
        f"            pathlib.Path({str(spied)!r}, 'line').open('a').write(line)\n"
        "            return line\n"
        "    sys.stdin = Ears()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    service = make_service()

    with pytest.raises(RuntimeError, match=f"FEL: .*{spied}/line"):
        service.command("canary", "--without-memory", "--look-in", str(spied))
    check = read_latest_check(service.data_dir)
    assert check is not None
    assert check.outcome == "something"


def test_without_a_running_service_it_says_so_and_writes_no_result(shell):
    shell.run("example")

    assert "Ingen process" in shell.refuse("canary")
    assert "Provsamtalet gick inte att föra" in shell.refuse("canary", "--without-memory")
    assert "finns inte: rätta --look-in" in shell.refuse(
        "canary", "--without-memory", "--look-in", "/finns-inte"
    )
    assert read_latest_check(shell.folder) is None
