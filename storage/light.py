"""`NamedTuple` for what every command loads: typing's own looks, without typing.

Importing typing costs a search a third of a bare interpreter's start. Type checkers see typing's class.
"""

from __future__ import annotations

from collections import namedtuple

__all__ = ["NamedTuple"]

TYPE_CHECKING = False  # the name is what type checkers know; typing's constant would import typing
if TYPE_CHECKING:
    from typing import NamedTuple
else:

    class _Maker(type):
        """Turns a class body of annotated fields into a named tuple with the body's methods."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, object]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = list(body.pop("__annotations__"))
            defaults = [body.pop(field) for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            return type(name, (made,), {"__slots__": (), **body})

    class NamedTuple(metaclass=_Maker):
        """The base to write in a class statement, as typing's is."""
