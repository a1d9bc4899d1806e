"""Accounts, sessions, certificates and overrides."""

import sqlalchemy as sa
from alembic import op

from chatservice.records.column_types import NUMBER

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("alias", sa.String(64), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("password_hash", sa.String(256), nullable=False),
        sa.Column("code_secret", sa.String(64), nullable=False),
        sa.Column("last_code_step", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("username", name=op.f("uq_accounts_username")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(64), nullable=False),
        _account_id("sessions"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_table(
        "certificate_requests",
        sa.Column("key_id", sa.String(22), nullable=False),
        _account_id("certificate_requests"),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("requested_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_certificate_requests")),
    )
    op.create_table(
        "certificates",
        sa.Column("key_id", sa.String(22), nullable=False),
        _account_id("certificates"),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.Column("not_after", sa.BigInteger, nullable=False),
        sa.Column("revoked", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_certificates")),
    )
    for table in ("sessions", "certificate_requests", "certificates"):
        op.create_index(op.f(f"ix_{table}_account_id"), table, ["account_id"])
    op.create_table(
        "overrides",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("starts_at", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("example", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
    )
    op.create_index(op.f("ix_overrides_ends_at"), "overrides", ["ends_at"])


def downgrade() -> None:
    for table in ("overrides", "certificates", "certificate_requests", "sessions", "accounts"):
        op.drop_table(table)


def _account_id(table: str) -> sa.Column[int]:
    name = op.f(f"fk_{table}_account_id_accounts")
    return sa.Column(
        "account_id", NUMBER, sa.ForeignKey("accounts.id", name=name, ondelete="CASCADE"), nullable=False
    )
