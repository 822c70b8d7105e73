"""The words that records are described by: tiers, kinds, levels, stages, states. Apart, so that settings load fast."""

from __future__ import annotations

from enum import StrEnum


class Tier(StrEnum):
    """How close a source is to the act: the authority itself, the press, or commentary."""

    OFFICIAL = "official"
    PRESS = "press"
    BLOG = "blog"


class Kind(StrEnum):
    """What a rule looks for, strongest first: FTC/CMA/EC act, another authority acts, a deal alone."""

    SIGNAL = "signal"
    OTHER = "other"
    DEAL = "deal"


class _Ordered(StrEnum):
    """A StrEnum whose members rank in the order in which they are written."""

    rank: int  # the position in the order of definition, from 0

    def __init__(self, _: str) -> None:
        self.rank = len(type(self).__members__)


class Level(_Ordered):
    """How loudly to tell."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Stage(_Ordered):
    """How far an authority has gone."""

    CONCERN = "concern"
    INQUIRY = "inquiry"
    INVESTIGATION = "investigation"
    DECISION = "decision"
    LITIGATION = "litigation"


class RuleStatus(StrEnum):
    """draft: not run; shadow: recorded, not posted; live: posted; retired: kept for its past hits."""

    DRAFT = "draft"
    SHADOW = "shadow"
    LIVE = "live"
    RETIRED = "retired"


class DeliveryState(StrEnum):
    """pending → sending → sent | failed | dead | unknown; see `storage.outbox`."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"  # refused for a reason that may pass; will be tried again at `not_before`
    UNKNOWN = "unknown"  # may have been accepted: look before sending again
    DEAD = "dead"  # refused for a lasting reason; kept, re-sendable with `alerts retry`
    SKIPPED = "skipped"  # overtaken before it was sent (an update that a later update contains)


class DeliveryAction(StrEnum):
    """What to ask of the destination."""

    POST = "post"  # a message of its own, or a matter's parent
    REPLY = "reply"  # in the matter's thread, also shown in the channel
    QUIET_REPLY = "quiet-reply"  # in the thread only
    UPDATE = "update"  # edit the matter's parent
