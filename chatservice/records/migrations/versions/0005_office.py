"""The coordinator's office: invitations, second factors, certification, quarantine, shifts, exceptions, audit log."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from chatservice.records.column_types import NUMBER

revision = "0005"
down_revision = "0004"


def _account(table: str, *, name: str = "account_id", cascade: bool = True) -> sa.ForeignKey:
    return sa.ForeignKey(
        "accounts.id",
        name=op.f(f"fk_{table}_{name}_accounts"),
        ondelete="CASCADE" if cascade else None,
    )


def upgrade() -> None:
    # A sign-in is one shift at most: it is simpler to end them all than to guess when each was last confirmed.
    op.execute("DELETE FROM sessions")
    with op.batch_alter_table("sessions") as batch:
        batch.add_column(sa.Column("confirmed_at", sa.BigInteger, nullable=False))
    # Accounts that are closed already count from now on; nobody knows since when they are.
    op.add_column("accounts", sa.Column("deactivated_at", sa.BigInteger, nullable=True))
    op.execute(
        sa.text("UPDATE accounts SET deactivated_at = :now WHERE NOT active").bindparams(
            now=int(datetime.now(UTC).timestamp())
        )
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account_id", NUMBER, _account("invitations"), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("account_id", name=op.f("uq_invitations_account_id")),
    )
    op.create_table(
        "passkeys",
        sa.Column("id", sa.String(1400), nullable=False),
        sa.Column("account_id", NUMBER, _account("passkeys"), nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("added_on", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
    )
    op.create_index(op.f("ix_passkeys_account_id"), "passkeys", ["account_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account_id", NUMBER, _account("recovery_codes"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_account_id"), "recovery_codes", ["account_id"])
    op.create_table(
        "factor_losses",
        sa.Column("account_id", NUMBER, _account("factor_losses"), nullable=False),
        sa.Column("asked_by", NUMBER, _account("factor_losses", name="asked_by"), nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_factor_losses")),
    )
    op.create_table(
        "certification_items",
        sa.Column("account_id", NUMBER, _account("certification_items"), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("version", sa.String(24), nullable=False),
        sa.Column("done_on", sa.String(10), nullable=False),
        sa.Column("valid_until", sa.String(10), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("typed_name", sa.String(80), nullable=False),
        sa.Column(
            "noted_by",
            NUMBER,
            _account("certification_items", name="noted_by", cascade=False),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("account_id", "kind", "version", name=op.f("pk_certification_items")),
    )
    op.create_table(
        "quarantines",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("account_id", NUMBER, _account("quarantines"), nullable=False),
        sa.Column("first_day", sa.String(10), nullable=False),
        sa.Column("last_day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantines")),
    )
    op.create_index(op.f("ix_quarantines_account_id"), "quarantines", ["account_id"])
    op.create_table(
        "shifts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("account_id", NUMBER, _account("shifts"), nullable=False),
        sa.Column("starts_at", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False),
        sa.Column("up_for_swap", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_shifts_account_id"), "shifts", ["account_id"])
    op.create_index(op.f("ix_shifts_ends_at"), "shifts", ["ends_at"])
    op.create_table(
        "schedule_exceptions",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("windows", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(120), nullable=False),
        sa.Column("reason_en", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_schedule_exceptions")),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("account_id", NUMBER, _account("audit_log", cascade=False), nullable=True),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("about", NUMBER, _account("audit_log", name="about", cascade=False), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index(op.f("ix_audit_log_at"), "audit_log", ["at"])


def downgrade() -> None:
    for table in (
        "audit_log",
        "schedule_exceptions",
        "shifts",
        "quarantines",
        "certification_items",
        "factor_losses",
        "recovery_codes",
        "passkeys",
        "invitations",
    ):
        op.drop_table(table)
    with op.batch_alter_table("sessions") as batch:
        batch.drop_column("confirmed_at")
    # Not in a batch: that would make the table anew, and with it everything that points to it.
    op.execute("ALTER TABLE accounts DROP COLUMN deactivated_at")
