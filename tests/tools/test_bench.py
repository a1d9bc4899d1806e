"""What the measurements rest on: frames, proofs, plans, places in the queue, ratios; and two pairs who come back.

Nothing here measures, and nothing depends on how fast anything is.
"""

import asyncio
import errno
import os
import subprocess
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import bare_socket, prepared_proof, stacks, static, summary, two_processes
from bench.pairs import Pair, make_pairs
from bench.plan import OURS, Plan, describe, make_plan
from bench.process import free_port, listens, prefer
from bench.returning import Returning, come_back, has_ticket, leave, prepare
from bench.service import MeasuredService, make_home
from chatservice.domain import sealing
from chatservice.errors import NotOwnerError
from tools.participants.encoding import from_base64url
from tools.participants.identity import ConversationIdentity


def row(system: str, repetition: int, done: int, **more: Any) -> dict[str, Any]:
    return {
        "system": system, "repetition": repetition, "tag": "", "phase": "sat", "pairs": 50, "receipts": 0,
        "seconds": 2.0, "done": done, "server_cpu_s": 1.0, "foreign_cpu_s": 0.4,
        **dict.fromkeys(summary.FAULTS, 0), **more,
    }  # fmt: skip


# -- frames


def test_a_frame_longer_than_any_of_ours_is_refused():
    with pytest.raises(ValueError, match="longer"):
        bare_socket.split_frame(bytes((0x81, 127)) + bytes(8))


@pytest.mark.parametrize("length", [0, 125, 126, 65_535])
def test_a_frame_is_whole_only_with_its_last_byte(length: int):
    sent = bare_socket.frame_of(b"x" * length)
    # As the server would send it: without the mask, whose four zeros change nothing.
    at = 2 if length < 126 else 4
    received = sent[:1] + bytes((sent[1] & 127,)) + sent[2:at] + sent[at + 4 :]

    assert all(bare_socket.split_frame(received[:size]) is None for size in (0, 1, len(received) - 1))
    assert bare_socket.split_frame(received + b"next") == (1, b"x" * length, len(received))


def test_an_answer_is_whole_only_with_its_last_byte():
    answer = b"HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\nabc"

    assert static.whole_answer(answer[:-1]) is None
    assert static.whole_answer(answer[:20]) is None
    assert static.whole_answer(answer + b"HTTP") == len(answer)


def test_an_answer_that_nothing_has_changed_has_no_body():
    answer = b"HTTP/1.1 304 \r\nContent-Length: 3\r\n\r\n"

    assert static.whole_answer(answer) == len(answer)


# -- proofs


def test_a_prepared_proof_convinces_the_service_and_only_for_its_challenge():
    identity = ConversationIdentity.create()
    conversation = from_base64url(identity.conversation)
    proof = sealing.from_base64url(prepared_proof.PreparedProof(identity).answer(b"c" * 32))

    sealing.verify_ownership(identity.public_key, conversation, b"c" * 32, proof)
    with pytest.raises(NotOwnerError):
        sealing.verify_ownership(identity.public_key, conversation, b"d" * 32, proof)


# -- plans


def options(**given: Any) -> Namespace:
    usual = {
        "pairs": [50, 5000], "peers_most": 2000, "repetitions": 3, "sat": 4.0, "lat": 8.0, "quiet": 5.0,
        "idle": 0, "quick": False, "only_peers": False,
    }  # fmt: skip
    return Namespace(**usual | given)


def test_peers_are_spared_the_sizes_they_are_not_asked_for():
    plan = make_plan(options(), ["prosody"])

    assert (plan.sizes_of(OURS), plan.sizes_of("prosody")) == ((50, 5000), (50,))


def test_everybody_is_first_once():
    plan = make_plan(options(), ["ejabberd", "prosody"])

    assert {plan.order(repetition)[0] for repetition in range(3)} == {OURS, "ejabberd", "prosody"}
    assert all(sorted(plan.order(each)) == sorted(plan.systems) for each in range(3))


def test_accounts_are_made_for_the_largest_of_everything():
    assert make_plan(options(idle=20_000), []).most_pairs(25) == 10_025
    assert make_plan(options(), []).most_pairs(25) == 5000
    assert make_plan(options(only_peers=True), ["prosody"]).most_pairs(25) == 0


def test_the_whole_comparison_is_said_to_take_at_most_twenty_minutes():
    plan = make_plan(options(pairs=[50, 500, 2000]), ["ejabberd", "prosody"])

    assert plan.estimate_s() < 20 * 60
    assert "3 repetitions" in describe(plan)


def test_a_quick_run_is_small_whatever_else_was_asked_for():
    assert make_plan(options(quick=True, idle=5000), []) == Plan((OURS,), (50,), 2000, 1, 2.0, 3.0, 1.0, 0)


# -- places in the queue


@pytest.fixture
def child() -> Iterator[int]:
    """Give the id of a process that waits for us to end it."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        yield process.pid


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ("os.setpriority", PermissionError(errno.EPERM, "not root")),
        ("pathlib.Path.write_text", PermissionError(errno.EACCES, "a closed /proc")),
        ("pathlib.Path.write_text", FileNotFoundError(errno.ENOENT, "a kernel without such groups")),
        ("pathlib.Path.write_text", OSError(errno.EINVAL, "the root's own group")),
    ],
)
def test_who_may_not_go_before_others_is_pinned_all_the_same(child, monkeypatch, asked, refusal):
    def refuse(*_: object, **__: object) -> None:
        raise refusal

    monkeypatch.setattr(asked, refuse)
    core = max(os.sched_getaffinity(0))

    assert prefer(child, core) is False
    assert os.sched_getaffinity(child) == {core}


# -- summaries


def test_a_ratio_is_taken_within_each_repetition():
    ours = [row(OURS, 0, 400), row(OURS, 1, 100)]
    theirs = [row("prosody", 0, 100), row("prosody", 1, 50), row("prosody", 2, 1)]

    assert summary.ratios(ours, theirs, summary.per_cpu_s) == [4.0, 2.0]


def test_the_table_has_a_column_for_each_system_and_counts_faults():
    rows = [row(OURS, 0, 4000), row(OURS, 1, 2000, lost=3), row("prosody", 0, 1000), row("prosody", 1, 1000)]

    lines = summary.table(rows)

    assert "| size | measure | ours | prosody | ours / prosody |" in lines
    assert any(
        "3,000 (2,000 – 4,000) | 1,000 (1,000 – 1,000) | 3.00 (2.00 – 4.00) |" in line for line in lines
    )
    assert "'lost': 3" in lines[-1]
    assert "median 10 %" in lines[-2]


def test_rows_of_one_system_alone_have_no_ratio():
    old = {name: value for name, value in row(OURS, 0, 4000).items() if name != "system"}

    lines = summary.table([old])

    assert "| size | measure | ours |" in lines
    assert any(line.endswith("| 4,000 |") for line in lines)


def test_memory_is_what_each_participant_added():
    assert summary.kib_each({"rss_kib": 3000, "rss_before_kib": 1000, "participants": 100}) == 20


def test_two_processes_are_as_fast_as_the_busier_one_lets_them_be():
    rows = [
        {"arrangement": "one, Valkey", "round": 0, "done": 1000, "server_cpu_s": 1.0, "shares": [1.0]},
        {"arrangement": "two, Valkey", "round": 0, "done": 1000, "server_cpu_s": 1.0, "shares": [0.6, 0.4]},
    ]

    assert two_processes.times_of(rows, "one, Valkey") == [pytest.approx(1 / 0.6)]
    assert two_processes.shares([3.0, 1.0]) == [0.75, 0.25]


# -- stacks


def test_a_sample_belongs_to_the_innermost_part_that_is_known():
    found = stacks.shares(
        [
            "main (chatservice/server.py:1);send (hypercorn/x.py:2);write (asyncio/streams.py:3) 3",
            "main (chatservice/server.py:1);post (chatservice/live/memory.py:9) 1",
            "run (threading.py:1);_connection_worker_thread (aiosqlite/core.py:59) 9",
            "",
        ]
    )

    assert found == {"Hypercorn, h11, wsproto": 0.75, "live store and bells": 0.25}


def test_shares_stand_beside_each_other():
    lines = stacks.table({"50": {"a": 0.25}, "500": {"a": 0.5, "b": 0.5}})

    assert lines[2:] == ["| a | 25 % | 50 % |", "| b | 0 % | 50 % |"]


# -- the real door


def test_pairs_who_talk_are_all_back_after_a_kill(tmp_path: Path):
    home = make_home(tmp_path / "home", 2)
    everybody: list[Returning] = []
    at_first: list[Pair] = []

    async def keep(pair: Pair) -> None:
        await pair.visitor.until(lambda: has_ticket(pair.visitor))
        await pair.mentor.until(lambda: has_ticket(pair.mentor))
        at_first.append(pair)
        everybody.extend(prepare(pair, service.port))

    with MeasuredService(home, tmp_path, core=min(os.sched_getaffinity(0)), port=free_port()) as service:
        asyncio.run(make_pairs((service,), home.mentors, keep))
        service.kill_and_start(lambda: listens(service.port))
        come_back(everybody, at_once=3, within_s=90)
    leave(everybody)

    assert len(at_first) == 2
    assert [one.stage for one in everybody] == ["together"] * 4
    assert all(0 < one.in_s <= one.together_s for one in everybody)
    for pair in at_first:
        pair.visitor.close()
        pair.mentor.close()
