"""Python's half of the sealed conversation meets the shared vectors; the browser's half meets the same in tests/js."""

import secrets

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.participants.vectors import Vector, each, load
from tools.participants import encoding, sealing


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
