"""What WordNet is at hand, what was installed, and how alike classes are: as text and as JSON."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any

from imnet_data.cli.fields import write_field, write_prose
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe
from imnet_data.words.found import WANTED, look_at, wordnet
from imnet_data.words.places import CHOSEN, data_root, nltk_places, places

if TYPE_CHECKING:
    from imnet_data.cli.screen import Screen
    from imnet_data.synsets import Synset
    from imnet_data.words.install import Installed
    from imnet_data.words.similarity import Measure

_PLACES = (Column("place", cut="start", least=24), Column("whose"), Column("found"))
_MEASURES = (Column("measure"), Column("similarity", number=True))
_WHOSE = {"chosen": f"${CHOSEN}", "nltk": "nltk's", "cache": "yours", "system": "Debian's"}
_MOST = 1e300  # nltk's infinity


def status() -> dict[str, Any]:
    """Every place, and what is there, for other programs."""
    from imnet_data.words.information import names  # noqa: PLC0415 - numpy

    found = wordnet()
    return {
        "version": None if found is None else WANTED,
        "path": None if found is None else found.place.path,
        "places": [
            {
                "path": look.place.path,
                "kind": look.place.kind,
                "version": look.version,
                "unreadable": look.unreadable,
                "found": str(look),
            }
            for look in map(look_at, places())
        ],
        "installs_to": data_root(),
        "information_contents": names(),
    }


def write_status(screen: Screen, found: dict[str, Any]) -> None:
    """Every place, and what is there, for people; zip files only where there are some."""
    if found["path"] is None:
        write_prose(screen, "There is no WordNet 3.0 here: no glosses; all else works. Install it:")
        screen.line(("  imnet-data wordnet install", ""))
    else:
        write_field(screen, "glosses", [f"WordNet 3.0, {safe(found['path'])}"])
    contents = found["information_contents"]
    none = "none, for res, lin and jcn: imnet-data wordnet install --ic"
    write_field(screen, "ic", list(map(safe, contents)) or [none])
    screen.line()
    rows = [
        [safe(place["path"]), _WHOSE[place["kind"]], safe(place["found"])]
        for place in found["places"]
        if not (place["path"].endswith(".zip") and place["found"] == "nothing")
    ]
    write_table(screen, _PLACES, rows)


def installed_json(done: Installed) -> dict[str, Any]:
    """What was installed, for other programs."""
    return {"package": done.package, "path": done.folder, "was_there": done.was_there}


def write_installed(screen: Screen, done: Installed) -> None:
    """What was installed; and, where nothing looks there, how it is found."""
    what = "WordNet 3.0" if done.package == "wordnet" else "nltk's information contents"
    told = "already there" if done.was_there else "now there"
    screen.line((f"{what}: {told}, {safe(done.folder)}", ""))
    if (
        done.folder not in [place.path for place in nltk_places(done.package)]
        and not done.was_there
    ):
        root = os.path.dirname(os.path.dirname(done.folder))
        screen.line((f"It is looked at where this is set: NLTK_DATA={safe(shlex.quote(root))}", ""))


def similarities(
    pair: tuple[Synset, Synset], measure: Measure | None, ic: str | None
) -> dict[str, Any]:
    """Two classes with their similarities, for other programs: the measure's, or all at hand."""
    from imnet_data.words.information import USUAL, names  # noqa: PLC0415 - numpy
    from imnet_data.words.similarity import BY_CONTENT, MEASURES  # noqa: PLC0415

    file = ic or (USUAL if measure in BY_CONTENT or USUAL in names() else None)
    wanted = [measure] if measure else [m for m in MEASURES if file or m not in BY_CONTENT]
    a, b = pair
    return {
        "classes": [{"wnid": synset.wnid, "name": synset.name} for synset in pair],
        "similarity": {one: a.similarity(b, measure=one, ic=file) for one in wanted},
        "information_content": file if set(wanted) & set(BY_CONTENT) else None,
        "common": [synset.name for synset in a.lowest_common_hypernyms(b)],
    }


def write_similarities(screen: Screen, found: dict[str, Any]) -> None:
    """Two classes with their similarities, for people."""
    names = [f"{one['name']} ({one['wnid']})" for one in found["classes"]]
    write_field(screen, "classes", names)
    write_field(screen, "both are", found["common"])
    if found["information_content"]:
        write_field(screen, "content", [safe(found["information_content"])])
    screen.line()
    rows = [
        [measure, "infinite" if value == _MOST else f"{value:.4f}"]
        for measure, value in found["similarity"].items()
    ]
    write_table(screen, _MEASURES, rows)
