"""What a child process of the tests does first where catalogues are to be in PostgreSQL."""

from __future__ import annotations

from tests.on_postgres import install

install()
