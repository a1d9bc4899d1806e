"""Every frame example of docs/protocol.md, as the server reads or writes it."""

import json
from pathlib import Path

import msgspec
import pytest

from chatservice.domain.envelope import Draft, Envelope
from chatservice.errors import MalformedError, WrongVersionError
from chatservice.web import frames, line_frames
from chatservice.web.coordinator_frames import read_coordinator_frame

FRAMES = Path(__file__).parents[1] / "fixtures" / "frames"
READERS = {
    "visitor_sends": frames.read_visitor_frame,
    "mentor_sends": frames.read_mentor_frame,
    "coordinator_sends": read_coordinator_frame,
}
WRITTEN = {
    "visitor_receives": msgspec.json.Decoder(
        frames.Welcome
        | frames.Joined
        | frames.VisitorPhase
        | frames.WorkAsked
        | frames.TicketFrame
        | frames.EnvelopeFrame
        | frames.Posted
        | frames.Delivered
        | frames.Peer
        | frames.Ended
        | frames.ErrorFrame
        | frames.Restarting
        | frames.Beat
    ),
    "mentor_receives": msgspec.json.Decoder(
        frames.Welcome
        | frames.Ready
        | frames.Duty
        | frames.QueueFrame
        | frames.Taken
        | frames.Blocked
        | frames.Unblocked
        | frames.Colleagues
        | frames.Asked
        | frames.Unasked
        | line_frames.LineOpen
        | line_frames.Line
        | line_frames.LineGot
        | line_frames.LineLost
        | frames.MentorPhase
        | frames.TicketFrame
        | frames.EnvelopeFrame
        | frames.Posted
        | frames.Delivered
        | frames.Peer
        | frames.Ended
        | frames.ErrorFrame
        | frames.Restarting
        | frames.Beat
    ),
    "coordinator_receives": msgspec.json.Decoder(
        frames.Welcome
        | line_frames.Counts
        | line_frames.Line
        | line_frames.LineGot
        | line_frames.LineLost
        | line_frames.LinePage
        | frames.ErrorFrame
        | frames.Restarting
        | frames.Beat
    ),
}


def _examples(folders, list_name):
    return [
        pytest.param(folder, example, id=f"{folder}-{file.stem}-{number}")
        for folder in folders
        for file in sorted((FRAMES / folder).glob("*.json"))
        for number, example in enumerate(json.loads(file.read_text("utf-8"))[list_name])
    ]


@pytest.mark.parametrize(("folder", "example"), _examples(READERS, "invalid"))
def test_an_invalid_frame_is_refused_without_being_quoted(folder, example):
    text = json.dumps(example["frame"])

    def read():
        frame = READERS[folder](text)
        frames.require_version(getattr(frame, "version", ""))

    with pytest.raises((MalformedError, WrongVersionError)) as refusal:
        read()

    assert refusal.value.__cause__ is None
    assert text not in str(refusal.value)


@pytest.mark.parametrize(("folder", "example"), _examples(READERS, "valid"))
def test_a_valid_frame_is_read_as_it_was_written(folder, example):
    frame = READERS[folder](json.dumps(example))

    assert json.loads(msgspec.json.encode(frame)) == example


@pytest.mark.parametrize(("folder", "example"), _examples(WRITTEN, "valid"))
def test_the_server_can_write_every_frame_a_browser_expects(folder, example):
    frame = WRITTEN[folder].decode(json.dumps(example))

    assert json.loads(frames.write_frame(frame)) == example


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "1",
        "null",
        "[]",
        "[" * 60_000,
        '{"type":"beat"',
        '{"type":"beat","type":1}',
        "\ud800",
        "\x00",
    ],
)
def test_what_is_no_frame_at_all_is_refused(text):
    for read in READERS.values():
        with pytest.raises(MalformedError):
            read(text)


def test_a_posted_envelope_is_what_the_frame_said_and_nothing_else_has_a_number():
    post = frames.read_mentor_frame('{"type":"post","sequence":3,"epoch":1,"kind":"offer","body":"AAAA"}')

    assert isinstance(post, frames.MentorPost)
    assert frames.draft_of(post) == Draft(3, 1, "offer", "AAAA")
    assert frames.sequence_of(post) == 3
    assert frames.sequence_of(frames.Beat()) is None


def test_an_envelope_goes_out_with_everything_it_has():
    envelope = Envelope(7, "visitor", 3, 1, "message", "AAAA")

    assert json.loads(frames.write_frame(frames.envelope_frame(envelope))) == {
        "type": "envelope",
        "position": 7,
        "sender": "visitor",
        "sequence": 3,
        "epoch": 1,
        "kind": "message",
        "body": "AAAA",
    }


@pytest.mark.parametrize("version", ["", "stodchatt/2", "stodchatt/1 "])
def test_another_version_is_refused(version):
    frames.require_version("stodchatt/1")

    with pytest.raises(WrongVersionError):
        frames.require_version(version)


def test_bytes_and_giants_are_refused():
    for read in READERS.values():
        with pytest.raises(MalformedError):
            read(b'{"type":"beat"}')
        with pytest.raises(MalformedError):
            read('{"type":"beat"}' + " " * frames.LARGEST_FRAME_BYTES)
