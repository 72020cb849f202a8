"""One finding as people read it: what was found, how grave it is, what to do, and of what.

How they are read from a catalogue is findings.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.verification.codes import CODES

if TYPE_CHECKING:
    from imnet_data.archives.reading import Place
    from imnet_data.verification.codes import Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """What verification found of an image, of an archive (`image` is None), or of a class.

    `code` is one of `imnet_data.verification.codes.CODES`; `message` says it in a sentence, and
    `way_out` what to do. `known`: it was published like this, so its severity is a note. `image`
    is the image's name, and `member` its path in `archive`; `class_name` is a synset's, or
    `own:NAME`. `place` is where the image's bytes are read. What does not apply is None.
    """

    code: str
    severity: Severity
    message: str
    way_out: str
    known: bool = False
    image: str | None = None
    release: str | None = None
    split: str | None = None
    wnid: str | None = None
    class_name: str | None = None
    archive: str | None = None
    member: str | None = None
    place: Place | None = None

    @property
    def detail(self) -> str:
        """What the message says beyond the sentence that all findings of its code have.

        >>> from imnet_data.verification.codes import Severity
        >>> Finding("empty", Severity.BROKEN, "It has no bytes: they are gone", "").detail
        'they are gone'
        """
        sentence = CODES[self.code].message.removesuffix(".")
        return self.message.removeprefix(sentence).lstrip(":. ")

    @property
    def subject(self) -> str:
        """What it is of: the image's name, else the archive's path, the class, or the split.

        >>> from imnet_data.verification.codes import Severity
        >>> Finding("empty", Severity.BROKEN, "It has no bytes.", "", image="n1_2").subject
        'n1_2'
        """
        split = " ".join(filter(None, (self.release, self.split)))
        return self.image or self.archive or self.class_name or split
