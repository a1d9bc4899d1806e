"""Throws altered frames and tickets at their readers: `python -m tools.fuzz_frames --seconds 60`.

Each example of tests/fixtures/frames is taken apart and put together wrongly: fields lost, doubled, of another kind,
too large, in another frame, bytes of it broken. A reader may accept or refuse with its own error; anything else
(another error, a frame that reads differently the second time) ends the run with the input that did it. atheris leads
the choice by which lines were reached. Knows no socket; tests/web/test_malformed_traffic.py does.
"""
# atheris has no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUntypedFunctionDecorator=false, reportAttributeAccessIssue=false

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import atheris

with atheris.instrument_imports(include=["chatservice"]):
    import msgspec

    from chatservice.domain.conversation import Conversation
    from chatservice.domain.seat import MentorSeat, Side
    from chatservice.errors import MalformedError, TicketError, WrongVersionError
    from chatservice.usecases.tickets import TicketBook
    from chatservice.web import frames
    from chatservice.web.coordinator_frames import read_coordinator_frame

EXAMPLES: Final = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "frames"
READERS: Final[dict[str, Callable[[str | bytes], Any]]] = {
    "visitor_sends": frames.read_visitor_frame,
    "mentor_sends": frames.read_mentor_frame,
    "coordinator_sends": read_coordinator_frame,
}
STRANGE: Final = (
    None, True, -1, 2**53, 2**64, 1e400, 0.5, "", "å", "\x00", "\ud800", "A" * 43, "A" * 70_000, [], {}, [[]] * 200,
    {"type": "post"},
)  # fmt: skip
NOW_MS: Final = 1_790_000_000_000


def load_examples() -> list[tuple[str, dict[str, Any]]]:
    """Return every valid example of what a browser sends, with the folder that names its reader."""
    return [
        (folder, frame)
        for folder in READERS
        for file in sorted((EXAMPLES / folder).glob("*.json"))
        for frame in json.loads(file.read_text("utf-8"))["valid"]
    ]


@atheris.instrument_func
def altered(choose: Any, frame: dict[str, Any], others: list[dict[str, Any]]) -> str:
    """Return a frame with up to seven things wrong; `choose` is atheris' data provider."""
    frame = dict(frame)
    for _ in range(choose.ConsumeIntInRange(0, 4)):
        name = choose.PickValueInList(sorted(frame) or ["type"])
        match choose.ConsumeIntInRange(0, 4):
            case 0:
                frame.pop(name, None)
            case 1:
                frame[name] = choose.PickValueInList(list(STRANGE))
            case 2:
                frame[choose.ConsumeUnicode(12)] = choose.ConsumeUnicode(40)
            case 3:
                frame.update(choose.PickValueInList(others))
            case _:
                frame[name] = choose.ConsumeUnicode(100)
    text = json.dumps(frame, ensure_ascii=choose.ConsumeBool())
    for _ in range(choose.ConsumeIntInRange(0, 3)):
        at = choose.ConsumeIntInRange(0, len(text))
        text = text[:at] + choose.ConsumeUnicode(2) + text[at + 1 :]
    return text


@atheris.instrument_func
def check_reader(read: Callable[[str | bytes], Any], text: str) -> bool:
    """Read a text; return whether it is a frame. Raises AssertionError for a reader of two minds."""
    try:
        frame = read(text)
    except (MalformedError, WrongVersionError):
        return False
    assert read(msgspec.json.encode(frame).decode()) == frame, "the frame reads differently the second time"
    return True


@atheris.instrument_func
def check_ticket(book: TicketBook, ticket: str, true_ticket: str) -> None:
    """Read a ticket that was meddled with; only the true one may be accepted."""
    try:
        book.read(ticket, Side.MENTOR, now_ms=NOW_MS)
    except TicketError:
        return
    assert ticket == true_ticket, "a ticket that we never signed was accepted"


def make_target() -> Callable[[bytes], None]:
    """Return the function that libFuzzer calls with one input after the other."""
    examples = load_examples()
    others = [frame for _, frame in examples]
    book = TicketBook(b"only for trying things out")
    seated = Conversation("A" * 43, bytes(32), NOW_MS, "A" * 43, 1, MentorSeat(7, "A" * 22, 1))
    ticket = book.issue(seated, Side.MENTOR, now_ms=NOW_MS)

    def target(data: bytes) -> None:
        choose = atheris.FuzzedDataProvider(data)
        folder, frame = choose.PickValueInList(examples)
        check_reader(READERS[folder], altered(choose, frame, others))
        check_reader(READERS[folder], data.decode("utf-8", "surrogateescape"))
        at = choose.ConsumeIntInRange(0, len(ticket))
        check_ticket(book, ticket[:at] + choose.ConsumeUnicode(20) + ticket[at + 1 :], ticket)

    return target


def main() -> None:
    """Run until the time or the number of inputs is over; libFuzzer ends the process with 0, or 77 and the input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="at most so long")
    parser.add_argument("--inputs", type=int, default=-1, help="at most so many inputs")
    given = parser.parse_args()
    corpus = Path(tempfile.mkdtemp(prefix="frames-"))
    choose = random.Random(1)
    for number in range(100):
        (corpus / str(number)).write_bytes(choose.randbytes(400))
    options = [
        f"-max_total_time={given.seconds}",
        f"-runs={given.inputs}",
        f"-artifact_prefix={corpus}/",
        "-reduce_inputs=0",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], make_target())
    atheris.Fuzz()


if __name__ == "__main__":
    main()
