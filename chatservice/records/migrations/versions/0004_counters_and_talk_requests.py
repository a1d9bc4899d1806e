"""Counters by hour, tied to nobody; and mentors who need to talk."""

import sqlalchemy as sa
from alembic import op

from chatservice.records.column_types import NUMBER

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "counters",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("hour", sa.Integer, nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", "hour", "name", name=op.f("pk_counters")),
        sqlite_with_rowid=False,
    )
    account = op.f("fk_talk_requests_account_id_accounts")
    op.create_table(
        "talk_requests",
        sa.Column(
            "account_id",
            NUMBER,
            sa.ForeignKey("accounts.id", name=account, ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("asked_on", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_talk_requests")),
    )


def downgrade() -> None:
    op.drop_table("talk_requests")
    op.drop_table("counters")
