"""Alembic's way in: it runs this file with the connection that `run.py` hands over."""

from alembic import context

from chatservice.records.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
