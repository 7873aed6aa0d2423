"""Refusal of an official act that the store or the same file has already, by number and title."""

from typing import Any

from psycopg import Connection

from lodebase.db.act_keys import write_act_key
from lodedata.problems import RULES

KIND = "official_act"
# one act often has two addresses, and is listed by two sources
REFUSE = f"""
WITH staged AS (
  SELECT m.n, s.id, {write_act_key("s")} AS key, coalesce(s.title_zh, s.title_en) AS title
  FROM staged_official_act s JOIN staged_member m ON m.record_id = s.id AND m.leads
  JOIN staged_row r ON r.n = m.n AND r.state <> 'quarantined'
), twin AS (
  SELECT DISTINCT ON (a.n) a.n, a.title, o.id FROM staged a JOIN (
    SELECT -1 AS n, id, {write_act_key("o")} AS key FROM official_act o UNION ALL SELECT n, id, key FROM staged
  ) o ON o.key = a.key AND o.id <> a.id AND o.n < a.n ORDER BY a.n, o.n
)
UPDATE staged_row r SET state = 'quarantined', reasons = jsonb_build_array(jsonb_build_object(
    'rule', 'act-twice', 'value', t.title, 'column', null,
    'en', format(%(en)s, t.title, t.id), 'zh', format(%(zh)s, t.title, t.id)))
FROM twin t WHERE t.n = r.n
"""


def refuse(connection: Connection[Any]) -> int:
    """Refuse the staged acts that have a twin, which is named; return their number."""
    sentence = RULES["act-twice"].sentence.filled(value="%1$s", twin="%2$s")
    return connection.execute(REFUSE, {language: sentence.in_language(language) for language in ("en", "zh")}).rowcount
