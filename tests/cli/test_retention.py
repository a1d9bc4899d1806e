"""`retention`: erases at once what is kept no longer, and says how much of what."""

import sqlite3

import pytest


@pytest.fixture
def records(shell):
    """Return the database's file with two letters, one of them kept for long enough."""
    assert shell.run("migrate") == 0
    file = shell.folder / "records.sqlite3"
    with sqlite3.connect(file) as database:
        database.executemany(
            "INSERT INTO letters (key_id, sealed, received_on, kept_until) VALUES ('k', x'00', 0, ?)",
            [(1,), (4_102_444_800,)],
        )
    return file


def test_a_table_that_cannot_be_erased_from_is_named_and_stops_no_other(shell, records):
    with sqlite3.connect(records) as database:
        database.execute("DROP TABLE shifts")

    assert shell.run("retention") == 1

    assert shell.err == "shifts: gick inte att radera. Försök igen.\n"
    assert shell.out == "letters: 1\n"


def test_what_is_kept_no_longer_is_erased_and_counted_once(shell, records):
    assert shell.run("retention") == 0
    assert shell.out == "letters: 1\n"

    assert shell.run("retention") == 0
    assert shell.out == "Inget att radera.\n"
    with sqlite3.connect(records) as database:
        assert database.execute("SELECT count(*) FROM letters").fetchone() == (1,)
