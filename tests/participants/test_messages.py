"""Python's messages and states of a reload meet the shared vectors; the browser's meet the same in tests/js."""

import pytest

from tests.participants.vectors import Vector, each, load
from tools.participants import encoding, sealing

# -- messages


@pytest.fixture
def keys() -> sealing.MessageKeys:
    vectors = load("messages")
    keys = sealing.MessageKeys(vectors["conversation"])
    for epoch, root in vectors["roots"].items():
        keys.add_root(int(epoch), root)
    return keys


@each("messages", "refused")
def test_a_message_that_is_not_good_is_refused_by_its_reason(
    keys: sealing.MessageKeys, vector: Vector
) -> None:
    with pytest.raises(sealing.MessageError) as refusal:
        keys.open(vector["body"], epoch=vector["epoch"], sender=vector["sender"], sequence=vector["sequence"])

    assert refusal.value.code == vector["code"]


@each("messages", "never_sealed")
def test_a_content_that_nobody_would_accept_is_never_sealed(
    keys: sealing.MessageKeys, vector: Vector
) -> None:
    with pytest.raises(sealing.MessageError) as refusal:
        keys.seal(vector["content"], epoch=1, sender=sealing.VISITOR, sequence=0)

    assert refusal.value.code == vector["code"]


@each("messages", "never_said_by_a_mentor")
def test_what_a_mentor_may_not_say_is_never_sealed(keys: sealing.MessageKeys, vector: Vector) -> None:
    sender = next(secret["sender"] for secret in load("messages")["secrets"] if ":" in secret["sender"])

    with pytest.raises(sealing.MessageError) as refusal:
        keys.seal(vector["content"], epoch=1, sender=sender, sequence=0)

    assert refusal.value.code == "malformed"


@each("messages", "opened")
def test_a_good_message_opens_in_its_place(keys: sealing.MessageKeys, vector: Vector) -> None:
    where = {name: vector[name] for name in ("epoch", "sender", "sequence")}

    assert keys.open(vector["body"], **where) == vector["content"]
    assert keys.open(keys.seal(vector["content"], **where), **where) == vector["content"]


def test_message_keys_and_contexts_are_the_protocols() -> None:
    vectors = load("messages")
    conversation = vectors["conversation"]

    for vector in vectors["secrets"]:
        epoch, sender = vector["epoch"], vector["sender"]
        root = vectors["roots"][str(epoch)]
        secret = sealing.message_secret(root, conversation=conversation, epoch=epoch, sender=sender)
        assert secret.hex() == vector["hex"]
    for vector in vectors["contexts"]:
        place = {name: vector[name] for name in ("epoch", "sender", "sequence")}
        assert sealing.envelope_context(conversation=conversation, **place).hex() == vector["hex"]


def test_padding_hides_the_length_and_comes_off_again() -> None:
    vectors = load("messages")

    with pytest.raises(sealing.MessageError):
        sealing.pad(bytes(vectors["too_long"]))
    for vector in vectors["padding"]:
        padded = sealing.pad(bytes(vector["length"]))
        assert len(padded) == vector["size"]
        assert sealing.unpad(padded) == bytes(vector["length"])


def test_an_epoch_never_changes_its_root(keys: sealing.MessageKeys) -> None:
    with pytest.raises(sealing.MessageError) as refusal:
        keys.add_root(1, sealing.new_root())

    assert refusal.value.code == "other_root"


def test_forgotten_keys_open_nothing(keys: sealing.MessageKeys) -> None:
    vector = load("messages")["opened"][0]
    where = {name: vector[name] for name in ("epoch", "sender", "sequence")}
    keys.open(vector["body"], **where)

    keys.forget()

    assert not keys.has(vector["epoch"])
    with pytest.raises(sealing.MessageError):
        keys.open(vector["body"], **where)


# -- the state of a reload


@each("resume", "refused")
def test_the_state_of_a_reload_stays_shut_without_both_halves(vector: Vector) -> None:
    with pytest.raises(sealing.SealingError) as refusal:
        sealing.open_state(encoding.from_base64url(vector["r"]), vector["share"], vector["blob"])

    assert refusal.value.code == "unreadable"


@each("resume", "opened")
def test_the_state_of_a_reload_opens_with_both_halves(vector: Vector) -> None:
    r = encoding.from_base64url(vector["r"])

    assert sealing.open_state(r, vector["share"], vector["blob"]) == vector["state"]
    blob = sealing.seal_state(r, vector["share"], vector["state"])
    assert sealing.open_state(r, vector["share"], blob) == vector["state"]
