"""The light path to hits: from a filter to rows, with nothing imported but sqlite3. `storage.reader` builds on it.

Start-up time is a promise (`regwatch hits`), and the record types alone cost twice what a bare interpreter does,
pathlib a third of it; hence os.path here.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence

from storage import migrations
from storage.errors import SchemaTooOld, StorageError
from storage.foreign import translated
from storage.hit_filter import HitFilter, clauses_of, order_of

TYPE_CHECKING = False  # see storage/light.py
if TYPE_CHECKING:
    from pathlib import Path

BUSY_SECONDS = 10.0
HIT_COLUMNS = """h.id, h.article_id, h.revision, h.feed, h.rule, h.kind, h.level, h.stage, h.status, h.verdict,
    h.matter, h.language, h.published_at, h.first_seen_at, h.matched_at, a.url, a.link, t.title,
    p.rule_digest, p.rule_title, p.sentence, p.why, p.facts, p.spans"""
CARRIED = {
    **{
        what: f"SELECT DISTINCT name FROM hit_names WHERE kind = '{what}' ORDER BY 1"  # noqa: S608 # constants
        for what in ("regulator", "company")
    },
    **{what: f"SELECT DISTINCT {what} FROM hits ORDER BY 1" for what in ("rule", "feed", "language")},  # noqa: S608
    "matter": "SELECT key FROM matters UNION SELECT CAST(id AS TEXT) FROM matters ORDER BY 1",
}
HITS = f"""SELECT {HIT_COLUMNS} FROM hits h JOIN articles a ON a.id = h.article_id JOIN texts t ON t.id = h.text_id
    JOIN hit_proofs p ON p.hit_id = h.id"""  # noqa: S608 # constants


def connect(path: Path | str) -> sqlite3.Connection:
    """Open a database for reading only.

    Raises StorageError where there is none, SchemaTooOld, SchemaTooNew, StorageDamaged, StorageBusy.
    """
    if not may_look(path):
        raise StorageError(
            f"{path} is in a folder that this user may not look into; ask as the user that runs regwatch, or with sudo"
        )
    if not os.path.isfile(path):  # noqa: PTH113 - see above
        raise StorageError(
            f"there is no database at {path} yet; `regwatch run` or `regwatch run --once` makes it"
        )
    with translated(path):
        connection = sqlite3.connect(_read_only(path), uri=True, timeout=BUSY_SECONDS)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA cache_size=-32768")
            connection.execute("PRAGMA temp_store=MEMORY")
            _check_version(migrations.version_of(connection), path)
        except BaseException:
            connection.close()
            raise
        return connection


def may_look(path: Path | str) -> bool:
    """Return whether this user can tell if the file is there: where a folder on the way is closed, none can."""
    try:
        os.stat(path)  # noqa: PTH116 - see above
    except PermissionError:
        return False
    except OSError:
        return True
    return True


def _read_only(path: Path | str) -> str:
    """Return the file as SQLite's URI, in which three characters would have a meaning.

    In a folder that cannot be written SQLite cannot make the files that readers share. A database that nobody has open
    there, as on a read-only copy, is read as one that nobody changes.
    """
    name = os.path.join(os.getcwd(), path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")  # noqa: PTH109, PTH118
    folder = os.path.dirname(os.path.join(os.getcwd(), path))  # noqa: PTH109, PTH118, PTH120
    at_rest = not os.access(folder, os.W_OK) and not os.path.exists(f"{path}-wal")  # noqa: PTH110
    return f"file://{name}?mode=ro" + ("&immutable=1" if at_rest else "")


def carried(connection: sqlite3.Connection, what: str) -> tuple[str, ...]:
    """Return the regulators, companies, rules, feeds, languages or matters (`what`, in the singular) that any hit has."""
    return tuple(str(row[0]) for row in connection.execute(CARRIED[what]))


def page_of(connection: sqlite3.Connection, wanted: HitFilter) -> tuple[int, list[sqlite3.Row]]:
    """Return how many hits fit in all, and the rows of one page."""
    clauses = clauses_of(wanted)
    where = clauses.where()
    values: Sequence[object] = clauses.values
    order, page = order_of(wanted), (wanted.limit, wanted.offset)
    if wanted.query.groups and wanted.offset == 0 and wanted.limit > 0:
        # Words leave few hits to sort, so one pass finds the page and counts the whole: half the time of two.
        sql = f"SELECT h.id, COUNT(*) OVER () FROM hits h WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
        found = connection.execute(sql, (*values, *page)).fetchall()
        return (int(found[0][1]) if found else 0), rows_of(connection, [int(row[0]) for row in found])
    total = int(connection.execute(f"SELECT COUNT(*) FROM hits h WHERE {where}", values).fetchone()[0])  # noqa: S608
    if total <= wanted.offset or wanted.limit == 0:
        return total, []
    # Without words an index on the time gives the page without a sort.
    sql = f"SELECT h.id FROM hits h WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608 # clauses
    ids = [int(row[0]) for row in connection.execute(sql, (*values, *page))]
    return total, rows_of(connection, ids)


def rows_of(connection: sqlite3.Connection, ids: Sequence[int]) -> list[sqlite3.Row]:
    """Return the rows of hits by id, in the order given; those that are not there are left out."""
    found: dict[int, sqlite3.Row] = {}
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        marks = ",".join("?" * len(chunk))
        for row in connection.execute(f"{HITS} WHERE h.id IN ({marks})", chunk):
            found[row["id"]] = row
    return [found[number] for number in ids if number in found]


def _check_version(version: int, path: Path | str) -> None:
    migrations.check_version(version, path)
    if version < migrations.LATEST:
        raise SchemaTooOld(
            f"{path} has schema {version}, this regwatch reads {migrations.LATEST}; run `regwatch db upgrade`"
        )
