"""Answers for other programs: JSON on standard output."""

from __future__ import annotations

import json
import sys
from typing import Any

# Made once: json.dumps makes one a call, which is half of a line's time.
_encode_line = json.JSONEncoder(separators=(",", ":")).encode


def write_json(answer: Any) -> None:
    """Write an answer, indented.

    In ASCII, so that a file name that is no text comes back as it is: its odd bytes stand as
    lone surrogates, as Python's own `os.fsdecode` gives them.
    """
    sys.stdout.write(json.dumps(answer, indent=2) + "\n")


def json_line(answer: Any) -> str:
    """An answer as one line."""
    return _encode_line(answer) + "\n"
