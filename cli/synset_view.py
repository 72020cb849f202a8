"""All about one class, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imnet_data.cli import health_view
from imnet_data.cli.fields import write_field, write_prose
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe, words
from imnet_data.facts import ilsvrc
from imnet_data.facts.class_lists import class_list, names
from imnet_data.splits import Split
from imnet_data.words.found import others, wordnet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.cli.screen import Screen
    from imnet_data.scope import Scope
    from imnet_data.synsets import Synset
    from imnet_data.verification.findings.summary import Summary

# More kinds than this are for `tree` to show, and all are in the JSON: a city has 657 instances.
_KINDS_SHOWN = 30
_STEP = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
_COUNTS = (
    Column("release", cut="end"),
    Column("split"),
    Column("own", number=True),
    Column("in all", number=True),
)


def as_json(synset: Synset, scope: Scope, health: Summary | None) -> dict[str, Any]:
    """A class for other programs; `health` is its images', None without a catalogue."""
    known = ilsvrc.by_wnid().get(synset.wnid or "")
    return {
        "kind": "synset",
        "wnid": synset.wnid,
        "name": synset.name,
        "lemmas": list(synset.lemmas),
        "gloss": synset.gloss,
        "examples": list(synset.examples),
        "lexname": synset.lexname,
        "hypernyms": _names(synset.parents),
        "hyponyms": _names(synset.children),
        "paths": [_names(path) for path in synset.paths_to_root()],
        "images": synset.own_images,
        "subtree_images": synset.subtree_images,
        "counts": _counts(synset, scope),
        "ilsvrc_class_index": known.class_index if known else None,
        "ilsvrc2012_id": known.ilsvrc2012_id if known else None,
        "class_lists": _positions(synset.wnid),
        "health": None if health is None else health_view.counts_json(health),
    }


def write(screen: Screen, synset: Synset, scope: Scope, health: Summary | None) -> None:
    """Write a class for people; `health` as for `as_json()`."""
    facts = as_json(synset, scope, health)
    screen.line((safe(synset.name), "bold"), ("  ", ""), (synset.wnid or "your own class", "cyan"))
    screen.line((safe(words(synset.lemmas)), ""))
    screen.line()
    if not synset.is_own:
        _write_gloss(screen, facts)
    _write_place(screen, facts)
    _write_numbers(screen, facts)
    if health is not None:
        _write_counts(screen, facts)
        if found := health_view.sentence(health):
            screen.line()
            screen.line((f"{found}, with all below", ""))


def _write_gloss(screen: Screen, facts: dict[str, Any]) -> None:
    if facts["gloss"] is None:
        _write_why_no_gloss(screen)
    else:
        write_prose(screen, facts["gloss"])
        for example in facts["examples"]:
            write_prose(screen, f"“{example}”", "dim")
    screen.line()


def _write_why_no_gloss(screen: Screen) -> None:
    if (found := wordnet()) is not None:
        write_prose(screen, f"No gloss: {safe(found.place.path)} is damaged here.", "dim")
        return
    write_prose(screen, "No gloss: there is no WordNet 3.0 here. This fetches it (10 MB):", "dim")
    screen.line(("  imnet-data wordnet install", "dim"))
    for other in others():
        write_prose(screen, f"What is here has other numbers: {safe(other)}.", "dim")


def _write_place(screen: Screen, facts: dict[str, Any]) -> None:
    if facts["lexname"]:
        write_field(screen, "field", [facts["lexname"]])
    if facts["hypernyms"]:
        write_field(screen, "kind of", list(map(safe, facts["hypernyms"])))
    kinds = list(map(safe, facts["hyponyms"]))
    if kinds:
        left = len(kinds) - _KINDS_SHOWN
        more = [(f"… and {left:,} more", "dim")] if left > 0 else []
        write_field(
            screen,
            f"{len(kinds):,} kind{'s' if len(kinds) > 1 else ''}",
            [*kinds[:_KINDS_SHOWN], *more],
        )
    for at, path in enumerate(facts["paths"]):
        write_field(screen, "path" if at == 0 else "", list(map(safe, path)), comma=_STEP)


def _write_numbers(screen: Screen, facts: dict[str, Any]) -> None:
    if facts["ilsvrc_class_index"] is not None:
        write_field(screen, "ILSVRC", [
            f"class index {facts['ilsvrc_class_index']} (of 0..999, by wnid)",
            f"ILSVRC2012_ID {facts['ilsvrc2012_id']} (of 1..1000, the devkit's order)",
        ])  # fmt: skip
    lists = [f"@{name} {position}" for name, position in facts["class_lists"].items()]
    if lists:
        write_field(screen, "list index", lists)


def _write_counts(screen: Screen, facts: dict[str, Any]) -> None:
    own, in_all = facts["images"], facts["subtree_images"]
    write_field(screen, "images", [f"{own:,} own", f"{in_all:,} with all below"])
    if facts["counts"]:
        screen.line()
        rows = [
            [safe(row["release"]), row["split"], f"{row['images']:,}", f"{row['subtree_images']:,}"]
            for row in facts["counts"]
        ]
        write_table(screen, _COUNTS, rows)


def _counts(synset: Synset, scope: Scope) -> list[dict[str, Any]]:
    """Images a release and split, of the class itself and with all below it."""
    tally = scope.tally
    below = scope.resolver.at_or_under(synset.id)
    rows = []
    for release_id, release in sorted(tally.releases.items(), key=lambda item: item[1]):
        for split in Split:
            mask = tally.mask(below, split=split, release_id=release_id)
            in_all = int(tally.images[mask].sum())
            own = int(tally.images[mask & (tally.synsets == synset.id)].sum())
            if in_all:
                rows.append(
                    {
                        "release": release,
                        "split": split.label,
                        "images": own,
                        "subtree_images": in_all,
                    }
                )
    return rows


def _positions(wnid: str | None) -> dict[str, int]:
    """A class's position in each packaged list that has it."""
    if wnid is None:
        return {}
    lists = map(class_list, names())
    return {listed.name: listed.index(wnid) for listed in lists if wnid in listed}


def _names(synsets: Sequence[Synset]) -> list[str]:
    return [synset.name for synset in synsets]
