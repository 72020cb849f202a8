"""Which findings are meant: codes and severities as people name them, read and matched.

Reading findings is findings.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from imnet_data.verification.codes import CODES, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

_SEVERITIES = tuple(severity.value for severity in Severity)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Some codes, by name, and some severities.

    A severity takes the findings that have it as they stand: a known oddity is a note, whatever
    its code's own severity.
    """

    codes: frozenset[str]
    severities: frozenset[Severity]

    @classmethod
    def of(cls, names: Iterable[str]) -> Chosen:
        """The choice that some names of codes and severities make.

        Raises:
            ValueError: a name is neither.

        >>> sorted(Chosen.of(["broken", "leak"]).codes)
        ['leak']
        """
        wanted = list(dict.fromkeys(names))
        for name in wanted:
            if name not in CODES and name not in _SEVERITIES:
                raise ValueError(_unknown(name))
        severities = {Severity(name) for name in wanted if name in _SEVERITIES}
        return cls(frozenset(wanted) - frozenset(_SEVERITIES), frozenset(severities))

    @property
    def names(self) -> frozenset[str]:
        """Every code that findings taken here can have: for asking the catalogue for no others."""
        if Severity.NOTE in self.severities:  # any oddity may be a known one
            return frozenset(CODES)
        return self.codes | {
            name for name, code in CODES.items() if code.severity in self.severities
        }

    def takes(self, code: str, severity: Severity) -> bool:
        """Whether a finding is among these."""
        return severity in self.severities or code in self.codes


def _unknown(name: str) -> str:
    known = (*_SEVERITIES, *CODES)
    close = get_close_matches(name, known, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return (
        f"no finding has the code or severity {name!r}{hint}; there are {', '.join(_SEVERITIES)}, "
        f"and the codes {', '.join(CODES)}"
    )
