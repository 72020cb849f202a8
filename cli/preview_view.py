"""What archives would be indexed as, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imnet_data.amounts import count
from imnet_data.cli.screen import fold
from imnet_data.cli.text import safe
from imnet_data.layouts.layout_names import BOXES, KAGGLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imnet_data.cli.screen import Screen, Span
    from imnet_data.indexing.preview import Guess
    from imnet_data.layouts.recognise import Reading


def write(screen: Screen, guesses: Sequence[Guess]) -> None:
    """Write a line for archives that are alike; on a terminal folded to its width."""
    groups = _grouped(guesses)
    indent = max((len(reading.layout) for reading, _ in groups), default=0) + 2
    for reading, group in groups:
        head: Span = (reading.layout.ljust(indent), "bold")
        for line in fold(list(_items(reading, group)), screen.width, indent=indent):
            screen.line(head, *line)
            head = (" " * indent, "")


def _grouped(guesses: Iterable[Guess]) -> list[tuple[Reading, list[Guess]]]:
    """Archives of which the same is thought together: a full release has 21,841 of them."""
    groups: dict[tuple[str, ...], tuple[Reading, list[Guess]]] = {}
    for guess in guesses:
        if guess.reading is not None:
            one = guess.reading
            key = (one.layout, one.release, one.split.label, one.why, one.layout_why, guess.kind)
            groups.setdefault(key, (one, []))[1].append(guess)
    return list(groups.values())


def _items(reading: Reading, group: Sequence[Guess]) -> Iterator[Span]:
    more = f" and {len(group) - 1:,} more" if len(group) > 1 else ""
    yield (f"{safe(group[0].path)}{more}", "bold")
    yield (group[0].kind, "")
    split = _split(reading)
    if split is not None and reading.split:
        yield (f"split {split}", "")
    yield (f"release {safe(reading.release)} ({reading.why})", "")
    yield (f"layout {safe(reading.layout_why)}", "")


def _split(reading: Reading) -> str | None:
    """The split of an archive's images; None where each one's name or folder tells its own."""
    mixed = reading.layout in (KAGGLE, BOXES) or reading.has_splits
    return None if mixed else reading.split.label


def remarks(guesses: Sequence[Guess]) -> Iterator[str]:
    """What cannot be indexed, and how to say it if something is taken for what it is not."""
    for guess in guesses:
        if guess.refusal is not None:
            yield guess.refusal
    told = sum(guess.reading is not None for guess in guesses)
    if told:
        yield (
            f"nothing was written; without --dry-run {count(told, 'archive')} would be indexed so, "
            "unless --release, --split or --layout say otherwise"
        )


def as_json(guesses: Sequence[Guess]) -> dict[str, Any]:
    """The guesses for other programs."""
    return {
        "archives": [
            {
                "path": guess.path,
                "container": guess.kind,
                "layout": guess.reading.layout,
                "layout_why": guess.reading.layout_why,
                "release": guess.reading.release,
                "why": guess.reading.why,
                "split": _split(guess.reading),
            }
            for guess in guesses
            if guess.reading is not None
        ],
        "refused": {guess.path: guess.refusal for guess in guesses if guess.refusal is not None},
    }
