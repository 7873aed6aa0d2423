"""Search: each name under which a record is found, sorted by rank, and the words in names for spelling. Kept true by every
transaction.
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

# What parts words becomes a space, apostrophes vanish; lodebase.search.normal does the same to a question.
PARTING = '-_/().,;:"+&、，。（）·；：'
SILENT = "''’‘`ʻʼ"
LONGEST = 100


def _normal(text: str) -> str:
    # in SQL a quote is written twice, and stands for one character; looking first is a tenth of the work
    spaces = " " * len(PARTING)
    return f"CASE WHEN {_parted(text)} THEN translate({text}, '{PARTING}{SILENT}', '{spaces}') ELSE {text} END"


def _parted(text: str) -> str:
    return f"{text} ~ '[-{PARTING[1:]}{SILENT}]'"


# Of the lines of search_text all are names but those after a Chinese one: its pinyin, then its initials, unless they
# happen to be another name of the record. OFFSET 0 keeps an expression from being written out, and worked out, many times.
def _terms(kind: str, rows: str) -> str:
    """SQL of the keys and ids of the rows of a relation ``rows`` of one kind."""
    number = KINDS[kind]
    if kind == "zone":
        named = f"""
        SELECT id, true AS wide, true AS parted, '' AS en, '' AS others, 2 AS standing,
          ARRAY[{_folded("name_en")}, {_folded("name_zh")}] AS lines
        FROM {rows} WHERE zone_kind NOT IN ('country', 'division')"""
    else:
        named = f"""
        SELECT id, octet_length(search_text) <> length(search_text) AS wide, {_parted("search_text")} AS parted,
          CASE WHEN octet_length(search_text) <> length(search_text) THEN {_normal("lower(name_en)")} END AS en,
          CASE WHEN aliases = '{{}}' THEN '' ELSE lower(array_to_string(aliases, E'\\n')) END AS others,
          {STANDING[kind]} AS standing, string_to_array({_normal("search_text")}, E'\\n') AS lines
        FROM {rows}"""
    return f"""
    WITH named AS ({named} OFFSET 0), listed AS (
      SELECT id, wide, parted, en, others, standing, lines, generate_subscripts(lines, 1) AS n, unnest(lines) AS raw
      FROM named OFFSET 0
    ), trimmed AS (
      SELECT id, en, others, standing, lines, n, wide,
        CASE WHEN parted THEN left(btrim(regexp_replace(raw, ' +', ' ', 'g')), {LONGEST})
          WHEN octet_length(raw) > {LONGEST} THEN left(raw, {LONGEST}) ELSE raw END AS line
      FROM listed OFFSET 0
    ), line AS (
      SELECT id, line, wide AND octet_length(line) <> length(line) AS wide,
        standing + CASE WHEN n = 1 OR line = en THEN 0 ELSE 1 END AS standing,
        CASE WHEN NOT wide OR n = 1 OR line = en THEN 1
          WHEN octet_length(lines[n - 1]) <> length(lines[n - 1]) AND line ~ '^[a-z]+$' AND strpos(others, line) = 0 THEN 3
          WHEN octet_length(lines[n - 2]) <> length(lines[n - 2]) AND line ~ '^[a-z]+$' AND strpos(others, line) = 0 THEN 4
          ELSE 1 END AS way
      FROM trimmed WHERE line <> '' OFFSET 0
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
      SELECT id, standing, line, generate_series(2, length(rtrim(line, ' 0123456789')) - 1) AS i FROM line WHERE wide AND way = 1
    ) s WHERE substr(line, i, 1) COLLATE "C" >= '㐀' AND substr(line, i + 1, 1) COLLATE "C" >= '㐀'
    """


def _folded(name: str) -> str:
    return _normal(f"lower(regexp_replace(normalize({name}, NFKD), '[\\u0300-\\u036f]', '', 'g'))")


def _refresh(kind: str) -> str:
    """A record whose names and standing stay is left alone; of any other its old terms go and its new ones come."""
    columns = ["name_en", "name_zh"] if kind == "zone" else ["name_en", "name_zh", "aliases", "search_text"]
    columns += {"deposit": ["size_class"], "zone": ["zone_kind"]}.get(kind, [])
    same = f"({', '.join(f'o.{c}' for c in columns)}) IS NOT DISTINCT FROM ({', '.join(f'n.{c}' for c in columns)})"
    ended = f"FROM lode_history.{kind} o WHERE o.until_version = v"
    began = f"SELECT n.* FROM {kind} n WHERE n.since_version = v"
    gone = f"(SELECT o.* {ended} AND NOT EXISTS (SELECT FROM {kind} n WHERE n.id = o.id AND {same})) r"
    # the sum keeps the planner from the index of versions: what has just ended is in no statistics, and it would be read
    # whole for each row instead of by id
    before = f"FROM lode_history.{kind} o WHERE o.until_version + 0 = v"
    come = f"({began} AND NOT EXISTS (SELECT {before} AND o.id = n.id AND {same})) r"
    return f"""
    IF fresh OR NOT EXISTS (SELECT {ended}) THEN
      {_insert(kind, f"({began}) r")}
    ELSE
      DELETE FROM search_term s USING ({_terms(kind, gone)}) gone WHERE s.key = gone.key COLLATE "C" AND s.id = gone.id;
      {_insert(kind, come)}
    END IF;
    """


def _insert(kind: str, rows: str) -> str:
    """In the order of the index, which takes them a third faster so."""
    names = "coalesce(name_en, '') || ' ' || coalesce(name_zh, '')" if kind == "zone" else "search_text"
    return f"""
      INSERT INTO search_term (key, id) SELECT key, id FROM ({_terms(kind, rows)}) came ORDER BY key COLLATE "C";
      INSERT INTO search_word (word)
      SELECT DISTINCT word FROM (
        SELECT unnest(string_to_array(replace({_normal(names)}, E'\\n', ' '), ' ')) COLLATE "C" AS word FROM {rows}
      ) w WHERE octet_length(word) BETWEEN 4 AND 40 AND word >= 'a' AND word < '{{' ON CONFLICT DO NOTHING;
    """


REFRESH = f"""
CREATE FUNCTION lode.refresh_search(v integer, fresh boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, public, pg_temp SET work_mem = '128MB' SET jit = off
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  {"".join(_refresh(kind) for kind in KINDS)}
END $$
"""
AT_COMMIT = """
CREATE FUNCTION lode.refresh_search_at_commit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
BEGIN
  PERFORM refresh_search(NEW.version, false);
  RETURN NULL;
END $$
"""


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
    op.execute(REFRESH)
    op.execute(AT_COMMIT)
    # what the store holds, by the version at which each row began
    op.execute("SELECT lode.refresh_search(version, true) FROM lode.dataset_version ORDER BY version")
    op.execute(
        "CREATE CONSTRAINT TRIGGER refresh_search AFTER INSERT ON lode.dataset_version DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION lode.refresh_search_at_commit()"
    )
    op.execute("REVOKE EXECUTE ON FUNCTION lode.refresh_search(integer, boolean) FROM PUBLIC")
    op.execute("REVOKE EXECUTE ON FUNCTION lode.refresh_search_at_commit() FROM PUBLIC")
    op.execute("GRANT SELECT ON lode.search_term, lode.search_word TO lode_import, lode_site")


def downgrade() -> None:
    op.execute("DROP TRIGGER refresh_search ON lode.dataset_version")
    op.execute("DROP FUNCTION lode.refresh_search_at_commit()")
    op.execute("DROP FUNCTION lode.refresh_search(integer, boolean)")
    op.drop_table("search_word", schema="lode")
    op.drop_table("search_term", schema="lode")
