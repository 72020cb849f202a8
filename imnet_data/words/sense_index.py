"""The two files that nltk wants and Debian's wordnet-base lacks: lexnames and index.sense.

Made from the others, as WordNet's senseidx(5WN) and lexnames(5WN) describe them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.words.sources import Files

PARTS = {"noun": 1, "verb": 2, "adj": 3, "adv": 4}
_PLACE = re.compile(r"\([^()]*\)")
_TYPES = {"n": 1, "v": 2, "a": 3, "r": 4, "s": 5}

_NOUNS = (
    "Tops act animal artifact attribute body cognition communication event feeling food group "
    "location motive object person phenomenon plant possession process quantity relation shape "
    "state substance time"
)
_VERBS = (
    "body change cognition communication competition consumption contact creation emotion motion "
    "perception possession social stative weather"
)
_LEXNAMES = (
    "adj.all",
    "adj.pert",
    "adv.all",
    *(f"noun.{name}" for name in _NOUNS.split()),
    *(f"verb.{name}" for name in _VERBS.split()),
    "adj.ppl",
)


def lexnames() -> bytes:
    r"""The lexicographer files in their order, each with its number and its part of speech.

    >>> lexnames().splitlines()[5]
    b'05\tnoun.animal\t1'
    """
    lines = (
        f"{number:02d}\t{name}\t{PARTS[name.partition('.')[0]]}\n"
        for number, name in enumerate(_LEXNAMES)
    )
    return "".join(lines).encode()


def sense_index(files: Files) -> bytes:
    """Every sense's key, offset, number and count of taggings, in byte order."""
    counts = _counts(files)
    lines = []
    for part in PARTS:
        numbers = _sense_numbers(files[f"index.{part}"])
        for key, lemma, offset in _senses(files[f"data.{part}"]):
            number = numbers[lemma, offset]
            lines.append(f"{key} {offset} {number} {counts.get(key, '0')}\n".encode())
    return b"".join(sorted(lines))


def _senses(data: bytes) -> Iterator[tuple[str, str, str]]:
    """The key, lemma and offset of every sense of a data file."""
    records = [line.split(" | ", 1)[0].split(" ") for line in _records(data)]
    # A satellite's key names the first word of its head, the synset that it is similar to.
    heads = {fields[0]: _words(fields)[0] for fields in records if fields[2] == "a"}
    for fields in records:
        offset, lex_file, kind = fields[:3]
        head = ":"
        if kind == "s":
            word, lex_id = heads[_pointer(fields, "&")]
            head = f"{word}:{lex_id:02d}"
        for word, lex_id in _words(fields):
            yield f"{word}%{_TYPES[kind]}:{lex_file}:{lex_id:02d}:{head}", word, offset


def _words(fields: list[str]) -> list[tuple[str, int]]:
    """A record's words, in lower case and without the place that adjectives name, with lex ids."""
    end = 4 + 2 * int(fields[3], 16)
    words: dict[str, int] = {}
    for word, lex_id in zip(fields[4:end:2], fields[5:end:2], strict=True):
        # Of two spellings (DDC, ddc) the first has the sense, as in WordNet's own index.
        words.setdefault(word.partition("(")[0].lower(), int(lex_id, 16))
    return list(words.items())


def _pointer(fields: list[str], symbol: str) -> str:
    start = 5 + 2 * int(fields[3], 16)
    return fields[fields.index(symbol, start) + 1]


def _sense_numbers(index: bytes) -> dict[tuple[str, str], int]:
    numbers = {}
    for line in _records(index):
        lemma, _, synsets, *rest = line.split()
        for at, offset in enumerate(rest[-int(synsets) :], start=1):
            numbers[lemma, offset] = at
    return numbers


def _counts(files: Files) -> dict[str, str]:
    fields = (line.split() for line in files.get("cntlist.rev", b"").decode().splitlines())
    # Keys there name an adjective's place: 'given%5:00:00:inclined(p):02'.
    return {_PLACE.sub("", key): count for key, _, count in fields}


def _records(content: bytes) -> Iterator[str]:
    """The lines behind the licence, which is indented."""
    return (line for line in content.decode().splitlines() if line[:1] not in ("", " "))
