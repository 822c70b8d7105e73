"""The coverage ledger: for each feed, when we saw it, when we were blind, and when items may have slipped by.

An interval reaches from a poll to when the next one was due. A late next poll therefore leaves a hole, and a hole is
written as blindness: "not running". Equal neighbours are one row, so a healthy feed is one row for months.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from storage.moments import micros
from storage.records import WatchNote
from storage.statements import insert
from storage.tables import CoverageRow

NOT_RUNNING = "not running"


def note_poll(
    connection: sqlite3.Connection, feed: str, at: datetime, note: WatchNote, ok_before: datetime | None
) -> None:
    """Write how a poll at `at` went. `ok_before` is the feed's last good poll before this one.

    A gap lies behind us: it reaches from that poll to now, and what follows it is seen.
    """
    now, until = micros(at), micros(at + note.until)
    if note.state == "gap":
        since = min(now, micros(ok_before)) if ok_before else now
        _cut(connection, feed, since)
        _append(connection, feed, "gap", note.reason, since=since, until=now)
        _append(connection, feed, "seen", "", since=now, until=until)
        return
    last = _last(connection, feed)
    if (
        last is not None
        and (last["state"], last["reason"]) == (note.state, note.reason)
        and last["since"] < now <= last["until"]
    ):
        # As before, which is nearly every poll: the row that was foretold to end goes on.
        connection.execute("UPDATE coverage SET until = ? WHERE id = ?", (until, last["id"]))
        return
    if last is not None and last["until"] < now:
        _append(connection, feed, "blind", NOT_RUNNING, since=last["until"], until=now)
    else:
        _cut(connection, feed, now)
    _append(connection, feed, note.state, note.reason, since=now, until=until)


def _last(connection: sqlite3.Connection, feed: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM coverage WHERE feed = ? ORDER BY until DESC, id DESC LIMIT 1", (feed,)
    ).fetchone()
    return row


def _cut(connection: sqlite3.Connection, feed: str, at: int) -> None:
    """Take back what was foretold beyond `at`."""
    connection.execute("DELETE FROM coverage WHERE feed = ? AND until > ? AND since >= ?", (feed, at, at))
    connection.execute("UPDATE coverage SET until = ? WHERE feed = ? AND until > ?", (at, feed, at))


def _append(
    connection: sqlite3.Connection, feed: str, state: str, reason: str, *, since: int, until: int
) -> None:
    last = _last(connection, feed)
    if last is not None and (last["state"], last["reason"], last["until"]) == (state, reason, since):
        connection.execute("UPDATE coverage SET until = ? WHERE id = ?", (until, last["id"]))
        return
    if until <= since and state != "blind":
        return
    insert(
        connection,
        CoverageRow,
        [{"id": None, "feed": feed, "state": state, "reason": reason, "since": since, "until": until}],
    )
