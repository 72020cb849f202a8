"""Lines of facts for a panel: what commands write to a terminal, gathered as one text."""

from __future__ import annotations

from rich.text import Text

from imnet_data.cli.screen import Screen, Span


class Page(Screen):
    """A screen of some columns that keeps its lines."""

    def __init__(self, width: int) -> None:
        self.is_terminal = True
        self.width = max(width, 20)
        self._lines: list[Text] = []

    def line(self, *spans: Span) -> None:
        """Write one line."""
        text = Text.assemble(*spans)
        text.rstrip()
        self._lines.append(text)

    def flush(self) -> None:
        """Nothing is held back."""

    @property
    def text(self) -> Text:
        """All lines."""
        return Text("\n").join(self._lines)
