"""Small true versions of the proofs in bench/: the service ended in the middle, lines cut, people coming and going.

The same code as there, with a handful of conversations; figures are never looked at here, only what was shown.
"""

import asyncio
import contextlib
import os
from pathlib import Path

import pytest

from bench import reliability_kill
from bench.reliability_browsers import Visitors, cut_browsers
from bench.reliability_cuts import cut_again_and_again
from bench.reliability_kill import run_round
from bench.reliability_pairs import Evening, Faults
from bench.reliability_relay import Relay
from bench.reliability_service import TriedService
from bench.reliability_soak import Traffic
from bench.service import make_home

PAIRS = 3
TESTS = 4
"""Each with mentors of its own: a one-time code works once, and who talks takes nobody else."""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return make_home(tmp_path_factory.mktemp("evening") / "home", PAIRS * TESTS)


@pytest.fixture
def service(home, tmp_path):
    # One for each test: an evening that is broken off leaves people in line, whom the next mentors would take.
    service = TriedService(home.data_dir, log=tmp_path / "service.log")
    service.start()
    yield service
    service.stop()


@pytest.fixture(autouse=True)
def _hurried(monkeypatch, tmp_path):
    monkeypatch.setattr(reliability_kill, "TALK_BEFORE_S", (0.3, 0.5))
    monkeypatch.setattr(reliability_kill, "TALK_AFTER_S", 0.3)
    monkeypatch.setattr("bench.reliability_pairs.FIRST_RETURN_S", 0.2)
    monkeypatch.setattr("bench.reliability_pairs.LATER_RETURNS_S", (0.2,))
    monkeypatch.setattr("bench.reliability_rows.RESULTS", tmp_path)


def descriptors(service):
    """Count what the service has open, except its records, whose connections are opened when they are needed."""
    count = 0
    for each in Path(f"/proc/{service.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            count += not os.readlink(each).startswith(str(service.data_dir))
    return count


def faults_in(row):
    return Faults(*(row[name] for name in vars(Faults())))


async def test_nothing_is_lost_when_the_service_and_some_browsers_are_killed_and_when_it_is_restarted(
    service, home
):
    async with Evening(service.base_url, home.pin) as evening:
        await evening.begin(home.mentors[:PAIRS])

        killed = await run_round(service, evening, 0, planned=False, take_away=True, every_s=0.4)
        restarted = await run_round(service, evening, 1, planned=True, take_away=False, every_s=0.4)

    assert (killed["settled"], faults_in(killed)) == (True, Faults())
    assert (killed["visitors_taken_away"], killed["mentors_opened_anew"]) == (1, 1)
    assert (restarted["settled"], faults_in(restarted)) == (True, Faults())
    assert restarted["heard"] == 2 * PAIRS


async def test_lines_that_are_cut_again_and_again_show_everything_once_and_in_order(service, home):
    async with (
        Relay("127.0.0.1", service.port) as relay,
        Evening(relay.base_url, home.pin, origin=service.base_url) as evening,
    ):
        await evening.begin(home.mentors[PAIRS : 2 * PAIRS])

        row = await cut_again_and_again(evening, relay, 24, cuts_per_s=20.0, holes=False)

    assert (row["settled"], faults_in(row)) == (True, Faults())
    assert row["cuts"] == 24


async def test_conversations_that_end_and_begin_all_the_time_leave_no_descriptor_behind(service, home):
    before = descriptors(service)
    async with Evening(service.base_url, home.pin) as evening:
        await evening.begin(home.mentors[2 * PAIRS : 3 * PAIRS])

        traffic = Traffic(evening, renewed_per_s=20.0, cut_per_s=10.0)
        async with asyncio.timeout(60):
            doing = [
                asyncio.create_task(each) for each in (evening.chatter(0.4), traffic.renew(), traffic.cut())
            ]
            while traffic.began < PAIRS or traffic.cuts < PAIRS:
                await asyncio.sleep(0.02)
        for task in doing:
            task.cancel()
        await asyncio.gather(*doing, return_exceptions=True)

    assert traffic.faults == Faults()
    async with asyncio.timeout(60):
        while descriptors(service) > before:
            await asyncio.sleep(0.05)


async def test_the_browsers_own_code_shows_everything_once_and_in_order_when_its_lines_are_cut(
    service, home, monkeypatch
):
    monkeypatch.setattr("bench.reliability_browsers.SAYS_EVERY_S", 0.3)
    monkeypatch.setattr("bench.reliability_browsers.SHARES", {"reset": 0.4, "finish": 0.3, "middle": 0.3})
    async with (
        Relay("127.0.0.1", service.port, origin=service.base_url) as relay,
        Evening(service.base_url, home.pin) as evening,
    ):
        on_duty = await evening.on_duty(home.mentors[3 * PAIRS : 3 * PAIRS + 2])
        visitors = await Visitors.come(relay.base_url, home.pin, 2)
        mentors = await evening.take_whoever_comes(on_duty)

        row = await cut_browsers(visitors, mentors, relay, 12)

        await visitors.go()
    assert (row["settled"], faults_in(row)) == (True, Faults())
    assert row["cuts"] == 12
