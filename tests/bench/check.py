"""After each run: what the database holds, read with plain SQL, against what was sent."""

from __future__ import annotations

from tests.bench.variants import Running
from tests.oracle import read_rows

# Every conversation here has one sender, so message n of a pair must be its seq n.
PARLEY = """
    SELECT me, COUNT(*), COUNT(DISTINCT client_id), MIN(seq), MAX(seq),
           SUM(CASE WHEN CAST(SUBSTR(content, 3, 8) AS DECIMAL) = seq THEN 0 ELSE 1 END)
    FROM chatlog WHERE me IN ({senders}) GROUP BY me
"""
OTHERS = """
    SELECT me, COUNT(*), COUNT(DISTINCT client_id), 1, COUNT(*), 0
    FROM chatlog WHERE me IN ({senders}) GROUP BY me
"""


def check_rows(running: Running, senders: list[int], sent: int) -> list[str]:
    """Differences between the database and `sent` messages of these senders."""
    query = (PARLEY if running.variant.dense else OTHERS).format(
        senders=",".join(map(str, senders))
    )
    problems, stored = [], 0
    for row in read_rows(running.database_url, query):
        me, count, different, first, last, misplaced = map(int, row)
        stored += count
        if different != count:
            problems.append(f"user {me}: {count} rows, {different} client ids")
        if (first, last) != (1, count) or misplaced:
            problems.append(f"user {me}: seq {first}..{last}, {count} rows, {misplaced} misplaced")
    if stored != sent:
        problems.append(f"{sent} sent, {stored} stored")
    return problems
