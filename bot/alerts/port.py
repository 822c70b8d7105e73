"""What can become of a message on its way out, as values, and the doors through which it goes. Contains no I/O.

Posted       it is there
Refused      the other side said no for a lasting reason: the message, the destination or the app is at fault
TryLater     it said no for a passing reason; nothing was posted
NotSent      it never heard of it (connection refused, no such host); nothing was posted
Ambiguous    it may have been posted: look before sending again
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from storage.records import Delivery, Message, MessageRef


class Fault(StrEnum):
    """Who is at fault for a lasting refusal."""

    MESSAGE = "message"
    DESTINATION = "destination"
    APP = "app"
    THREAD = "thread"  # the message to reply to or to edit is gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """It is there; `ref` is None where the destination names no message (webhook, terminal)."""

    ref: MessageRef | None = None
    permalink: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A lasting refusal; `detail` is one line for people, such as the scope that is missing."""

    fault: Fault
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TryLater:
    """A passing refusal; `after` seconds were asked for, None where nothing was said.

    `known` is False for a word that no table has: too many of them count as the destination's fault.
    """

    code: str
    after: float | None = None
    known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """The request never reached the other side."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """Nobody can tell yet; `after` seconds were asked for, None where nothing was said."""

    code: str
    after: float | None = None


Outcome = Posted | Refused | TryLater | NotSent | Ambiguous


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The destination's history holds the message."""

    ref: MessageRef
    permalink: str | None = None


@dataclass(frozen=True, slots=True)
class NotThere:
    """The history was read and does not hold it, or does not hold it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CannotLook:
    """The history could not be read; `thread_gone`: that of a thread, because somebody deleted it."""

    code: str
    after: float | None = None
    thread_gone: bool = False


Sighting = Found | NotThere | CannotLook


class Port(Protocol):
    """One way out. Calls never raise for what the network or the other side does."""

    @property
    def remembers(self) -> bool:
        """Tell whether `find` can ever answer; without a memory, doubt ends in sending again."""
        ...

    def send(self, delivery: Delivery, message: Message, parent: MessageRef | None) -> Outcome:
        """Post, reply to `parent`, or edit `parent`, as the delivery's action says."""
        ...

    def find(self, delivery: Delivery, parent: MessageRef | None) -> Sighting:
        """Look for what an earlier attempt may have posted."""
        ...

    def probe(self) -> Refused | None:
        """Return why nothing can be sent at all, or None when all is well or not to be known."""
        ...

    def lane(self, destination: str) -> str:
        """Return what is paced together: the channel's ID where it is known, else its name."""
        ...
