"""Nothing of a conversation is on any disk, and no text is in the server's memory, before, during or after.

The search is proved by what it must find: the conversation's id in the memory of the process that carries it, and a
username in the records. Source: protocol step 8.
"""

import asyncio
import base64
import secrets
from contextlib import AsyncExitStack

import pytest

from chatservice.commands.canary.searching import found_in_files, found_in_process, spellings
from tests.evening import pairs_talking
from tests.running_service import example_pin


@pytest.fixture
def temporary_folder(tmp_path, monkeypatch):
    """Give the service a folder of its own for temporary files."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_the_search_knows_a_word_in_every_disguise():
    word = "nattljus"
    disguises = [
        word.encode(),
        word.encode("utf-16-le"),
        *(base64.b64encode(b"x" * shift + word.encode() + b"yz") for shift in range(3)),
    ]

    assert all(any(one in disguise for one in spellings(word)) for disguise in disguises)
    assert not any(one in b"dagsljus och nattmangel" for one in spellings(word))
    # A few characters stand in any key by chance.
    assert all(len(one) >= len(word) for one in spellings(word))


async def test_no_text_is_in_memory_and_nothing_at_all_is_on_disk(
    make_service, project, example_home, temporary_folder
):
    service = make_service()
    places = [service.data_dir, service.log_path, temporary_folder]
    marker = f"Hemligt{secrets.token_hex(8)}"
    texts = [f"{marker} {number} från köksbordet åäö" for number in range(20)]
    async with AsyncExitStack() as stack:
        (pair,) = await pairs_talking(stack, service, example_pin(project, example_home), 1)
        for number, text in enumerate(texts):
            await (pair.visitor if number % 2 else pair.mentor).say(text)
        assert await pair.visitor.next_text() == texts[0]
        conversation_id = pair.visitor.identity.conversation
        token = pair.visitor.token

        memory = await asyncio.to_thread(found_in_process, service.pid, [marker, conversation_id])
        assert memory == {conversation_id}
        assert found_in_files(places, [marker, conversation_id, token, "mentor-0"]) == {
            (file, "mentor-0")
            for file in service.data_dir.glob("records.sqlite3*")
            if b"mentor-0" in file.read_bytes()
        }
        await pair.visitor.end()
        await pair.mentor.until_ended()
        await pair.mentor.until(lambda: pair.mentor.duty == "on")

        assert await asyncio.to_thread(found_in_process, service.pid, [marker]) == set()
        assert found_in_files(places, [marker, conversation_id, token]) == set()
    service.stop()
    assert found_in_files(places, [marker, conversation_id, token]) == set()
    assert found_in_files(places, ["mentor-0"])
