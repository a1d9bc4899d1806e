"""`canary`: hold a conversation whose words stand nowhere else, and look for them where nothing may be kept.

It is held in the running service, in its real memory and beside its real files. What it must find, or else the search
proves nothing: words laid out for it in files, in three disguises, and the conversation's id in the service's memory.
The result is written for the page about it (`latest_check.py`). Next: talking.py, looking.py; what it cannot see
stands in docs/operations.md.
"""

import argparse
import asyncio
import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from chatservice.commands.canary.controls import laid_out, new_word
from chatservice.commands.canary.looking import Search
from chatservice.commands.canary.places import serving_processes, swapped_kib, temporary_folders
from chatservice.commands.canary.talking import MarkedConversation, own_account
from chatservice.commands.desk import open_desk
from chatservice.commands.migrate import ensure_current
from chatservice.errors import StartError
from chatservice.latest_check import LatestCheck, write_latest_check
from chatservice.settings import Settings


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Talk, look, and write what came of it; 1 when a word was found. Raises `StartError`."""
    ensure_current(settings)
    pids = [] if options.without_memory else _processes(settings, options.pid)
    swapped = [pid for pid in pids if swapped_kib(pid)]
    word = new_word()
    places = [settings.data_dir, *_given(options.look_in)]
    search = Search(pids, places, temporary_folders(pids), options.journal, word)
    at = datetime.now(UTC)
    asyncio.run(_talk_and_look(settings, search))
    with_memory = bool(pids) and not swapped
    write_latest_check(
        settings.data_dir, LatestCheck(at, "something" if search.told else "nothing", with_memory)
    )
    for pid in swapped:
        print(f"Råd: en del av process {pid} ligger i växlingsminnet, där ingen har letat: stäng av swap.")
    if not pids:
        print("Råd: minnet genomsöktes inte.")
    for place in search.told:
        print(f"FEL: ett ord ur provsamtalet finns i {place}.")
    if not search.told:
        print(
            f"Inget av orden hittades: {len(search.places) + len(search.temporary)} platser, {len(pids)} process(er)."
        )
    return 1 if search.told else 0


async def _talk_and_look(settings: Settings, search: Search) -> None:
    async with open_desk(settings) as desk, own_account(desk) as own:
        with ExitStack() as stack:
            controls = [
                control
                for folder in (settings.data_dir, Path(tempfile.gettempdir()))
                for control in stack.enter_context(laid_out(folder))
            ]
            conversation = await MarkedConversation.begin(settings, desk, own, search.word)
            try:
                await asyncio.to_thread(search.look, conversation.id, controls)
                await conversation.end()
            finally:
                await conversation.give_up()
            # What is over may have left something that was not there while it went on.
            await asyncio.to_thread(search.look, "", controls)


def _processes(settings: Settings, given: Sequence[int]) -> list[int]:
    found = list(given) or serving_processes(settings.port)
    if not found:
        raise StartError(
            f"Ingen process som lyssnar på port {settings.port} går att se: starta tjänsten, kör som root eller som "
            "tjänstens användare, eller ange --pid."
        )
    return [pid for pid in found if pid != os.getpid()]


def _given(places: Sequence[Path]) -> list[Path]:
    for place in places:
        if not place.exists():
            raise StartError(f"{place} finns inte: rätta --look-in.")
    return list(places)
