"""The server's small part of the sealed conversation: what it refuses to read, and what it can check."""

import secrets

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from chatservice.domain import sealing
from chatservice.errors import MalformedError, NotOwnerError


@pytest.mark.parametrize("text", ["A", "AA==", "A+AA", "A/AA", "AA\n", "å", "AB", "AAB"])
def test_anything_but_the_one_spelling_of_bytes_is_malformed(text):
    with pytest.raises(MalformedError):
        sealing.from_base64url(text)


@given(st.binary(max_size=200))
def test_bytes_come_back_as_they_were(data):
    assert sealing.from_base64url(sealing.to_base64url(data)) == data


@given(st.lists(st.binary(max_size=8), max_size=4), st.lists(st.binary(max_size=8), max_size=4))
def test_no_two_lists_of_parts_are_framed_alike(first, second):
    assert (sealing.framed(*first) == sealing.framed(*second)) == (first == second)


@pytest.mark.parametrize(("key_bytes", "signature_bytes"), [(64, 64), (65, 63), (65, 64)])
def test_a_key_or_signature_of_the_wrong_form_is_malformed(key_bytes, signature_bytes):
    with pytest.raises(MalformedError):
        sealing.verify(b"\4" + bytes(key_bytes - 1), bytes(signature_bytes), "purpose")


def test_a_signature_over_other_parts_is_not_the_owners():
    key = ec.generate_private_key(ec.SECP256R1())
    signature = sealing.sign(key, "purpose", b"ab", b"c")

    sealing.verify(sealing.public_bytes(key), signature, "purpose", b"ab", b"c")
    with pytest.raises(NotOwnerError):
        sealing.verify(sealing.public_bytes(key), signature, "purpose", b"a", b"bc")


def test_ownership_is_of_the_key_that_the_conversation_was_made_from():
    key, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    conversation = sealing.conversation_id(sealing.public_bytes(key))
    challenge = secrets.token_bytes(32)
    proof = sealing.sign(other, "stodchatt/1 ownership", conversation, challenge)

    for claimed in (key, other):
        with pytest.raises(NotOwnerError):
            sealing.verify_ownership(sealing.public_bytes(claimed), conversation, challenge, proof)
