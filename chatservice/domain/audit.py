"""What staff did: who, what kind of act, and when. Never what was said or written.

Knows the list of acts. Whoever adds a way to change something adds its act here and notes it from the use case
(`usecases/auditing.py`); the words for people stand in templates/office_audit.html.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

KEPT_FOR: Final = timedelta(days=90)


class Act(StrEnum):
    """A kind of act. The codes are stored: never reuse one for something else."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SESSION_ENDED = "session_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an act
    CODE_APP_CHANGED = "code_app_changed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    INVITED = "invited"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    INVITATION_USED = "invitation_used"
    ACCOUNT_ADDED = "account_added"
    CREDENTIALS_RENEWED = "credentials_renewed"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"
    FACTOR_LOSS_REPORTED = "factor_loss_reported"
    FACTOR_LOSS_AGREED = "factor_loss_agreed"
    FACTOR_LOSS_WITHDRAWN = "factor_loss_withdrawn"
    CERTIFICATE_SIGNED = "certificate_signed"
    CERTIFICATE_REVOKED = "certificate_revoked"
    KEY_REQUEST_REFUSED = "key_request_refused"
    ITEM_NOTED = "item_noted"
    ITEM_WITHDRAWN = "item_withdrawn"
    TEXT_SIGNED = "text_signed"
    QUARANTINE_SET = "quarantine_set"
    QUARANTINE_LIFTED = "quarantine_lifted"
    HOURS_CHANGED = "hours_changed"
    HOURS_OVERRIDDEN = "hours_overridden"
    OVERRIDE_ENDED = "override_ended"
    SHIFT_GIVEN = "shift_given"
    SHIFT_TAKEN_AWAY = "shift_taken_away"
    LETTER_ERASED = "letter_erased"
    TALK_WISH_MET = "talk_wish_met"
    BLOCK_SET = "block_set"
    BLOCK_LIFTED = "block_lifted"
    NUMBERS_EXPORTED = "numbers_exported"
    NUMBERS_PUBLISHED = "numbers_published"
    AUDIT_EXPORTED = "audit_exported"


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `account_id` is who did it, None for the command line; `about` whose account it concerned, if any."""

    at: datetime
    account_id: int | None
    act: Act
    about: int | None = None
