"""Bringing a catalogue to the newest schema with Alembic, in one transaction.

Imported only when there is something to migrate.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from imnet_data.db.engine import write_transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

HERE = Path(__file__).parent
VERSIONS = HERE / "versions"


class UnknownRevision(Exception):
    """The catalogue's schema is none of those that a migration starts from."""


def upgrade(
    engine: Engine,
    *,
    versions: Path | None = None,
    words_of: Callable[[int, str], str] | None = None,
) -> None:
    """Run every migration that the catalogue has not seen; all of them, or none.

    `words_of` gives the words of a synset by its id and name, which a migration stores.

    Raises:
        UnknownRevision: the catalogue's schema is not in `versions`.
    """
    scripts = ScriptDirectory(str(HERE), version_locations=[str(versions or VERSIONS)])
    # The lock is taken before the schema is read: another process may be upgrading, too.
    with write_transaction(engine) as connection:
        context = MigrationContext.configure(connection, opts={"words_of": words_of})
        seen = context.get_current_revision() or "base"
        try:
            scripts.get_revision(seen)
        except CommandError as error:
            raise UnknownRevision(seen) from error
        unseen = list(scripts.iterate_revisions("head", seen))
        with Operations.context(context):
            for migration in reversed(unseen):
                migration.module.upgrade()
                context.stamp(scripts, migration.revision)
