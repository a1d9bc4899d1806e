"""What is remembered for a few minutes: bounded in number and in time, and given out once when it is taken."""

from datetime import UTC, datetime, timedelta

from chatservice.usecases.brief_memory import BriefMemory

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def memory(most: int = 3) -> BriefMemory[str]:
    return BriefMemory(kept_for=timedelta(minutes=5), most=most)


def test_what_nobody_kept_is_not_found():
    assert memory().find("a", NOON) is None
    assert memory().take("a", NOON) is None


def test_a_value_is_taken_once():
    held = memory()
    held.keep("a", "one", NOON)

    assert [held.find("a", NOON), held.take("a", NOON), held.take("a", NOON)] == ["one", "one", None]


def test_a_value_is_forgotten_after_its_time():
    held = memory()
    held.keep("a", "one", NOON)

    assert held.find("a", NOON + timedelta(minutes=5) - SECOND) == "one"
    assert held.find("a", NOON + timedelta(minutes=5)) is None
    assert held.take("a", NOON + timedelta(minutes=5)) is None


def test_keeping_again_replaces_and_begins_anew():
    held = memory()
    held.keep("a", "one", NOON)
    held.keep("a", "two", NOON + timedelta(minutes=4))

    assert held.find("a", NOON + timedelta(minutes=6)) == "two"


def test_the_oldest_goes_when_there_are_too_many():
    held = memory(most=2)
    for name in "abc":
        held.keep(name, name, NOON)

    assert [held.find(name, NOON) for name in "abc"] == [None, "b", "c"]


def test_what_is_over_leaves_room():
    held = memory(most=2)
    held.keep("a", "one", NOON)
    held.keep("b", "two", NOON + timedelta(minutes=4))
    held.keep("c", "three", NOON + timedelta(minutes=5))

    assert held.find("b", NOON + timedelta(minutes=5)) == "two"
