"""The tables of what must last. There is none for conversations, and a test holds that.

Instants are whole Unix seconds, so that every database keeps them the same way. What each field is for, and how long it
is kept, stands in docs/what_we_hold.md, which a test compares with the live schema. A change here needs a migration
(`migrations/versions/`); another test compares the two.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, MetaData, String, Table

from chatservice.records.column_types import NUMBER

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("username", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("alias", String(64), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("password_hash", String(256), nullable=False),
    Column("code_secret", String(64), nullable=False),
    Column("last_code_step", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("deactivated_at", BigInteger, nullable=True),
    sqlite_autoincrement=True,  # an account's number is never given to somebody else
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("account_id", NUMBER, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("confirmed_at", BigInteger, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("account_id", NUMBER, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("kind", String(8), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", String(1400), primary_key=True),
    Column("account_id", NUMBER, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", String(40), nullable=False),
    Column("added_on", String(10), nullable=False),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("account_id", NUMBER, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
)

factor_losses = Table(
    "factor_losses",
    metadata,
    Column(
        "account_id",
        NUMBER,
        ForeignKey("accounts.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("asked_by", NUMBER, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
)

certification_items = Table(
    "certification_items",
    metadata,
    Column(
        "account_id",
        NUMBER,
        ForeignKey("accounts.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("kind", String(24), primary_key=True),
    Column(
        "version", String(24), primary_key=True
    ),  # of the text that was signed or read; "" for the other kinds
    Column("done_on", String(10), nullable=False),
    Column("valid_until", String(10), nullable=False),  # the last day; "" without an end
    Column("number", Integer, nullable=False),
    Column("typed_name", String(80), nullable=False),
    Column("noted_by", NUMBER, ForeignKey("accounts.id"), nullable=False),
)

quarantines = Table(
    "quarantines",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("account_id", NUMBER, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("first_day", String(10), nullable=False),
    Column("last_day", String(10), nullable=False),
)

shifts = Table(
    "shifts",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("account_id", NUMBER, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("starts_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False, index=True),
    Column("up_for_swap", Boolean, nullable=False),
    sqlite_autoincrement=True,  # the number in a page that is open still never means another shift
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("account_id", NUMBER, ForeignKey("accounts.id"), nullable=True),
    Column("act", String(32), nullable=False),
    Column("about", NUMBER, ForeignKey("accounts.id"), nullable=True),
)

certificate_requests = Table(
    "certificate_requests",
    metadata,
    Column("key_id", String(22), primary_key=True),
    Column("account_id", NUMBER, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("requested_at", BigInteger, nullable=False),
)

certificates = Table(
    "certificates",
    metadata,
    Column("key_id", String(22), primary_key=True),
    Column("account_id", NUMBER, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("not_after", BigInteger, nullable=False),
    Column("revoked", Boolean, nullable=False),
)

overrides = Table(
    "overrides",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("starts_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False, index=True),
    Column("note", String(200), nullable=False),
    Column("example", Boolean, nullable=False),
)

schedule_exceptions = Table(
    "schedule_exceptions",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("windows", String(200), nullable=False),  # "12:00-13:00 19:00-22:00"; "" for closed
    Column("reason", String(120), nullable=False),
    Column("reason_en", String(120), nullable=False),
)

letters = Table(
    "letters",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("key_id", String(22), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("received_on", BigInteger, nullable=False),
    Column("kept_until", BigInteger, nullable=False, index=True),
    sqlite_autoincrement=True,  # a number that a coordinator wrote down never means another letter
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("face", String(8), nullable=False),
    Column("key_id", String(22), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("released_on", BigInteger, nullable=False),
    Column("kept_until", BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,  # a hidden row number would tell in which order it came
)

counters = Table(
    "counters",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("name", String(32), primary_key=True),
    Column("number", Integer, nullable=False),
    sqlite_with_rowid=False,
)

talk_requests = Table(
    "talk_requests",
    metadata,
    Column(
        "account_id",
        NUMBER,
        ForeignKey("accounts.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("asked_on", BigInteger, nullable=False),
)
