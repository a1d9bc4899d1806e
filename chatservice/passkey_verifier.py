"""Passkeys, checked with the `webauthn` package. Implements `ports.PasskeyVerifier`.

Knows one library, the service's host and the origins of its pages; nothing of accounts, sessions or which challenge
was issued for what: `usecases/passkeys.py`. A person's verification (finger, face or PIN) is always required, and the
passkey is one that the device itself finds again, so that nobody types a username.
"""

import json
import re
from collections.abc import Collection
from typing import Any, cast

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from chatservice.domain.certification import Account
from chatservice.errors import MalformedError, SignInRefusedError
from chatservice.ports import MadePasskey, PasskeyClaim

LONGEST_ID = 1400
# A browser's answer is read by the package with Python's own readers, which raise these for what is no answer.
# What JSON can spell and no database can be asked for, a half of a surrogate pair or a NUL, is in none.
_ID = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_ID}}}\Z")
_UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, IndexError, OverflowError)


class WebauthnPasskeys:
    """Passkeys for one host."""

    def __init__(self, *, host: str, origins: Collection[str]) -> None:
        self._host = host
        self._origins = sorted(origins)

    def creation_options(self, *, challenge: str, account: Account, known: Collection[str]) -> str:
        """Return what a browser needs to make a passkey, as JSON; a device that has one of `known` makes none."""
        options = generate_registration_options(
            rp_id=self._host,
            rp_name=self._host,
            user_id=_handle(account.id),
            user_name=account.username,
            user_display_name=account.alias,
            challenge=base64url_to_bytes(challenge),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                require_resident_key=True,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey_id)) for passkey_id in known
            ],
        )
        return options_to_json(options)

    def request_options(self, *, challenge: str) -> str:
        """Return what a browser needs to use any passkey it has for this service, as JSON."""
        options = generate_authentication_options(
            rp_id=self._host,
            challenge=base64url_to_bytes(challenge),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options)

    def claim(self, answer: str) -> PasskeyClaim:
        """Read what an answer says of itself. Raises `MalformedError`."""
        try:
            read = cast("dict[str, Any]", json.loads(answer))
            response = cast("dict[str, str]", read["response"])
            said = cast("dict[str, str]", json.loads(base64url_to_bytes(response["clientDataJSON"])))
            handle = response.get("userHandle")
            if not _ID.match(read["id"]):
                raise MalformedError("passkey")
            return PasskeyClaim(
                passkey_id=read["id"],
                # Spelled anew, so that one challenge has one spelling.
                challenge=bytes_to_base64url(base64url_to_bytes(said["challenge"])),
                account_id=int(base64url_to_bytes(handle)) if handle else None,
            )
        except (*_UNREADABLE, AttributeError, RecursionError) as error:
            raise MalformedError("passkey") from error

    def made(self, answer: str, *, challenge: str) -> MadePasskey:
        """Return the passkey that was made. Raises `SignInRefusedError` unless everything about it is right."""
        try:
            verified = verify_registration_response(
                credential=answer,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self._host,
                expected_origin=self._origins,
                require_user_verification=True,
            )
        except _UNREADABLE as error:
            raise SignInRefusedError from error
        made = MadePasskey(
            bytes_to_base64url(verified.credential_id), verified.credential_public_key, verified.sign_count
        )
        if len(made.id) > LONGEST_ID:
            raise SignInRefusedError
        return made

    def count_of_use(self, answer: str, *, challenge: str, public_key: bytes, sign_count: int) -> int:
        """Return the device's new count of uses. Raises `SignInRefusedError` unless the signature, the page's origin,
        the person's presence and verification are right and the count has not gone backwards.
        """
        try:
            verified = verify_authentication_response(
                credential=answer,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self._host,
                expected_origin=self._origins,
                credential_public_key=public_key,
                credential_current_sign_count=sign_count,
                require_user_verification=True,
            )
        except _UNREADABLE as error:
            raise SignInRefusedError from error
        return verified.new_sign_count


def _handle(account_id: int) -> bytes:
    """Return the account's number, which is all that a device is told beside the names that its owner sees."""
    return str(account_id).encode()
