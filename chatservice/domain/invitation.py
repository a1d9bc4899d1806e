"""Invitations: addresses that let somebody set her password and second factor once. And the loss that calls for one.

Knows how long each lasts. Does not know what is set with it (usecases/welcoming.py) nor who may make one
(usecases/inviting.py, usecases/factor_losses.py).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

INVITATION_LASTS: Final = timedelta(days=7)
RESTORE_LASTS: Final = timedelta(days=1)
LOSS_LASTS: Final = timedelta(days=1)
"""How long a second coordinator has to agree that somebody has lost her second factor."""


class InvitationKind(StrEnum):
    """What an invitation is for."""

    WELCOME = "welcome"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Invitation:
    """An address that works once. `id` is SHA-256 of its random part, in hex: who reads it here cannot use it."""

    id: str
    account_id: int
    kind: InvitationKind
    created_at: datetime
    expires_at: datetime

    def holds(self, at: datetime) -> bool:
        """Say whether it can be used at an instant."""
        return at < self.expires_at


@dataclass(frozen=True, slots=True)
class FactorLoss:
    """One coordinator says that somebody has lost her second factor; another has a day to agree."""

    account_id: int
    asked_by: int
    asked_at: datetime

    @property
    def expires_at(self) -> datetime:
        """Until when another may agree."""
        return self.asked_at + LOSS_LASTS

    def holds(self, at: datetime) -> bool:
        """Say whether another may still agree."""
        return at < self.expires_at
