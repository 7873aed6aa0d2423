"""Search: each name under which a record is found, sorted by rank, and the words in names for spelling. Kept true by every
statement that changes rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# A key is the way of the match, the standing of the record, its kind, and the term: 1-0-2-escondida. One range of the
# index is what begins with some letters in one way, standing and kind, so the best are found without sorting the rest.
# Standing: 0 a large deposit, 2 a medium, 4 a small one, 6 any other record; 1 more for an alias.
STANDING = {
    "deposit": "CASE size_class WHEN 'extra-large' THEN 0 WHEN 'large' THEN 0 WHEN 'medium' THEN 2 WHEN 'small' THEN 4 ELSE 6 END",
    "discovery": "6",
    "project": "6",
}
KINDS = {"deposit": 2, "discovery": 3, "project": 4, "zone": 5}

# What parts words becomes a space, apostrophes vanish; lodedata.search_words.normal does the same to a question.
PARTING = '-_/().,;:"+&、，。（）·；：'
SILENT = "''’‘`ʻʼ"
LONGEST = 100


def _normal(text: str) -> str:
    # in SQL a quote is written twice, and stands for one character; looking first is a tenth of the work
    spaces = " " * len(PARTING)
    return f"CASE WHEN {_parted(text)} THEN translate({text}, '{PARTING}{SILENT}', '{spaces}') ELSE {text} END"


def _parted(text: str) -> str:
    return f"{text} ~ '[-{PARTING[1:]}{SILENT}]'"


# A search_text has four parts, with an empty line between: lines of names, of aliases, of pinyin, of initials, each in its
# normal form. OFFSET 0 keeps an expression from being written out, and worked out, many times.
PARTS = "(VALUES (1, 0, 1), (2, 1, 1), (3, 1, 3), (4, 1, 4)) p (n, more, way)"


def _terms(kind: str, rows: str) -> str:
    """SQL of the keys and ids of the rows of a relation ``rows`` of one kind."""
    number = KINDS[kind]
    if kind == "zone":
        lines = f"""
        SELECT id, 1 AS way, 2 AS standing, btrim(regexp_replace(raw, ' +', ' ', 'g')) AS line
        FROM (SELECT *, unnest(ARRAY[{_folded("name_en")}, {_folded("name_zh")}]) AS raw FROM {rows}) named
        WHERE zone_kind NOT IN ('country', 'division')"""
    else:
        lines = f"""
        SELECT id, way, {STANDING[kind]} + more AS standing,
          unnest(string_to_array(split_part(search_text, E'\\n\\n', n), E'\\n')) AS line
        FROM {rows}, {PARTS} WHERE n = 1 OR strpos(search_text, E'\\n\\n') > 0"""
    return f"""
    WITH line AS (
      SELECT id, way, standing, CASE WHEN octet_length(line) > {LONGEST} THEN left(line, {LONGEST}) ELSE line END AS line
      FROM ({lines} OFFSET 0) listed WHERE line <> '' OFFSET 0
    )
    SELECT way::text || standing || '{number}' || line AS key, id FROM line
    UNION ALL
    SELECT '2' || standing || '{number}' || array_to_string(words[i:], ' '), id FROM (
      SELECT id, standing, words, generate_series(2, least(cardinality(words), 12)) AS i FROM (
        SELECT id, standing, string_to_array(line, ' ') AS words FROM line WHERE way = 1 AND strpos(line, ' ') > 0 OFFSET 0
      ) w
    ) s WHERE ltrim(words[i], '0123456789') <> ''
    UNION ALL
    SELECT '2' || standing || '{number}' || substr(line, i), id FROM (
      SELECT id, standing, line, generate_series(2, length(rtrim(line, ' 0123456789')) - 1) AS i
      FROM line WHERE way = 1 AND octet_length(line) <> length(line)
    ) s WHERE substr(line, i, 1) COLLATE "C" >= '㐀' AND substr(line, i + 1, 1) COLLATE "C" >= '㐀'
    """


def _folded(name: str) -> str:
    return _normal(f"lower(regexp_replace(normalize({name}, NFKD), '[\\u0300-\\u036f]', '', 'g'))")


def _write_terms(kind: str) -> str:
    """A record whose names and standing stay is left alone; of any other its old terms go and its new ones come."""
    columns = ["name_en", "name_zh"] if kind == "zone" else ["search_text"]
    columns += {"deposit": ["size_class"], "zone": ["zone_kind"]}.get(kind, [])
    same = f"({', '.join(f'o.{c}' for c in columns)}) IS NOT DISTINCT FROM ({', '.join(f'n.{c}' for c in columns)})"
    changed_from = f"(SELECT o.* FROM gone o WHERE NOT EXISTS (SELECT FROM began n WHERE n.id = o.id AND {same})) r"
    changed_to = f"(SELECT n.* FROM began n WHERE NOT EXISTS (SELECT FROM gone o WHERE o.id = n.id AND {same})) r"
    return f"""
CREATE FUNCTION lode.write_{kind}_terms() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, public, pg_temp SET work_mem = '128MB' SET jit = off
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    {_insert(kind, "began r")}
  ELSIF TG_OP = 'DELETE' THEN
    {_delete(kind, "gone r")}
  ELSE
    {_delete(kind, changed_from)}
    {_insert(kind, changed_to)}
  END IF;
  RETURN NULL;
END $$
"""


def _delete(kind: str, rows: str) -> str:
    return f"""DELETE FROM search_term s USING ({_terms(kind, rows)}) gone WHERE s.key = gone.key COLLATE "C" AND s.id = gone.id;"""


def _insert(kind: str, rows: str) -> str:
    """In the order of the index, which takes them a third faster so."""
    names = _normal("coalesce(name_en, '') || ' ' || coalesce(name_zh, '')") if kind == "zone" else "search_text"
    return f"""
      INSERT INTO search_term (key, id) SELECT key, id FROM ({_terms(kind, rows)}) came ORDER BY key COLLATE "C";
      INSERT INTO search_word (word)
      SELECT DISTINCT word FROM (
        SELECT unnest(string_to_array(replace({names}, E'\\n', ' '), ' ')) COLLATE "C" AS word FROM {rows}
      ) w WHERE octet_length(word) BETWEEN 4 AND 40 AND word >= 'a' AND word < '{{' ON CONFLICT DO NOTHING;
    """


FILL = f"""
CREATE FUNCTION lode.fill_search() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, public, pg_temp SET work_mem = '128MB' SET jit = off AS $$
BEGIN
  {"".join(_insert(kind, f"{kind} r") for kind in KINDS)}
END $$
"""
TRANSITIONS = {
    "INSERT": "NEW TABLE AS began",
    "UPDATE": "OLD TABLE AS gone NEW TABLE AS began",
    "DELETE": "OLD TABLE AS gone",
}


def upgrade() -> None:
    op.create_table(
        "search_term",
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        schema="lode",
        comment="What a record is found by: way of the match, standing and kind in a digit each, then a name or a part of one.",
    )
    op.create_index("ix_search_term_key", "search_term", ["key", "id"], schema="lode")
    op.create_table(
        "search_word",
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("word", name="pk_search_word"),
        schema="lode",
        comment="Every word that was ever in a name, by which spelling is corrected.",
    )
    op.create_index("ix_search_word_reversed", "search_word", [sa.text("reverse(word)")], schema="lode")
    op.execute(FILL)
    op.execute("SELECT lode.fill_search()")
    op.execute("REVOKE EXECUTE ON FUNCTION lode.fill_search() FROM PUBLIC")
    for kind in KINDS:
        op.execute(_write_terms(kind))
        op.execute(f"REVOKE EXECUTE ON FUNCTION lode.write_{kind}_terms() FROM PUBLIC")
        for event, transition in TRANSITIONS.items():
            op.execute(
                f"CREATE TRIGGER write_terms_{event.lower()} AFTER {event} ON lode.{kind} REFERENCING {transition} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION lode.write_{kind}_terms()"
            )
    op.execute("GRANT SELECT ON lode.search_term, lode.search_word TO lode_import, lode_site")


def downgrade() -> None:
    for kind in KINDS:
        for event in TRANSITIONS:
            op.execute(f"DROP TRIGGER write_terms_{event.lower()} ON lode.{kind}")
        op.execute(f"DROP FUNCTION lode.write_{kind}_terms()")
    op.execute("DROP FUNCTION lode.fill_search()")
    op.drop_table("search_word", schema="lode")
    op.drop_table("search_term", schema="lode")
