"""Several who ask for rows at the same time: one question for all of them, and each gets her own answer."""

import asyncio
from collections.abc import Collection, Sequence

import pytest

from chatservice.errors import RecordsAwayError
from chatservice.records import together
from chatservice.records.together import Together


class Table:
    """Rows that are handed out only when the test says so."""

    def __init__(self) -> None:
        self.questions: list[list[int]] = []
        self.may_answer = asyncio.Event()
        self.error: Exception | None = None
        self.asking = Together[int, tuple[int, str]](self.fetch, lambda row: row[0])

    async def fetch(self, keys: Collection[int]) -> Sequence[tuple[int, str]]:
        self.questions.append(sorted(keys))
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        return [(key, word) for key in sorted(keys) for word in ("a", "b") if key < 100]

    def ask(self, *keys: int) -> "asyncio.Task[Sequence[tuple[int, str]]]":
        return asyncio.create_task(self.asking.rows_of(keys))


async def settle() -> None:
    """Let everybody go as far as they can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_records_that_are_away_are_away_for_everybody_who_asked():
    table = Table()
    first, second, third = table.ask(1), table.ask(2), table.ask(3)
    await settle()
    table.error = RecordsAwayError()
    table.may_answer.set()

    for asker in (first, second, third):
        with pytest.raises(RecordsAwayError):
            await asker

    assert len(table.questions) == 2


async def test_a_mistake_of_the_program_reaches_whoever_made_it_and_leaves_the_way_open():
    table = Table()
    table.may_answer.set()
    table.error = ValueError("a mistake")
    with pytest.raises(ValueError, match="a mistake"):
        await table.ask(1)

    table.error = None

    assert await table.ask(1) == [(1, "a"), (1, "b")]


async def test_whoever_asks_alone_is_asked_for_at_once():
    table = Table()
    table.may_answer.set()

    assert await table.ask(1) == [(1, "a"), (1, "b")]
    assert await table.ask(100) == []
    assert await table.ask() == []
    assert table.questions == [[1], [100]]


async def test_all_who_come_while_a_question_is_under_way_are_in_the_next_one():
    table = Table()
    first = table.ask(1)
    await settle()
    others = [table.ask(2), table.ask(3, 1), table.ask(2)]
    await settle()
    assert table.questions == [[1]]

    table.may_answer.set()

    assert await first == [(1, "a"), (1, "b")]
    assert [await asker for asker in others] == [
        [(2, "a"), (2, "b")],
        [(1, "a"), (1, "b"), (3, "a"), (3, "b")],
        [(2, "a"), (2, "b")],
    ]
    assert table.questions == [[1], [1, 2, 3]]


async def test_an_answer_is_never_older_than_the_asking():
    table = Table()
    first = table.ask(1)
    await settle()
    again = table.ask(1)
    table.may_answer.set()

    await asyncio.gather(first, again)

    assert table.questions == [[1], [1]]


@pytest.mark.parametrize("gone", [0, 1])
async def test_when_one_who_asked_for_others_goes_away_they_are_still_answered(gone: int):
    table = Table()
    askers = [table.ask(1)]
    await settle()
    askers += [table.ask(2), table.ask(3)]
    await settle()

    askers[gone].cancel()
    await settle()
    table.may_answer.set()

    assert await askers[2] == [(3, "a"), (3, "b")]
    left = askers[1 - gone]
    assert len(await left) == 2


async def test_a_question_never_grows_beyond_what_a_database_takes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(together, "MOST_AT_ONCE", 2)
    table = Table()
    table.may_answer.set()

    assert len(await table.ask(1, 2, 3)) == 6

    assert sorted(map(len, table.questions)) == [1, 2]
