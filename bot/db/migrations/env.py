"""What Alembic runs for each command. The connection comes from bot/db/migrate.py: there is no alembic.ini."""

from __future__ import annotations

from alembic import context

from bot.db.mapping import metadata
from bot.db.migrations.rendering import render_item

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
