"""Feedback after conversations, with no tie to any of them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("face", sa.String(8), nullable=False),
        sa.Column("key_id", sa.String(22), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("released_on", sa.BigInteger, nullable=False),
        sa.Column("kept_until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_feedback_kept_until"), "feedback", ["kept_until"])


def downgrade() -> None:
    op.drop_table("feedback")
