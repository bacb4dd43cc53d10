"""What is asked of the database about places in a line: each question one statement."""

from __future__ import annotations

INSIDE = """
(SELECT count(*) FROM rush_place i
 WHERE i.line_id = l.id AND i.ended_at IS NULL AND i.called_at IS NOT NULL AND i.until > %(at)s)
"""

# Those before this place who left without having been called: nobody waits for them.
GIVEN_UP = """
(SELECT count(*) FROM rush_place g
 WHERE g.line_id = l.id AND g.ended_at IS NOT NULL AND g.called_at IS NULL
 AND g.number > l.called AND g.number < p.number)
"""

# Those who may be called: never called or, having missed a call, seen since; and there now.
MAY_BE_CALLED = """
w.ended_at IS NULL AND w.arrived_at IS NULL AND w.number IS NOT NULL
AND (w.called_at IS NULL OR (w.until <= %(at)s AND w.seen_at > w.until))
"""
TO_CALL = f"w.line_id = %(line)s AND {MAY_BE_CALLED}"

BUSY = f"""
SELECT {INSIDE} >= %(at_once)s
    OR EXISTS (SELECT FROM rush_place w WHERE w.line_id = l.id AND {MAY_BE_CALLED} AND w.seen_at > %(there)s)
    OR EXISTS (SELECT FROM rush_place w WHERE w.line_id = l.id AND w.ended_at IS NULL AND w.number IS NULL)
FROM rush_line l WHERE l.release_id = %(release)s AND l.hour_at = %(hour)s
"""  # noqa: S608

LOOK = f"""
SELECT p.id, p.number, p.seen_at, p.arrived_at, p.until, p."end", l.id AS line, l.hour_at, l.first_day, l.drawn_at,
       l.called, l.free, l.looked_at, r.at_once, r.choose_minutes, s.code, {INSIDE} AS inside,
       {GIVEN_UP} AS given_up
FROM rush_place p JOIN rush_line l ON l.id = p.line_id JOIN rush_release r ON r.id = l.release_id
JOIN visits_service s ON s.id = r.service_id
WHERE p.token_hash = %(hash)s
"""  # noqa: S608

PASS_BY = f"""
UPDATE rush_place w SET passed_at = %(at)s
WHERE {TO_CALL} AND w.passed_at IS NULL AND w.seen_at <= %(there)s
"""  # noqa: S608

CALL = f"""
WITH next AS (
    SELECT w.id, w.number FROM rush_place w WHERE {TO_CALL} AND w.seen_at > %(there)s
    ORDER BY w.number LIMIT %(room)s
), rung AS (
    UPDATE rush_place p SET called_at = coalesce(p.called_at, %(at)s), until = %(until)s
    FROM next WHERE p.id = next.id
), passed AS (
    {PASS_BY} AND w.number < (SELECT max(number) FROM next)
)
UPDATE rush_line SET called = greatest(called, (SELECT max(number) FROM next)), called_at = %(at)s
WHERE id = %(line)s AND EXISTS (SELECT FROM next)
"""  # noqa: S608

# Under the lock of the line: the next number for whoever comes where there is room and nobody waits.
PASS_THROUGH = f"""
WITH room AS (
    SELECT l.id FROM rush_line l WHERE l.id = %(line)s AND {INSIDE} < %(at_once)s
    AND NOT EXISTS (SELECT FROM rush_place w WHERE {TO_CALL} AND w.seen_at > %(there)s)
), passed AS (
    {PASS_BY} AND EXISTS (SELECT FROM room)
), next AS (
    UPDATE rush_line l SET last_number = last_number + 1, called = last_number + 1,
        called_at = greatest(%(at)s, called_at)
    FROM room WHERE l.id = room.id RETURNING l.id, l.last_number, l.called_at
)
INSERT INTO rush_place (line_id, token_hash, came_at, seen_at, number, called_at, arrived_at, until, key, "end")
SELECT id, %(hash)s, %(at)s, %(at)s, last_number, called_at, %(at)s, %(until)s, %(key)s, '' FROM next
"""  # noqa: S608

# The place is given where its network still may have one; a refused network, and a place that is known, change nothing.
COUNTED = """
counted AS (
    INSERT INTO rush_network AS n (line_id, mark, places, without_work)
    SELECT line.id, %(network)s, 1, %(idle)s FROM line WHERE NOT EXISTS (SELECT FROM known)
    ON CONFLICT (line_id, mark) DO UPDATE
    SET places = n.places + 1, without_work = n.without_work + excluded.without_work
    WHERE n.places < %(most)s AND n.without_work + excluded.without_work <= %(most_idle)s
    RETURNING line_id AS id
)
"""
KNOWN = "WITH known AS (SELECT FROM rush_place WHERE token_hash = %(hash)s)"
ANSWER = "SELECT EXISTS (SELECT FROM place), EXISTS (SELECT FROM known), EXISTS (SELECT FROM line)"

# Whoever comes in while the lot is being drawn waits for it, finds no line here and is the first of those who come later.
JOIN_EARLY = f"""
{KNOWN}, line AS MATERIALIZED (
    SELECT id FROM rush_line WHERE id = %(line)s AND drawn_at IS NULL FOR KEY SHARE
), {COUNTED}, place AS (
    INSERT INTO rush_place (line_id, token_hash, came_at, seen_at, key, "end")
    SELECT id, %(hash)s, %(at)s, %(at)s, '', '' FROM counted RETURNING id
) {ANSWER}
"""  # noqa: S608

JOIN = f"""
{KNOWN}, line AS (
    SELECT id FROM rush_line WHERE id = %(line)s AND drawn_at IS NOT NULL
), {COUNTED}, next AS (
    UPDATE rush_line l SET last_number = last_number + 1 FROM counted WHERE l.id = counted.id
    RETURNING l.id, l.last_number
), place AS (
    INSERT INTO rush_place (line_id, token_hash, came_at, seen_at, number, key, "end")
    SELECT id, %(hash)s, %(at)s, %(at)s, last_number, '', '' FROM next RETURNING id
) {ANSWER}
"""  # noqa: S608
