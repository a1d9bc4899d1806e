"""Python's half of the sealed conversation meets the shared vectors; the browser's half meets the same in tests/js."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tools.participants import encoding, sealing

VECTORS = Path(__file__).parent.parent / "fixtures/vectors"

Vector = dict[str, Any]


def load(name: str) -> Vector:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def each(name: str, part: str) -> Callable[[Any], Any]:
    vectors = load(name)[part]
    return pytest.mark.parametrize("vector", vectors, ids=[vector.get("why", "") for vector in vectors])


def private_key(web_key: Vector) -> sealing.PrivateKey:
    return ec.derive_private_key(int.from_bytes(encoding.from_base64url(web_key["d"])), ec.SECP256R1())


# -- encoding


@pytest.mark.parametrize("text", load("encoding")["not_base64url"])
def test_another_spelling_of_bytes_is_refused(text: str) -> None:
    with pytest.raises(encoding.EncodingError):
        encoding.from_base64url(text)


@pytest.mark.parametrize("name", ["u32", "u64"])
def test_a_number_that_does_not_fit_is_refused(name: str) -> None:
    for number in load("encoding")[f"not_{name}"]:
        with pytest.raises(encoding.EncodingError):
            getattr(encoding, name)(number)


def test_bytes_numbers_and_lists_are_written_as_the_protocol_says() -> None:
    vectors = load("encoding")

    for vector in vectors["base64url"]:
        assert encoding.to_base64url(bytes.fromhex(vector["hex"])) == vector["text"]
        assert encoding.from_base64url(vector["text"]).hex() == vector["hex"]
    for name in ("u32", "u64"):
        for vector in vectors[name]:
            assert getattr(encoding, name)(vector["number"]).hex() == vector["hex"]
    for vector in vectors["framed"]:
        parts = [part["text"] if "text" in part else bytes.fromhex(part["hex"]) for part in vector["parts"]]
        assert encoding.framed(*parts).hex() == vector["hex"]
    for vector in vectors["derived"]:
        secret, salt = bytes.fromhex(vector["secret"]), bytes.fromhex(vector["salt"])
        assert sealing.derived(secret, salt, vector["info"]).hex() == vector["hex"]


# -- identity


def test_names_and_tokens_follow_from_keys() -> None:
    vectors = load("identity")

    visitor = sealing.ConversationIdentity.create(private_key(vectors["visitor"]["private_key"]))
    mentor_key = encoding.from_base64url(vectors["mentor"]["public_key"])

    assert encoding.to_base64url(visitor.public_key) == vectors["visitor"]["public_key"]
    assert visitor.conversation == vectors["visitor"]["conversation"]
    assert sealing.server_token(encoding.from_base64url(vectors["token"]["r"])) == vectors["token"]["token"]
    assert sealing.key_id_of(mentor_key) == vectors["mentor"]["key_id"]
    assert sealing.mentor_sender(vectors["mentor"]["key_id"]) == vectors["mentor"]["sender"]


def test_an_ownership_proof_is_good_for_one_challenge_of_one_conversation() -> None:
    vectors = load("identity")
    key = encoding.from_base64url(vectors["visitor"]["public_key"])
    proof = encoding.from_base64url(vectors["ownership"]["proof"])
    conversation = encoding.from_base64url(vectors["visitor"]["conversation"])
    challenge = encoding.from_base64url(vectors["ownership"]["challenge"])

    assert not sealing.is_signed(key, proof, "stodchatt/1 ownership", challenge, conversation)
    assert not sealing.is_signed(key, proof, "stodchatt/1 offer", conversation, challenge)
    assert not sealing.is_signed(key, bytes(64), "stodchatt/1 ownership", conversation, challenge)
    assert sealing.is_signed(key, proof, "stodchatt/1 ownership", conversation, challenge)


# -- certificates, offers, grants


@each("certificates", "refused")
def test_a_certificate_that_is_not_good_is_refused_by_its_reason(vector: Vector) -> None:
    common = load("certificates")

    with pytest.raises(sealing.CertificateError) as refusal:
        sealing.verify_certificate(
            vector["certificate"],
            pins=vector.get("pins", common["pins"]),
            denied=vector.get("denied", []),
            now_s=vector.get("now_s", common["now_s"]),
        )

    assert refusal.value.code == vector["code"]


@each("certificates", "accepted")
def test_a_good_certificate_says_whose_key_it_is(vector: Vector) -> None:
    common = load("certificates")

    facts = sealing.verify_certificate(
        vector["certificate"],
        pins=common["pins"],
        denied=vector.get("denied", []),
        now_s=vector.get("now_s", common["now_s"]),
    )

    assert {**facts.__dict__, "key": encoding.to_base64url(facts.key)} == vector["facts"]


@each("offers", "refused")
def test_an_offer_that_is_not_good_is_refused_by_its_reason(vector: Vector) -> None:
    common = load("offers")

    with pytest.raises(sealing.SealingError) as refusal:
        sealing.verify_offer(
            vector["offer"],
            pins=common["pins"],
            denied=[],
            conversation=vector["conversation"],
            epoch=vector["epoch"],
            now_s=vector.get("now_s", common["now_s"]),
        )

    assert (type(refusal.value).__name__, refusal.value.code) == (vector["error"], vector["code"])


@each("offers", "accepted")
def test_a_good_offer_is_accepted(vector: Vector) -> None:
    common = load("offers")

    facts = sealing.verify_offer(
        vector["offer"],
        pins=common["pins"],
        denied=[],
        conversation=vector["conversation"],
        epoch=vector["epoch"],
        now_s=common["now_s"],
    )

    assert facts.key_id == vector["key_id"]


@each("grants", "refused")
def test_a_grant_that_is_not_good_is_refused_by_its_reason(vector: Vector) -> None:
    secret = private_key(load("grants")["secret"])

    with pytest.raises(sealing.GrantError) as refusal:
        sealing.open_grant(
            secret,
            vector["grant"],
            conversation=vector["conversation"],
            epoch=vector["epoch"],
            offer=vector["offer"],
        )

    assert refusal.value.code == vector["code"]


@each("grants", "accepted")
def test_a_good_grant_gives_the_roots(vector: Vector) -> None:
    common = load("grants")

    roots = sealing.open_grant(
        private_key(common["secret"]),
        vector["grant"],
        conversation=vector["conversation"],
        epoch=vector["epoch"],
        offer=vector["offer"],
    )

    assert {str(epoch): root for epoch, root in roots.items()} == vector["roots"]
    context = sealing.grant_context(vector["conversation"], vector["epoch"], vector["offer"])
    assert context.hex() == common["context"]


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


def test_what_python_makes_python_accepts() -> None:
    organisation = sealing.new_private_key()
    visitor, mentor = sealing.ConversationIdentity.create(), sealing.MentorIdentity.create()
    certificate = sealing.make_certificate(
        organisation, alias="Exempel", key=mentor.public_key, not_before=0, not_after=10
    )
    pins = [encoding.to_base64url(sealing.public_key_bytes(organisation))]
    place = {"conversation": visitor.conversation, "epoch": secrets.randbelow(9) + 1}

    secret, offer = sealing.make_offer(mentor, certificate, **place)
    facts = sealing.verify_offer(offer, pins=pins, denied=[], now_s=5, **place)
    roots = {place["epoch"]: sealing.new_root()}
    grant = sealing.make_grant(visitor, epoch=place["epoch"], offer=offer, roots=roots)

    assert facts.key_id == mentor.key_id
    assert sealing.open_grant(secret, grant, offer=offer, **place) == roots
