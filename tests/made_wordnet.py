"""A WordNet 3.0 made of the packaged graph: every noun at its true offset, its gloss made up.

WordNet's own files are not in the repository, and most machines have none. nltk reads this one too.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from imnet_data.taxonomy.graph import Graph
from imnet_data.words.sense_index import lexnames

if TYPE_CHECKING:
    from pathlib import Path

# As WordNet 3.0 has them, where a document shows them.
GLOSSES = {
    2084071: "a member of the genus Canis (probably descended from the common wolf) that has "
    "been domesticated by man since prehistoric times; occurs in many breeds; "
    '"the dog barked all night"',
    2099267: "an English breed having a shiny black or liver-colored coat; retrieves game from "
    "land or water",
}
EXCEPTIONS = "children child\ngeese goose\nmen man\nmice mouse\n"
_HEADER_BYTES = 1740  # where the first noun stands
_OTHERS = {
    "verb": (29, "v", "walk", 1),
    "adj": (0, "a", "able", 1),
    "adv": (2, "r", "ably", 1),
}


def made_up(lemma: str) -> str:
    """The gloss of a synset that has no true one here, as far as there is room for it."""
    return f"what is called {lemma}"


def make_wordnet(folder: Path, *, version: str = "3.0") -> Path:
    """Write the files into a folder, which is made; gives the folder."""
    graph = Graph.load()
    folder.mkdir(parents=True)
    (folder / "data.noun").write_bytes(_nouns(graph, version))
    (folder / "index.noun").write_bytes(_index_of_nouns(graph))
    (folder / "noun.exc").write_text(EXCEPTIONS)
    header = _header(version)
    for part, (lex_file, kind, word, lex_id) in _OTHERS.items():
        at = len(header)
        record = f"{at:08d} {lex_file:02d} {kind} 01 {word} {lex_id:x} 000 | to be made up  \n"
        (folder / f"data.{part}").write_bytes(header + record.encode())
        index = f"  1 made up\n{word} {kind} 1 0 1 0 {at:08d}  \n"
        (folder / f"index.{part}").write_text(index)
        (folder / f"{part}.exc").write_text("")
    (folder / "cntlist.rev").write_text("dog%1:05:00:: 1 42\n")
    (folder / "lexnames").write_bytes(lexnames())
    (folder / "index.sense").write_bytes(b"")  # whole, it would take nltk seconds to read
    return folder


def make_nltks(root: Path, made: Path) -> Path:
    """The files as nltk's data has them, in a folder `corpora/wordnet`; gives that folder."""
    return shutil.copytree(made, root / "corpora" / "wordnet")


def make_debians(folder: Path, made: Path) -> Path:
    """The files as Debian has them, without the two that nltk wants; gives the folder."""
    folder.mkdir()
    for file in made.iterdir():
        if file.name not in ("lexnames", "index.sense"):
            (folder / file.name).symlink_to(file)
    return folder


def _header(version: str) -> bytes:
    line = f"  1 WordNet {version} Copyright 2006 by Nobody.  \n".encode()
    rest = _HEADER_BYTES - len(line)
    return line + b"  2 " + b"." * (rest - 5) + b"\n"


def _nouns(graph: Graph, version: str) -> bytes:
    codes = {name.split()[1]: int(name.split()[0]) for name in lexnames().decode().splitlines()}
    ids = graph.ids.tolist()
    pointers = _pointers(graph, ids)
    records = [_header(version)]
    for synset, following in zip(ids, [*ids[1:], None], strict=True):
        lemmas = graph.lemmas(synset)
        words = " ".join(f"{lemma} 0" for lemma in lemmas)
        points = "".join(f"{pointer} n 0000 " for pointer in pointers[synset])
        head = (
            f"{synset:08d} {codes[graph.lexname(synset)]:02d} n {len(lemmas):02x} {words} "
            f"{len(pointers[synset]):03d} {points}| "
        )
        gloss = GLOSSES.get(synset) or made_up(lemmas[0])
        room = (following or synset + 999) - synset - len(head) - 1
        records.append(f"{head}{gloss[:room]:{room}}\n".encode())
    return b"".join(records)


def _pointers(graph: Graph, ids: list[int]) -> dict[int, list[str]]:
    """What every record points to: above, then below."""
    up: dict[int, list[str]] = {synset: [] for synset in ids}
    down: dict[int, list[str]] = {synset: [] for synset in ids}
    for synset in ids:
        kinds = len(graph.hypernyms(synset))
        for at, parent in enumerate(graph.parents(synset)):
            instance = "" if at < kinds else "i"
            up[synset].append(f"@{instance} {parent:08d}")
            down[parent].append(f"~{instance} {synset:08d}")
    return {synset: up[synset] + down[synset] for synset in ids}


def _index_of_nouns(graph: Graph) -> bytes:
    lines = ["  1 made up"]
    words = graph.words
    for i in range(len(words._words.bounds) - 1):  # by place: by word it would take six seconds
        senses = words._senses.row(i)
        offsets = " ".join(f"{synset:08d}" for synset in senses)
        lines.append(f"{words._word(i).decode()} n {len(senses)} 0 {len(senses)} 0 {offsets}  ")
    return "".join(f"{line}\n" for line in lines).encode()
