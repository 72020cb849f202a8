"""The table of codes: what verification can find, how grave each is, and what to do about it.

The checks themselves stand beside what they look at, and are bound to their codes by `check`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal, TypeAlias, TypeVar

Subject: TypeAlias = Literal["image", "archive", "class"]
Check = TypeVar("Check", bound=Callable[..., Any])


class Severity(StrEnum):
    """How grave a finding is: its bytes are lost, it is unusual, or it is good to know."""

    BROKEN = "broken"
    ODD = "odd"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding.

    `message` says it in a sentence that does not name the image, archive or class (`subject`);
    `way_out` is what the user can do.
    """

    name: str
    severity: Severity
    subject: Subject
    message: str
    way_out: str


_MEND = "imnet-data repair fetches its bytes again; until then it is left out of subsets"
_AS_PUBLISHED = "nothing to mend where it was published like this; it is used as it is"

_BROKEN: Final[tuple[tuple[str, Subject, str, str], ...]] = (
    (
        "archive-missing",
        "archive",
        "It is not where the catalogue says.",
        "imnet-data archives relocate OLD NEW, or archives remove",
    ),
    (
        "archive-changed",
        "archive",
        "It is no longer the file that was indexed.",
        "imnet-data index PATH reads it anew",
    ),
    (
        "archive-truncated",
        "archive",
        "It ends before its last member does.",
        "imnet-data repair, or fetch it again",
    ),
    (
        "archive-checksum",
        "archive",
        "Its bytes are not those that were published.",
        "imnet-data repair, or fetch it again",
    ),
    (
        "moved",
        "image",
        "Its header is no longer where it was.",
        "imnet-data repair if it was damaged; imnet-data index PATH if its archive was rewritten",
    ),
    ("unreadable", "image", "Its archive does not give its bytes.", _MEND),
    ("empty", "image", "It has no bytes.", _MEND),
    ("not-an-image", "image", "Its bytes are no picture of any known format.", _MEND),
    ("truncated", "image", "It ends before its picture does.", _MEND),
    ("corrupt", "image", "Its data are damaged: the decoder finds what cannot be.", _MEND),
    (
        "altered",
        "image",
        "Its bytes are others than at first, though its archive has the same size and time.",
        _MEND,
    ),
    (
        "gzip-compressed",
        "image",
        "It is packed in gzip once more, so no picture as it stands.",
        "unpack it in its archive, then imnet-data index PATH",
    ),
    ("decoder-crashed", "image", "Decoding it ended or held up a whole process.", _MEND),
)

_ODD: Final[tuple[tuple[str, Subject, str, str], ...]] = (
    (
        "archive-faulty",
        "archive",
        "It has members that could not be indexed.",
        "imnet-data archives shows what; fetch it again if it should be whole",
    ),
    (
        "name-twice",
        "archive",
        "It holds two images of one name.",
        "the first is used; rename or remove the other",
    ),
    (
        "class-short",
        "class",
        "It has fewer images than published.",
        "fetch what is missing, and imnet-data index it",
    ),
    (
        "class-over",
        "class",
        "It has more images than published.",
        "imnet-data images CLASS lists them; remove what does not belong",
    ),
    (
        "unknown-synset",
        "class",
        "Its name looks like a wnid, but WordNet 3.0 has no such noun.",
        "imnet-data classes parent NAME PARENT places it in the tree",
    ),
    (
        "junk-after-end",
        "image",
        "It has more bytes after the picture's end.",
        "decoders pass over them; nothing needs to be done",
    ),
    (
        "wrong-extension",
        "image",
        "Its name promises another format than its bytes have.",
        "decoders go by the bytes; shards give it the right extension",
    ),
    (
        "cmyk",
        "image",
        "Its colours are those of print (CMYK or YCCK).",
        "convert it to RGB when you load it; some decoders refuse it",
    ),
    (
        "huge",
        "image",
        "It has more pixels than decoders take unasked.",
        'look at it; drop = ["broken", "huge"] in a recipe leaves it out',
    ),
    (
        "tiny",
        "image",
        "One of its sides is shorter than 32 pixels.",
        "min_side_px = 32 in a recipe leaves it out",
    ),
    (
        "label-conflict",
        "image",
        "The same bytes stand in another class.",
        "imnet-data duplicates lists them; decide which class is right",
    ),
    (
        "leak",
        "image",
        "The same bytes stand in another split.",
        "imnet-data duplicates lists them; leave them out of training",
    ),
    (
        "placeholder",
        "image",
        "The same bytes stand in many places, as a notice instead of a photograph does.",
        'look at it; drop = ["broken", "placeholder"] in a recipe leaves it out',
    ),
)

_NOTES: Final[tuple[tuple[str, Subject, str, str], ...]] = (
    (
        "archive-partial",
        "archive",
        "It is known to be a part of what was published.",
        "fetch the rest when you need it",
    ),
    ("grey", "image", "It has no colours.", "convert it to RGB when you load it"),
    (
        "exif-broken",
        "image",
        "Its EXIF data cannot be read to their end.",
        _AS_PUBLISHED,
    ),
    (
        "exif-rotated",
        "image",
        "Its EXIF data ask to turn it.",
        "most training code does not turn it; do the same in training and evaluation",
    ),
    (
        "duplicate",
        "image",
        "The same bytes stand in its class and split once more.",
        "imnet-data duplicates lists them",
    ),
)


def _table() -> dict[str, Code]:
    rows = (
        *((Severity.BROKEN, row) for row in _BROKEN),
        *((Severity.ODD, row) for row in _ODD),
        *((Severity.NOTE, row) for row in _NOTES),
    )
    return {
        name: Code(name, severity, subject, message, way_out)
        for severity, (name, subject, message, way_out) in rows
    }


CODES: Final = _table()
"""Every code by its name, in the order in which tables show them: the gravest first."""

FROM_ARCHIVES: Final = frozenset(
    {
        "archive-missing",
        "archive-changed",
        "archive-truncated",
        "archive-checksum",
        "archive-faulty",
        "archive-partial",
        "name-twice",
    }
)
FROM_CLASSES: Final = frozenset({"class-short", "class-over", "unknown-synset"})
FROM_COMPARING: Final = frozenset({"duplicate", "label-conflict", "leak", "placeholder"})
FROM_BYTES: Final = frozenset(CODES) - FROM_ARCHIVES - FROM_CLASSES - FROM_COMPARING
BROKEN_IMAGE_CODES: Final = frozenset(
    name
    for name, code in CODES.items()
    if code.subject == "image" and code.severity is Severity.BROKEN
)

CHECKS: Final[dict[str, Callable[..., Any]]] = {}
"""The function that finds each code, as far as the modules with the checks are loaded."""


def check(name: str) -> Callable[[Check], Check]:
    """Bind a function to the code that it finds; the code's message becomes its docstring.

    The table above is whole without a check loaded, so the sentence stands there and only there.

    Raises:
        KeyError: no such code.

    >>> CODES["empty"].message
    'It has no bytes.'
    """

    def bind(function: Check) -> Check:
        function.__doc__ = CODES[name].message
        CHECKS[name] = function
        return function

    return bind
