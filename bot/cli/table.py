"""Tables on a terminal: dates, ids and keys stay in one piece, prose wraps; where that has no room, a row is a block."""

from __future__ import annotations

from collections.abc import Sequence

from bot.terminal import may_paint

TYPE_CHECKING = False  # see storage/light.py
if TYPE_CHECKING:
    from typing import TextIO

    from rich.console import Console
    from rich.text import Text

_GAP = 2
_PROSE = 14  # the least that a wrapping column is good for
_LONGEST_SOLID = 44  # an address is longer, and may break


def console_on(out: TextIO) -> Console:
    """Return rich's view of a terminal; without colours it writes no escape sequence at all."""
    from rich.console import Console

    if may_paint(out):
        return Console(file=out)
    return Console(file=out, color_system=None, legacy_windows=False)


def draw(columns: Sequence[str], rows: Sequence[Sequence[Text]], out: TextIO) -> None:
    """Draw rows on a terminal, as wide as it is."""
    console = console_on(out)
    plain = [[column, *(row[i].plain for row in rows)] for i, column in enumerate(columns)]
    widths = [max(map(_width, cells)) for cells in plain]
    solid = [is_solid(cells[1:]) for cells in plain]
    least = [width if whole else min(width, _PROSE) for width, whole in zip(widths, solid, strict=True)]
    if sum(least) + _GAP * (len(columns) - 1) > console.width:
        _blocks(columns, rows, console)
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for column, whole, width in zip(columns, solid, least, strict=True):
        table.add_column(column, overflow="fold", no_wrap=whole, min_width=width)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def is_solid(cells: Sequence[str]) -> bool:
    """Return whether a column's cells must not be broken: each is one word, a sum, or a day with its time of day."""
    return all(len(cell) <= _LONGEST_SOLID and (" " not in cell or len(cell) <= _PROSE + 2) for cell in cells)


def _blocks(columns: Sequence[str], rows: Sequence[Sequence[Text]], console: Console) -> None:
    """Write each row as lines of name and value; a value that is too long goes on at the margin, unbroken."""
    from rich.text import Text

    label = max(map(len, columns)) + _GAP
    for number, row in enumerate(rows):
        if number:
            console.print()
        for column, value in zip(columns, row, strict=True):
            if value.plain:
                line = Text.assemble((column.ljust(label), "bold"), value)
                console.print(line, soft_wrap=True)


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)
