"""What comes in by forms and small JSON bodies, as typed structs with strict limits.

Knows msgspec and Quart's request. A body that does not fit raises `MalformedError`; which field was wrong is not told,
because pages check their own forms and everybody else needs no help.
"""

from typing import Annotated, TypeVar, cast

import msgspec
from quart import abort, request
from werkzeug.datastructures import MultiDict

from chatservice.errors import MalformedError

LARGEST_BODY_BYTES = 8192
LARGEST_LETTER_BYTES = 64 * 1024
"""A letter of the greatest length, written in letters that a form spells with twelve bytes each, and some more."""

_Form = TypeVar("_Form", bound=msgspec.Struct)


class SignInForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sign-in page's form."""

    username: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class ConfirmForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The page where somebody proves again that it is she."""

    password: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class CertificateForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mentor's browser asks for a certificate: base64url of its public key, 65 bytes."""

    key: Annotated[str, msgspec.Meta(min_length=87, max_length=87, pattern=r"^[A-Za-z0-9_-]+$")]


class LetterForm(msgspec.Struct, frozen=True):
    """The contact form. Takes everything that fits: what is wrong is said beside its field, by domain/letter.py.

    `mark` says when the page was given out; `website` is a field that people do not see and leave empty.
    """

    topic: str = ""
    text: str = ""
    email: str = ""
    mark: str = ""
    website: str = ""


class BlockForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The button on the coordinator's page that lifts a block."""

    label: Annotated[str, msgspec.Meta(min_length=1, max_length=16)]


class FeedbackForm(msgspec.Struct, frozen=True):
    """The question after a conversation: a face, and perhaps a line. Whatever does not fit is no feedback."""

    face: str = ""
    line: str = ""


def bound_body(largest_bytes: int) -> None:
    """Answer 413 to a body that says it is larger, as browsers always do.

    Quart fixes its own limit before a view is reached, at what the largest form of all may have; it holds for the rest.
    """
    if (request.content_length or 0) > largest_bytes:
        abort(413)


async def read_form(form: type[_Form], *, largest_bytes: int = LARGEST_BODY_BYTES) -> _Form:
    """Read a form of simple fields. Raises `MalformedError`."""
    bound_body(largest_bytes)
    fields = cast("MultiDict[str, str]", await request.form)
    try:
        # A NUL means nothing in any field, and PostgreSQL cannot keep one.
        return msgspec.convert(
            {name: value.replace("\0", "") for name, value in fields.to_dict().items()}, form
        )
    except msgspec.ValidationError as error:
        raise MalformedError("form") from error


async def read_json(form: type[_Form]) -> _Form:
    """Read a small JSON body. Raises `MalformedError`."""
    bound_body(LARGEST_BODY_BYTES)
    try:
        return msgspec.json.decode(await request.get_data(), type=form)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedError("json") from error
