"""Items and quarantine as pure rules: what is missing on a day, and when nothing is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chatservice.domain.certification_items import (
    NOTED,
    TEXTS,
    Item,
    ItemState,
    Kind,
    Requirement,
    Rules,
    Standing,
    ending_soon,
    missing_items,
    months_after,
    not_ready,
)
from chatservice.domain.quarantine import Quarantine, holding, joined, next_of

TODAY = date(2026, 11, 22)
VERSIONS = tuple((kind, "2026-2") for kind in TEXTS)
RULES = Rules(tuple(Requirement(kind) for kind in Kind), VERSIONS)
DAYS = some.integers(-400, 400).map(lambda days: TODAY + timedelta(days=days))


def item(kind, *, until=None, version=None, done_on=TODAY):
    current = dict(VERSIONS).get(kind, "")
    return Item(1, kind, done_on, until, 2, version=current if version is None else version)


def standing(*items, quarantines=(), rules=RULES, today=TODAY):
    return Standing(rules, items, quarantines, today)


def test_nobody_has_anything_to_begin_with():
    assert not_ready(standing()) == tuple(f"{kind}_missing" for kind in Kind)


def test_what_is_not_asked_for_is_not_missing():
    rules = Rules(tuple(Requirement(kind, required=kind is Kind.EXTRACT) for kind in Kind), VERSIONS)

    assert not_ready(standing(rules=rules)) == ("extract_missing",)
    assert not_ready(standing(rules=Rules((), ()))) == ()


@pytest.mark.parametrize(
    ("days", "state", "missing"),
    [
        (-1, ItemState.EXPIRED, ("extract_expired",)),
        (0, ItemState.ENDS_SOON, ()),
        (30, ItemState.ENDS_SOON, ()),
        (31, ItemState.HOLDS, ()),
    ],
)
def test_an_item_holds_on_its_last_day_and_not_on_the_next(days, state, missing):
    held = standing(item(Kind.EXTRACT, until=TODAY + timedelta(days=days)))

    assert held.state(Kind.EXTRACT) is state
    assert missing_items(held, [Kind.EXTRACT]) == missing
    assert len(ending_soon(held)) == (state is ItemState.ENDS_SOON)


@pytest.mark.parametrize("kind", TEXTS)
def test_a_text_counts_in_the_version_that_holds_now(kind):
    old = item(kind, version="2026-1")

    assert missing_items(standing(old), [kind]) == (f"{kind}_outdated",)
    assert missing_items(standing(old, item(kind)), [kind]) == ()
    assert missing_items(standing(item(kind, until=TODAY - timedelta(days=1))), [kind]) == (
        f"{kind}_expired",
    )


def test_only_kinds_that_were_asked_about_are_named():
    assert missing_items(standing(), [Kind.CONFIDENTIALITY]) == ("confidentiality_missing",)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 22), 2, date(2027, 1, 22)),
    ],
)
def test_months_are_counted_by_the_calendar(day, months, later):
    assert months_after(day, months) == later
    assert Rules((Requirement(Kind.EXTRACT, valid_months=months),), ()).last_day(Kind.EXTRACT, day) == later


def test_what_has_no_months_has_no_end():
    assert RULES.last_day(Kind.TRAINING, TODAY) is None


items = some.builds(
    Item,
    account_id=some.just(1),
    kind=some.sampled_from(Kind),
    done_on=DAYS,
    valid_until=some.none() | DAYS,
    noted_by=some.just(2),
    version=some.sampled_from(["", "2026-1", "2026-2"]),
)
periods = some.tuples(DAYS, some.integers(0, 60)).map(
    lambda drawn: Quarantine(1, drawn[0], drawn[0] + timedelta(days=drawn[1]))
)


def by_key(drawn):
    """Keep one item of each kind and version, as the records do; only texts have versions."""
    return {(each.kind, each.version): each for each in drawn if bool(each.version) == (each.kind in TEXTS)}


@given(
    some.lists(items, max_size=25), some.lists(periods, max_size=4), some.sets(some.sampled_from(Kind)), DAYS
)
def test_nothing_is_missing_exactly_when_everything_asked_for_holds_and_no_quarantine_does(
    drawn, quarantines, asked_for, today
):
    rules = Rules(tuple(Requirement(kind, required=kind in asked_for) for kind in Kind), VERSIONS)
    held = tuple(by_key(drawn).values())

    missing = not_ready(standing(*held, quarantines=quarantines, rules=rules, today=today))

    everything_holds = all(
        any(
            each.kind is kind
            and each.version == dict(VERSIONS).get(kind, "")
            and (each.valid_until is None or today <= each.valid_until)
            for each in held
        )
        for kind in asked_for
    )
    covered = any(each.first_day <= today <= each.last_day for each in quarantines)
    assert (missing == ()) == (everything_holds and not covered)
    assert ("quarantine" in missing) == covered
    named = [code.rsplit("_", 1)[0] for code in missing if code != "quarantine"]
    assert named == [kind for kind in Kind if kind in named]
    assert set(named) <= asked_for


@given(some.lists(periods, max_size=5), periods)
def test_joined_periods_cover_the_same_days_and_the_rest_stand_apart(held, new):
    one, met = joined(new, held)

    assert all(one.first_day <= each.first_day and each.last_day <= one.last_day for each in (new, *met))
    assert one.first_day in {each.first_day for each in (new, *met)}
    assert one.last_day in {each.last_day for each in (new, *met)}
    assert not any(new.meets(each) for each in held if each not in met)


def test_the_next_quarantine_is_the_one_that_holds_or_comes_first():
    past, now, later = (
        Quarantine(1, TODAY + timedelta(days=days), TODAY + timedelta(days=days + 1)) for days in (-9, 0, 9)
    )

    assert holding([past, later], TODAY) is None
    assert holding([past, now, later], TODAY) == now
    assert next_of([later, now, past], TODAY) == now
    assert next_of([later, past], TODAY) == later
    assert next_of([past], TODAY) is None


def test_every_kind_is_either_noted_or_signed_and_its_code_fits_its_column():
    assert set(NOTED) | set(TEXTS) == set(Kind)
    assert not set(NOTED) & set(TEXTS)
    assert max(len(kind) for kind in Kind) <= 24
