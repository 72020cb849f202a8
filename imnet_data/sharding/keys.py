"""Keys of samples: an image's name as every reader of WebDataset takes it.

webdataset ends a key at the first dot, DALI's index is split at blanks, wids knows no long names.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Final

# A member's name is the key, a dot and an ending, in the 100 bytes that a plain header has.
_LONGEST: Final = 88
_KEPT: Final = 50
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]{1,88}")
_OTHER: Final = re.compile(rb"[^A-Za-z0-9_-]")


def key_of(name: str) -> str:
    """The key of an image's name; no two names have the same.

    ImageNet's names are their own keys. In others every byte but ASCII's letters, digits, `_` and
    `-` is written as in an address (`%2E`), so that `urllib.parse.unquote` gives the name back; of
    a key that is too long for a plain tar header, a hash stands for the end.

    >>> key_of("n01440764_10026"), key_of("cats/tom.1")
    ('n01440764_10026', 'cats%2Ftom%2E1')
    """
    if _PLAIN.fullmatch(name):
        return name
    raw = name.encode("utf-8", "surrogatepass")
    key = _OTHER.sub(_escaped, raw).decode()
    if 0 < len(key) <= _LONGEST:
        return key
    # `~` is no sign of a shorter key, so that the two kinds cannot meet.
    return f"{key[:_KEPT]}~{blake2b(raw, digest_size=16).hexdigest()}"


def _escaped(found: re.Match[bytes]) -> bytes:
    return b"%%%02X" % found[0][0]
