"""What the doctor found, as text and as JSON."""

from __future__ import annotations

import sys
import textwrap
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from imnet_data.cli.screen import cells
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imnet_data.cli.screen import Screen, Span
    from imnet_data.cli.session import Session
    from imnet_data.doctor.finding import Finding, State

_STYLES: Final[dict[State, str]] = {"well": "green", "note": "cyan", "trouble": "red"}
_SIGNS = {"well": "✓", "note": "•", "trouble": "✗", "advice": "→"}
_PLAIN_SIGNS = {"well": "+", "note": "-", "trouble": "x", "advice": "->"}

_SUMS: Final[dict[State, str]] = {"well": "well", "note": "to note", "trouble": "in trouble"}

# The columns of a name; a longer one has a line to itself.
_NAME = 18
_MARGIN = " " * (4 + _NAME)


def write(screen: Screen, findings: Sequence[Finding], session: Session) -> None:
    """Write the findings for people, a section after the other, and what they add up to."""
    shown = [one for one in findings if not (one.aside and one.state == "well")]
    signs = _signs()
    for section, group in groupby(shown, lambda finding: finding.section):
        screen.line((section, "bold"))
        for finding in group:
            _write_finding(screen, finding, signs)
            _write_advice(screen, *_advice(finding, session), sign=signs["advice"])
        screen.line()
    _write_sum(screen, Counter(finding.state for finding in shown), signs)


def _write_finding(screen: Screen, finding: Finding, signs: Mapping[str, str]) -> None:
    sign = (f"  {signs[finding.state]} ", _STYLES[finding.state])
    name = safe(finding.what)
    lines = _folded(safe(finding.found), _room(screen))
    if cells(name) + 2 > _NAME:
        screen.line(sign, (name, ""))
    else:
        screen.line(sign, (name + " " * (_NAME - cells(name)), ""), (lines.pop(0), ""))
    for line in lines:
        screen.line((_MARGIN + line, ""))


def _write_advice(screen: Screen, words: str, command: str, *, sign: str) -> None:
    """Words are folded; a command is not, so that it can be pasted into a shell."""
    if not words and not command:
        return
    room = _room(screen, less=len(sign) + 1)
    lines = _folded(safe(f"{words}:" if command and words else words), room) if words else []
    command = safe(command)
    joined = f"{lines[-1]} {command}" if lines else command
    if command and (room is None or cells(joined) <= room):
        lines[-1:] = [joined]
        command = ""
    for line in lines:
        screen.line((f"{_MARGIN}{sign} ", "dim"), (line, "bold"))
        sign = " " * len(sign)
    if command:  # too long to stand there
        screen.line((f"    {sign} ", "dim"), (command, "bold"))


def _write_sum(screen: Screen, states: Counter[State], signs: Mapping[str, str]) -> None:
    spans: list[Span] = []
    for state in ("trouble", "note", "well"):
        if number := states[state]:
            spans += [(f"{signs[state]} ", _STYLES[state]), (f"{number} {_SUMS[state]}   ", "")]
    screen.line(*spans)


def _room(screen: Screen, *, less: int = 0) -> int | None:
    return None if screen.width is None else screen.width - len(_MARGIN) - less


def _advice(finding: Finding, session: Session) -> tuple[str, str]:
    """What to do: in words, and the command line."""
    command = session.line(*finding.command) if finding.command else ""
    return finding.advice, f"{command} {finding.blank}".strip()


def as_json(finding: Finding, session: Session) -> dict[str, Any]:
    """A finding for other programs."""
    words, command = _advice(finding, session)
    return {
        "section": finding.section,
        "what": finding.what,
        "state": finding.state,
        "found": finding.found,
        "advice": ": ".join(filter(None, (words, command))),
    }


def _folded(text: str, room: int | None) -> list[str]:
    if room is None:
        return [text]
    return textwrap.wrap(text, room, break_on_hyphens=False) or [""]


def _signs() -> dict[str, str]:
    """The signs, or plain ones where the output's encoding has none of them."""
    try:
        "".join(_SIGNS.values()).encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return _PLAIN_SIGNS
    return _SIGNS
