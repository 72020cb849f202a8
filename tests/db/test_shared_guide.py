"""docs/guides/shared-catalogue.md: the roles that its SQL makes may do what it says, no more."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

import imnet_data
from imnet_data.errors import CatalogueReadOnly, NoCatalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.demo.build import Demo
    from tests.postgres_server import PostgresServer

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "shared-catalogue.md"

pytestmark = pytest.mark.skipif(not GUIDE.exists(), reason="the sources' docs/ are not here")


def statements(name: str) -> list[str]:
    text = GUIDE.read_text(encoding="utf-8")
    found = re.search(rf"^<!-- the {name} -->\n```sql\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert found is not None
    return [one for one in found[1].split(";\n") if one.strip()]


@pytest.fixture(scope="module")
def url(postgres: PostgresServer) -> Callable[[str], str]:
    """The URL of the guide's database for each of its people."""
    for name, database in (("roles", "postgres"), ("rights", "imagenet"), ("people", "imagenet")):
        for sql in statements(name):
            postgres.run(sql, database=database)
    folder = quote(str(postgres.folder), safe="")
    return lambda role: f"postgresql://{role}@{folder}:{postgres.port}/imagenet"


def test_each_of_them_may_do_what_the_guide_says(
    miniature: Demo, url: Callable[[str], str]
) -> None:
    for role in ("ada", "ben"):
        with pytest.raises(CatalogueReadOnly):
            imnet_data.open(url(role), create=True)
        with pytest.raises(NoCatalogue):
            imnet_data.open(url(role))
    with imnet_data.open(url("imagenet_owner"), create=True) as owned:
        owned.index(miniature.val)
    with imnet_data.open(url("ada")) as written:
        assert written.writable
        written.index([miniature.test, miniature.train])
        written.verify(workers=0)
        written.add_class("rex", parent="dog")
        written.remove_archive(miniature.test)
        images = written.stats().images
    with imnet_data.open(url("ben")) as read:
        assert not read.writable
        assert read.stats().images == images
        assert len(list(read.images("dog").sample(3, seed=1))) == 3
        with pytest.raises(CatalogueReadOnly):
            read.index(miniature.test)
        with pytest.raises(CatalogueReadOnly):
            read.add_class("tom")
