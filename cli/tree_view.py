"""The class tree as text and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imnet_data.cli.screen import cells, elide
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.cli.screen import Screen, Span
    from imnet_data.cli.tree_model import Node

_GAP = "  "


@dataclass(frozen=True, slots=True)
class _Row:
    """One line: its guides, a name, the cells at its right and a remark behind them.

    `below` are the guides of what stands beneath, where the remark goes when it does not fit.
    """

    guides: str
    name: str
    wnid: str = ""
    numbers: tuple[str, ...] = ()
    remark: str = ""
    below: str = ""
    is_dim: bool = False


def write(screen: Screen, root: Node, own: Sequence[Node], *, counted: bool) -> None:
    """Write a tree, and below it the user's own classes that hang nowhere in WordNet.

    `counted` says whether there are images to count, or WordNet alone.
    """
    columns = ("own", "in all") if counted else ("classes",)
    rows = [_Row("", "synset", "wnid", columns), *_rows(root, counted=counted)]
    if own:
        total = sum(node.subtree_images for node in own)
        rows.append(_Row("", "(your own classes)", "", ("", f"{total:,}")))
        rows += _children(own, "", counted=counted)
    _write_rows(screen, rows)


def _rows(root: Node, *, counted: bool) -> Iterator[_Row]:
    yield _row(root, "", "", counted=counted)
    yield from _below(root, "", counted=counted)


def _below(node: Node, guides: str, *, counted: bool) -> Iterator[_Row]:
    yield from _children(node.children, guides, counted=counted, open_end=node.folded > 0)
    if node.folded:
        more = "more " if node.children else ""
        yield _Row(f"{guides}└─ ", f"… {node.folded:,} {more}without images", is_dim=True)


def _children(
    nodes: Sequence[Node], guides: str, *, counted: bool, open_end: bool = False
) -> Iterator[_Row]:
    for at, child in enumerate(nodes):
        is_last = at == len(nodes) - 1 and not open_end
        below = guides + ("   " if is_last else "│  ")
        yield _row(child, guides + ("└─ " if is_last else "├─ "), below, counted=counted)
        yield from _below(child, below, counted=counted)


def _row(node: Node, guides: str, below: str, *, counted: bool) -> _Row:
    if counted:
        numbers: tuple[str, ...] = (f"{node.images:,}", f"{node.subtree_images:,}")
    else:
        numbers = (f"{node.classes:,}",)
    return _Row(
        guides, safe(node.name), node.wnid or "", numbers, _remark(node), below,
        is_dim=counted and not node.subtree_images,
    )  # fmt: skip


def _remark(node: Node) -> str:
    if node.is_repeated:
        return "shown above"
    if not node.also_under:
        return ""
    return f"also under {', '.join(map(safe, node.also_under))}"


def _write_rows(screen: Screen, rows: Sequence[_Row]) -> None:
    lefts = [cells(row.guides + row.name) for row in rows if row.numbers]
    wnids = max(len(row.wnid) for row in rows)
    columns = len(rows[0].numbers)
    widths = [max(len(r.numbers[at]) for r in rows if r.numbers) for at in range(columns)]
    right = wnids + sum(widths) + len(_GAP) * (len(widths) + 1)
    left = max(lefts)
    if screen.width is not None:
        left = min(left, max(screen.width - right, 20))
    for at, row in enumerate(rows):
        _write_row(screen, row, left, wnids, widths, is_heading=at == 0)


def _write_row(
    screen: Screen, row: _Row, left: int, wnids: int, widths: Sequence[int], *, is_heading: bool
) -> None:
    style = "bold" if is_heading else "dim" if row.is_dim else ""
    if not row.numbers:
        screen.line((row.guides, "dim"), (row.name, style))
        return
    name = elide(row.name, max(left - len(row.guides), 8))
    blank = " " * (left - cells(row.guides + name))
    spans: list[Span] = [
        (row.guides, "dim"), (name + blank, style), (_GAP + row.wnid.ljust(wnids), style or "cyan"),
    ]  # fmt: skip
    for number, width in zip(row.numbers, widths, strict=True):
        spans.append((_GAP + number.rjust(width), style))
    used = sum(cells(text) for text, _ in spans)
    remark = _GAP + row.remark
    if not row.remark or screen.width is None or used + cells(remark) <= screen.width:
        screen.line(*spans, (remark, "dim"))
        return
    screen.line(*spans)
    screen.line((elide(f"{row.below}  {row.remark}", screen.width), "dim"))


def as_json(node: Node) -> dict[str, Any]:
    """A tree for other programs."""
    return {
        "wnid": node.wnid,
        "name": node.name,
        "images": node.images,
        "subtree_images": node.subtree_images,
        "also_under": list(node.also_under),
        "deeper": node.deeper,
        "children": [as_json(child) for child in node.children],
    }
