"""What the log says of a disk that can be read and no longer written to: once that it began, once that it is over."""

import logging
import resource

import pytest

from chatservice.domain.letter import SealedLetter
from chatservice.errors import RecordsAwayError
from chatservice.records import connections
from tests.live_builders import EVENING
from tests.staff_builders import fresh_records


async def test_a_disk_that_is_full_is_told_once_although_it_can_be_read_all_the_time(tmp_path, caplog):
    caplog.set_level(logging.WARNING, connections.__name__)
    large = SealedLetter("key", b"x" * 500_000, EVENING, EVENING)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with fresh_records(tmp_path) as records:
        resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "records.sqlite3-wal").stat().st_size, hard))
        try:
            for _ in range(3):
                with pytest.raises(RecordsAwayError):
                    await records.letters.add(large)
                assert await records.letters.count() == 0
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        await records.letters.add(large)

    told = [record.getMessage() for record in caplog.records if record.name == connections.__name__]
    assert [line.partition(":")[0] for line in told] == [
        "The records cannot be reached",
        "The records answer again.",
    ]
