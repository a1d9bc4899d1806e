"""Builders for tests of staff: settings in a folder of their own, a desk with cheap passwords, people and codes."""

import secrets
import tempfile
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric import ec
from pyotp.totp import TOTP
from sqlalchemy import delete, text

from chatservice.agreements import load_terms
from chatservice.credentials import TimeCodes
from chatservice.domain import sealing
from chatservice.domain.certification import Account, Role
from chatservice.records import DatabaseRecords, migrate, open_records
from chatservice.records.database import open_engine
from chatservice.records.tables import metadata
from chatservice.settings import Settings, write_private
from chatservice.staff import make_desk
from chatservice.usecases import accounts
from chatservice.usecases.accounts import SignedIn, StaffDesk
from chatservice.usecases.certification_items import note_examples
from tests.live_builders import HandClock

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "exempel-lösenord"
TERMS = load_terms(Path(__file__).resolve().parents[1] / "content")


def example_settings(folder: Path) -> Settings:
    """Return settings of the example mode in a folder of their own."""
    return Settings(data_dir=folder, secret=secrets.token_urlsafe(48), site_dir=None)


@cache
def _migrated_file() -> bytes:
    """Return an empty database file with our tables: the migrations are the same each time, and slow."""
    with tempfile.TemporaryDirectory() as folder:
        settings = example_settings(Path(folder))
        _migrate(settings)
        return (Path(folder) / "records.sqlite3").read_bytes()


def prepare_records(settings: Settings) -> None:
    """Make an empty database with our tables where the settings lead."""
    file = settings.data_dir / "records.sqlite3"
    if settings.records_url.startswith("sqlite") and not file.exists():
        write_private(file, _migrated_file())
    else:
        _migrate(settings)


def _migrate(settings: Settings) -> None:
    with ThreadPoolExecutor(1) as pool:  # a loop runs here already, most likely
        pool.submit(migrate, settings).result()


async def emptied_postgres(settings: Settings) -> None:
    """Empty our tables, and let their numbers begin at 1 again."""
    async with open_engine(settings, for_migration=True) as engine, engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            await connection.execute(delete(table))
        await connection.execute(
            text("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'")
        )


@asynccontextmanager
async def fresh_records(folder: Path) -> AsyncGenerator[DatabaseRecords]:
    """Open an empty database in a folder."""
    settings = example_settings(folder)
    prepare_records(settings)
    async with open_records(settings) as records:
        yield records


@dataclass
class Person:
    """A member of staff as she knows herself."""

    account: Account
    secret: str
    password: str = PASSWORD


@dataclass
class StaffRoom:
    """A desk whose clocks are moved by hand, and the people that were added to it."""

    desk: StaffDesk
    clock: HandClock

    async def add(
        self, username: str = "exempel", role: Role = Role.MENTOR, *, has_items: bool = True
    ) -> Person:
        """Add somebody who has everything she needs before duty, or who has only just come."""
        fresh = await accounts.add_account(
            self.desk, username=username, role=role, alias=None, password=PASSWORD
        )
        if has_items:
            await note_examples(self.desk, TERMS, fresh.account)
        return Person(fresh.account, fresh.code_secret)

    def code(self, person: Person, steps_away: int = 0) -> str:
        return TOTP(person.secret).generate_otp(int(self.clock.now().timestamp()) // 30 + steps_away)

    async def sign_in(self, person: Person, **given: str) -> SignedIn:
        fields = {"username": person.account.username, "password": person.password, "code": self.code(person)}
        return await accounts.sign_in(self.desk, **(fields | given))


@asynccontextmanager
async def staff_room(folder: Path, *, signs_by_itself: bool = True) -> AsyncGenerator[StaffRoom]:
    """Open a staff room over a real database; without `signs_by_itself` a person must sign certificates."""
    async with fresh_records(folder) as records:
        clock = HandClock()
        pinned = () if signs_by_itself else ("somebody's",)
        desk = make_desk(example_settings(folder), records, clock, pinned=pinned, hasher=CHEAP)
        yield StaffRoom(replace(desk, wall=clock, codes=TimeCodes((clock,))), clock)


def browser_key() -> bytes:
    """Return the public half of a fresh identity key, 65 bytes."""
    return sealing.public_bytes(ec.generate_private_key(ec.SECP256R1()))
