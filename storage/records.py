"""Frozen value types that are stored or read back; the vocabulary that every layer shares. Contains no I/O.

Times are aware datetimes in UTC. Money is in whole units of its currency. Spans count code points of the
named field of the article *as it is shown* (title, summary, body: plain text).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from storage.words import DeliveryAction, DeliveryState, Kind, Level, RuleStatus, Stage, Tier

# ---------------------------------------------------------------------------- what was recognised


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Evidence: `text` stands at [start, end) of an article's `field` (title, summary, body or url)."""

    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A sum of money; a range or "up to" gives its upper end.

    `kind` is investment, commitment, fine, price, valuation, revenue, threshold, cost or other; only the first four
    (and other) count as sums of the deal or the fine.
    """

    value: int
    currency: str
    kind: str = "other"
    upto: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A date by which something is due; `what` is a short phrase such as "comments"."""

    on: date
    what: str
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A lexicon entry that the article names: `id` of group `kind` (regulator, company, theory, topic …)."""

    id: str
    kind: str
    spans: tuple[Span, ...] = ()
    salience: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was recognised in an article. Tuples are in order of weight (most salient first)."""

    regulators: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    ties: tuple[tuple[str, str], ...] = ()  # (cloud/chip/platform company, AI developer), most salient first
    stage: Stage | None = None
    hedged: bool = False  # the stage is reported as denied, possible or conditional
    theories: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    deal_form: str | None = None
    amounts: tuple[Amount, ...] = ()
    cases: tuple[str, ...] = ()  # case numbers and slugs: M.11766, AT.40684, DMA.100220, gov.uk:<slug>
    deadlines: tuple[Deadline, ...] = ()
    mentions: tuple[Mention, ...] = ()
    # (authority, subject): a word of competition law binds the authority to the subject nearby, so it is
    # reported to look at it or act on it. Subjects are ids of rules/lexicon/subjects.yaml (ai-tie, ai-deals, …).
    scrutiny: tuple[tuple[str, str], ...] = ()
    subjects: tuple[str, ...] = ()  # subjects of the article, with or without an authority
    outcome: str = ""  # how a decision ended it: cleared, closed, withdrawn, no-jurisdiction; empty otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A rule × an article, with the spans that prove it. `sentence` is the passage to quote."""

    rule: str
    digest: str  # of the rule's text, so that a hit says which version matched
    title: str  # the rule's title
    kind: Kind
    level: Level
    status: RuleStatus
    spans: tuple[Span, ...] = ()
    sentence: str = ""


# ---------------------------------------------------------------------------- feeds and articles


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What a feed's polls left behind. The validators belong to `url`; a changed address starts afresh."""

    feed: str
    url: str = ""
    etag: str | None = None
    last_modified: str | None = None
    body_digest: str | None = None  # sha256 of the decoded body last parsed
    item_digests: frozenset[str] = frozenset()  # of the items of that body, 16 hex digits each
    format: str = ""  # feedparser's version word, e.g. rss20
    title: str = ""
    entries_last: int = 0
    checked_at: datetime | None = None  # last attempt
    ok_at: datetime | None = None  # last 200 that parsed, or 304
    full_at: datetime | None = None  # last unconditional 200
    baseline_at: datetime | None = None  # first successful poll
    news_at: datetime | None = None  # last poll that brought a new article
    next_at: datetime | None = None  # due then; None: due now
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    outcome: str = "never"  # ok, not-modified, unchanged, or a failure class
    detail: str = ""  # one line, no secrets
    unchanged_304: int = 0  # 304s in a row
    moved_to: str = ""  # where permanent redirects lead
    moved_count: int = 0  # how many times in a row they led there
    told: str = ""  # the failure class last told to the ops channel; empty when well


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An entry, normalised: plain text, canonical link, identity."""

    feed: str
    guid: str  # as the feed said it; may be empty
    link: str  # canonical: no tracking words, https, no www./amp; may be empty
    url: str  # as published, http(s) only; may be empty
    title: str
    summary: str = ""
    body: str = ""
    author: str = ""
    publisher: str = ""  # of aggregator entries: the outlet behind it
    language: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    dated: str = ""  # the date as the feed wrote it
    digest: str = ""  # of title, summary and body: a revision changes it
    keys: tuple[str, ...] = ()  # identity keys, strongest first: "guid:…", "link:…", "title:…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a revision of an article was quoted with, and what was found in it."""

    sentence: str
    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownArticle:
    """What the planner needs to know of a stored article."""

    id: int
    feed: str
    digest: str
    updated_at: datetime | None
    first_seen_at: datetime
    revision: int  # 0 for the article as first seen
    keys: frozenset[str]
    rules_hit: frozenset[str] = frozenset()  # live rules that already hit it, at any revision
    said: tuple[Said, ...] = ()  # by those hits
    edit_told_at: datetime | None = None  # when a hit of a later revision was last told
    title: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article read back."""

    id: int
    article: Article
    first_seen_at: datetime
    revision: int = 0


# ---------------------------------------------------------------------------- matters


@dataclass(frozen=True, slots=True, kw_only=True)
class AlsoIn:
    """A further source of a matter's current step."""

    source: str  # as people read it
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What a message shows of the article that proves a step; kept, so that later edits show the same proof."""

    title: str
    url: str
    source: str  # the feed's title or, of an aggregator, the publisher
    tier: Tier
    level: Level
    rule: str
    reason: str  # the AlertReason's value
    seen_at: datetime
    published_at: datetime | None = None
    updated_at: datetime | None = None
    quote: str = ""  # the sentence that proves the step; empty where only the title does
    words: tuple[str, ...] = ()  # of the quote, that matched
    amounts: tuple[Amount, ...] = ()  # the sums to show, biggest first, without spans
    more_amounts: int = 0  # further sums that the article names
    form: str = ""  # of the deal
    theories: tuple[str, ...] = ()
    lead: str = ""  # how long the press was ahead of the authority


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One authority × one tie or case; or a tie alone while no authority has acted.

    `key` is stable: `cma:amazon+anthropic`, `ec:case:M.11766`, `tie:amazon+openai`.
    """

    key: str
    title: str
    authority: str | None
    tie: tuple[str, ...] = ()  # sorted company ids
    cases: tuple[str, ...] = ()
    stage: Stage | None = None
    level: Level = Level.LOW
    confirmed: bool = False  # an official source of the authority carries the current step
    opened_at: datetime
    moved_at: datetime  # last step
    sources: int = 1  # distinct publishers that carry the current step
    deadline: Deadline | None = None
    id: int | None = None  # None: not stored yet
    merged_into: str | None = None
    outcome: str = ""  # cleared, closed, withdrawn, no-jurisdiction; empty while it runs
    told: bool = False  # somebody was told of it: a message of its own, or a line of a roll-up
    evidence: str = ""  # mark of the article revision that proved the last step
    showing: Showing | None = None  # of the article that proved the current step; None: nobody was told
    also: tuple[AlsoIn, ...] = ()  # up to three further sources of the current step, earliest first
    noted_at: datetime | None = None  # when new terms of a deal were last noted in the thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A development within a matter, proved by one article revision."""

    matter: str  # key
    stage: Stage | None
    reason: str  # opened, advanced, official-act, confirmed, closed, reopened, deadline-moved
    at: datetime  # when we saw it
    happened_at: datetime | None  # when the source says it was published
    confirmed: bool
    note: str = ""  # the authority's own change note, or the sentence that proved it


# ---------------------------------------------------------------------------- alerts and delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is shown: `text` is the plain fallback; `blocks` Slack's, as JSON-ready objects."""

    text: str
    blocks: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """One alert × one destination, to be written to the outbox.

    `key` makes it unique for ever: the same alert to the same destination is written once.
    `destination` is a channel name or id, `webhook`, or `terminal`.
    """

    key: str
    destination: str
    action: DeliveryAction
    message: Message
    reason: str  # the AlertReason's value
    level: Level
    matter: str | None = None  # key; the thread to reply to or the parent to edit
    not_before: datetime | None = None
    article_keys: tuple[str, ...] = ()  # first identity keys of the articles of this poll that it tells of


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An outbox row."""

    id: int
    key: str
    destination: str
    action: DeliveryAction
    message: Message
    reason: str
    level: Level
    state: DeliveryState
    attempts: int
    created_at: datetime
    matter: str | None = None
    not_before: datetime | None = None
    attempted_at: datetime | None = None
    sent_at: datetime | None = None
    channel_id: str | None = None
    ts: str | None = None
    permalink: str | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRef:
    """Where a message stands in Slack."""

    channel_id: str
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A pause with a reason and an end. Official steps and stage advances pierce it unless `everything`."""

    id: int
    author: str
    reason: str
    created_at: datetime
    until: datetime  # at most 30 days after created_at
    matter: str | None = None
    rule: str | None = None
    company: str | None = None
    regulator: str | None = None
    feed: str | None = None
    everything: bool = False
    hidden: int = 0  # alerts it hid so far
    told_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNote:
    """One publisher that carried a matter: for corroboration and confirmation."""

    matter: str
    publisher: str  # of the article, or the feed's id
    official: bool
    stage: Stage | None
    first_seen_at: datetime
    link: str = ""


# ---------------------------------------------------------------------------- what one poll writes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHit:
    """A match to store, with the matter that it belongs to and what became of it.

    `verdict` says why it was or was not told: told, corroborates, baseline, late, shadow, duplicate, known …
    """

    match: Match
    facts: Facts
    matter: str | None
    verdict: str
    why: str = ""  # one line: why the article is in this matter, and why it was or was not told


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticle:
    """An article seen for the first time, with its hits."""

    article: Article
    hits: tuple[NewHit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRevision:
    """New content, or a new `updated`, of a stored article, with the hits of the new text."""

    id: int
    article: Article
    hits: tuple[NewHit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStep:
    """A step to store; `article_key` is the first identity key of the article that proves it."""

    step: Step
    article_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPlan:
    """Everything that one poll of one feed writes, in one transaction."""

    state: FeedState
    at: datetime
    articles: tuple[NewArticle, ...] = ()
    revisions: tuple[NewRevision, ...] = ()
    aliases: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # further keys of known articles
    matters: tuple[Matter, ...] = ()  # as they stand after the poll; upserted by key
    steps: tuple[NewStep, ...] = ()
    deliveries: tuple[NewDelivery, ...] = ()
    watched: WatchNote | None = None
    hidden: Mapping[int, int] = field(default_factory=dict)  # silence id -> alerts that it hid in this poll
    authority: str | None = (
        None  # whose own feed it is: its hits are official sources of that authority's matters
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchNote:
    """For the coverage ledger: how this poll went and until when it lets us see.

    `state` is seen, blind or gap; `until` is when the next poll was due, after which silence is blindness.
    """

    state: str
    reason: str
    until: timedelta


# ---------------------------------------------------------------------------- read back


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A stored match with what a reader wants beside it."""

    id: int
    article_id: int
    revision: int
    url: str
    title: str
    feed: str
    rule: str
    rule_digest: str
    kind: Kind
    level: Level
    status: RuleStatus
    verdict: str
    facts: Facts
    spans: tuple[Span, ...]
    sentence: str
    matter: str | None
    language: str
    published_at: datetime | None
    first_seen_at: datetime
    matched_at: datetime
    rule_title: str = ""
    why: str = ""  # one line: why in this matter, why told or not


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFetch:
    """The answer that brought a hit, kept as evidence: the decoded body and the headers as received."""

    url: str
    fetched_at: datetime
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvidence:
    """A kept fetch read back."""

    id: int
    sha256: str
    feed: str
    url: str
    fetched_at: datetime
    headers: Mapping[str, str]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One version of an article's words; number 0 is the article as first seen."""

    article_id: int
    number: int
    title: str
    summary: str
    body: str
    seen_at: datetime
    published_at: datetime | None = None
    updated_at: datetime | None = None
    pruned: bool = False  # retention took summary and body


@dataclass(frozen=True, slots=True, kw_only=True)
class HitPage:
    """One page of hits and how many there are in all."""

    total: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStep:
    """A step read back, with the article that proves it."""

    id: int
    step: Step
    article_id: int | None = None
    url: str = ""
    title: str = ""
    feed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A stretch of the coverage ledger: `state` is seen, blind or gap."""

    feed: str
    state: str
    reason: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a person said of a hit: relevant, not-relevant or acknowledged."""

    hit_id: int
    mark: str
    author: str
    at: datetime
    note: str = ""
