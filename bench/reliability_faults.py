"""What the service does on a bad disk, with a damaged database and with a wrong clock: tried on the whole service.

    .venv/bin/python -m bench.reliability_faults                # everything; about 9 minutes; as root
    .venv/bin/python -m bench.reliability_faults full clock

While people talk something goes wrong. For 65 s after that (so that everything which is done each minute was done) they
go on, one of each ten mentors loses her line, somebody new comes, and pages are asked for. Then it is mended, as
docs/operations.md says, and looked at again. Needs root for mounts (a tmpfs for a full disk, an ext4 of its own for one
that turns read-only at a failure, as disks do), and libfaketime for clocks; what cannot be tried here says why.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

from pyotp.totp import TOTP

from bench.reliability_disasters import FAULTS, CannotBeTriedError, Fault
from bench.reliability_kill import CLIENT_CORE, SERVER_CORE
from bench.reliability_pairs import Evening
from bench.reliability_rows import Row, keep, print_table
from bench.reliability_service import TriedService
from bench.run import run_in_folder
from bench.service import PASSWORD, Home, make_home
from tools.participants.participant import StoppedError
from tools.participants.visitor import Visitor

PAIRS = 10
LASTS_S = 65.0
SAYS_EVERY_S = 1.0
PAGES = ("/halsa", "/chatt/status", "/mentor/logga-in", "/mentor/", "/kontakt/skriv/")
COLUMNS = (
    "fault", "when", "alive", "lost", "doubled", "out_of_order", "alarms", "settled", "back", "new_visitor",
    "sign_in", "pages",
)  # fmt: skip


async def look(
    fault: str, when: str, service: TriedService, evening: Evening, home: Home, *, lasts_s: float = LASTS_S
) -> Row:
    """Let everybody go on for a while, and say what they and others meet."""
    chatter = asyncio.create_task(evening.chatter(SAYS_EVERY_S))
    cut = [talk.mentor for talk in evening.talks[:: max(1, len(evening.talks) // 2)]]
    for mentor in cut:
        mentor.expect_return()
        mentor.cut()
    await asyncio.sleep(lasts_s)
    chatter.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await chatter
    pages = {path: (await asyncio.to_thread(service.ask, path)).status for path in PAGES}
    row: Row = {
        "fault": fault, "when": when, "alive": service.is_alive(),
        "settled": await evening.settle(10), **vars(evening.faults()),
        "back": f"{sum(each.let_in_at is not None for each in cut)}/{len(cut)}",
        "stopped": sum(end.stopped is not None for talk in evening.talks for end in talk.ends),
        "new_visitor": await _new_visitor(service, home),
        "sign_in": await _sign_in(service, home), "pages": " ".join(str(status) for status in pages.values()),
        "log": service.log.splitlines()[-4:],
    }  # fmt: skip
    print_table([keep("reliability_faults", row)], COLUMNS)
    return row


async def _new_visitor(service: TriedService, home: Home) -> str:
    from tools.participants.service import Service

    visitor = Visitor(Service(service.base_url), pins=[home.pin], patience_s=5)
    async with visitor:
        try:
            await visitor.until(lambda: visitor.phase == "waiting" or bool(visitor.errors), timeout_s=8)
        except (TimeoutError, StoppedError) as error:
            return type(error).__name__
        if visitor.phase == "waiting":
            await visitor.leave()
            return "let in"
        return visitor.errors[0]


async def _sign_in(service: TriedService, home: Home) -> str:
    """Say what the form answers to a mentor who has proved who she is: 303, or 503 and words."""
    account = home.mentors[-1]
    form = {"username": account.username, "password": PASSWORD, "code": TOTP(account.code_secret).now()}
    answer = await asyncio.to_thread(service.ask, "/mentor/logga-in", data=urlencode(form).encode())
    heading = answer.text.partition("<h1")[2].partition(">")[2].partition("<")[0].strip()
    return f"{answer.status} {heading}"


@asynccontextmanager
async def evening_on(fault: Fault, home: Home, folder: Path) -> AsyncGenerator[tuple[TriedService, Evening]]:
    """Start a service on the fault's data folder, and let everybody begin."""
    async with AsyncExitStack() as stack:
        await asyncio.to_thread(fault.prepare)
        stack.callback(fault.clear)
        fault.data_dir.mkdir(mode=0o700, exist_ok=True)
        for file in home.data_dir.iterdir():
            (fault.data_dir / file.name).write_bytes(file.read_bytes())
            (fault.data_dir / file.name).chmod(0o600)
        service = TriedService(
            fault.data_dir, log=folder / "service.log", core=SERVER_CORE, settings=fault.environ
        )
        await asyncio.to_thread(service.start)
        stack.push_async_callback(asyncio.to_thread, service.stop)
        evening = await stack.enter_async_context(Evening(service.base_url, home.pin))
        await evening.begin(home.mentors[:-1])
        yield service, evening


async def try_fault(fault: Fault, home: Home, folder: Path, *, lasts_s: float = LASTS_S) -> list[Row]:
    """Break it, look, kill the service while it is broken and start it, mend it, look."""
    rows: list[Row] = []
    async with evening_on(fault, home, folder) as (service, evening):
        await asyncio.to_thread(fault.break_it, service)
        broken = await look(fault.name, "broken", service, evening, home, lasts_s=lasts_s)
        rows.append(broken | {"is_judged": fault.is_carried_on})
        if fault.is_killed_too:
            rows.append(await _kill(fault, home, service, evening))
        await asyncio.to_thread(fault.mend, service)
        if not service.is_alive():
            await asyncio.to_thread(service.start)
        rows.append(await look(fault.name, "mended", service, evening, home, lasts_s=15.0))
    return rows


async def _kill(fault: Fault, home: Home, service: TriedService, evening: Evening) -> Row:
    """Kill the service while things are broken; it may refuse to start, with one line that says why."""
    await asyncio.to_thread(service.stop, signal.SIGKILL)
    try:
        await asyncio.to_thread(service.start)
    except RuntimeError as error:
        row: Row = {
            "fault": fault.name,
            "when": "restarted",
            "alive": False,
            "said": str(error).splitlines()[-1],
        }
        print_table([keep("reliability_faults", row)], COLUMNS)
        print("  said:", row["said"])
        return row
    return await look(fault.name, "restarted", service, evening, home, lasts_s=15.0)


async def _run_all(names: list[str], folder: Path) -> list[Row]:
    rows: list[Row] = []
    home = await asyncio.to_thread(make_home, folder / "home", PAIRS + 1)
    for name in names:
        here = folder / name
        here.mkdir()
        try:
            rows += await try_fault(FAULTS[name](here), home, here)
        except CannotBeTriedError as reason:
            print(f"{name}: not tried: {reason}")
            rows.append(keep("reliability_faults", {"fault": name, "when": f"not tried: {reason}"}))
        print(
            (here / "service.log").read_text(encoding="utf-8", errors="replace")[-3000:]
            if (here / "service.log").exists()
            else ""
        )
    return rows


def main() -> None:
    """Run as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, prog="bench.reliability_faults")
    parser.add_argument("faults", nargs="*", default=list(FAULTS), help=" ".join(FAULTS))
    options = parser.parse_args()
    os.sched_setaffinity(0, {CLIENT_CORE})
    began = time.monotonic()
    rows = run_in_folder(lambda folder: _run_all(options.faults, folder))
    print_table(rows, COLUMNS)
    print(f"{time.monotonic() - began:.0f} s")
    judged = [row for row in rows if row.get("is_judged", True)]
    is_bad = any(row.get(name) for row in judged for name in ("lost", "doubled", "out_of_order", "foreign"))
    sys.exit(1 if is_bad else 0)


if __name__ == "__main__":
    main()
