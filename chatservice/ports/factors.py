"""Second factors as records: passkeys and recovery codes. Adapters: records/passkeys.py, recovery_codes.py.

The secret of a code app lies with the account (`people.py`). What a passkey's answer must hold is checked behind
`credentials.PasskeyVerifier`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Passkey:
    """The public half of a key that lives in a device. `id` is base64url, as the device named it."""

    id: str
    account_id: int
    public_key: bytes
    sign_count: int
    name: str
    added_on: date


class Passkeys(Protocol):
    """Passkeys of everybody."""

    async def add(self, passkey: Passkey) -> bool:
        """Add a passkey; False when its id is known already, whoever has it."""
        ...

    async def find(self, passkey_id: str) -> Passkey | None:
        """Return a passkey, or None."""
        ...

    async def of_account(self, account_id: int) -> Sequence[Passkey]:
        """Return an account's passkeys, the oldest first."""
        ...

    async def count_use(self, passkey_id: str, *, former: int, present: int) -> bool:
        """Note the device's new count of uses; False when it is not `former` any longer. Atomic."""
        ...

    async def remove(self, account_id: int, passkey_id: str) -> bool:
        """Remove a passkey of this account; False when it has none of this id."""
        ...


class RecoveryCodes(Protocol):
    """Codes for whoever has lost her device, as hashes. A used one leaves no row."""

    async def replace(self, account_id: int, code_ids: Collection[str]) -> None:
        """Give an account these codes and no others."""
        ...

    async def use(self, account_id: int, code_id: str) -> bool:
        """Use a code up; False when the account does not have it. Atomic."""
        ...

    async def count(self, account_id: int) -> int:
        """Return how many codes an account has left."""
        ...
