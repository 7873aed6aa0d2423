"""Marks of capacities that are left out of over-full sums of a country; set anew at the end of each import.

Also left out are the capacities of records that another gate leaves in doubt, such as a position outside the country.
"""

from typing import Any

from psycopg import Connection

from lodedata.figures.doubtful_capacities import CountedCapacity, choose_doubtful
from lodedata.figures.national_output import MAX_OUTPUT_RATIO, find_output, load_output_stages

RECORD_GATES = {"outside-country": "country-against-position"}
"""Flags of a record whose capacities are no part of its country's sum, with the reason of each."""
SUMS = """
SELECT commodity, stage, country, sum(tpa) FROM operating_capacity
WHERE (reason IS NULL OR reason = 'doubtful') AND country IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
GATED = """
SELECT p.id, g.reason FROM unnest(%s::text[], %s::text[]) g (rule, reason)
JOIN flag f ON f.rule = g.rule JOIN phase p ON p.project_id = f.record_id
WHERE p.capacity_tpa IS NOT NULL AND p.judged IS DISTINCT FROM 'right'
"""
PARTS = """
SELECT phase_id, tpa, status_date::text, basis, coalesce(status_inferred, false), coalesce(judged = 'right', false)
FROM operating_capacity
WHERE commodity = %s AND stage = %s AND country = %s AND (reason IS NULL OR reason = 'doubtful') AND NOT phase_id = ANY(%s)
"""
MARK = """
WITH marked AS (SELECT * FROM unnest(%s::text[], %s::text[]) m (id, doubtful))
UPDATE phase p SET doubtful = f.doubtful
FROM (
  SELECT x.id, m.doubtful FROM phase x LEFT JOIN marked m USING (id) WHERE x.doubtful IS NOT NULL OR m.id IS NOT NULL
) f WHERE f.id = p.id AND p.doubtful IS DISTINCT FROM f.doubtful
"""


def mark(connection: Connection[Any]) -> int:
    """Mark the doubtful capacities of all countries, and return the number of marks that changed."""
    rules, reasons = list(RECORD_GATES), list(RECORD_GATES.values())
    doubtful: dict[str, str] = dict(connection.execute(GATED, (rules, reasons)).fetchall())
    for commodity, stage, country, total in connection.execute(SUMS).fetchall():
        output = find_output(commodity, stage, country)
        if output is not None and total > MAX_OUTPUT_RATIO * output.tonnes:
            key = (commodity, stage, country, list(doubtful))
            doubtful |= choose_doubtful(_read_capacities(connection, key), output.tonnes)
    return connection.execute(MARK, (list(doubtful), list(doubtful.values()))).rowcount


def _read_capacities(connection: Connection[Any], key: tuple[str, str, str, list[str]]) -> list[CountedCapacity]:
    needs_basis = load_output_stages()[key[:2]].counts_content
    return [
        CountedCapacity(phase, tonnes, on, basis is not None or not needs_basis, inferred, judged_right)
        for phase, tonnes, on, basis, inferred, judged_right in connection.execute(PARTS, key).fetchall()
    ]
