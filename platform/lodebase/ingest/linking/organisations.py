"""Organisations derived from the names that records mention, after each import.

Names are matched to organisations that a source describes; other names form organisations of their own. Only names that
share a short name with a changed one are considered.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from psycopg import Connection

from lodebase.ingest.linking import organisation_mentions
from lodebase.ingest.rows import record_id, write_generic_search_text
from lodedata.kinds import KINDS
from lodedata.normal_form import normalise_search_text
from lodedata.organisations.damaged_names import is_damaged
from lodedata.organisations.governments import PREFIX, find_governed_country
from lodedata.organisations.grouping import KnownName, MentionedName, Resolution, resolve
from lodedata.organisations.names import (
    cut_seat,
    derive_comparable_name,
    is_authority,
    is_chinese,
    list_alternative_names,
    shorten_comparable_name,
)
from lodedata.organisations.owner_texts import find_principal_name
from lodedata.organisations.seats import infer_seat
from lodedata.vocab import load_vocabulary

ORIGIN = "organisations of names"
"""Used as the source in the ids of derived organisations."""
VERSION = "SELECT nullif(current_setting('lode.version', true), '')::integer"
NO_VERSION = -1
IS_FIRST = "SELECT NOT EXISTS (SELECT FROM organisation_mention)"
# without mentions nothing says which of them are still named
NOTE_DERIVED = """
INSERT INTO mention_organisation
SELECT id FROM organisation WHERE derived UNION SELECT organisation_id FROM named_organisation
"""
CHANGED = """
SELECT id FROM organisation WHERE since_version = %(version)s
UNION SELECT id FROM lode_history.organisation WHERE until_version = %(version)s
"""
# decisions, and withdrawals of them, that are not applied yet
DECIDED = """
SELECT DISTINCT m.short FROM organisation_decision d JOIN organisation o ON o.id = d.organisation_id
JOIN organisation_mention m ON m.comparable = d.comparable AND coalesce(m.country, '') = d.country
WHERE m.organisation_id IS DISTINCT FROM d.organisation_id
UNION
SELECT m.short FROM organisation_mention m WHERE m.judged_by IS NOT NULL AND NOT EXISTS (
  SELECT FROM organisation_decision d WHERE d.comparable = m.comparable AND d.country = coalesce(m.country, ''))
"""
KEY = "comparable, short, other_comparable, other_short, uscc, country, division"
FORGET_NAMES = "DELETE FROM organisation_name WHERE organisation_id = ANY(%s) RETURNING short"
NAMED = "SELECT id, name_en, name_zh, aliases, former_names, short_names FROM organisation WHERE id = ANY(%s)"
NOTE_SHORT = "INSERT INTO mention_short SELECT unnest(%s::text[])"
# names that share a short name, or a code, with what changed
CONCERNED = f"""
CREATE TEMP TABLE mention_concerned ON COMMIT DROP AS
WITH near AS (SELECT DISTINCT short FROM mention_short)
SELECT {KEY} FROM organisation_mention WHERE short IN (SELECT short FROM near)
UNION SELECT {KEY} FROM organisation_mention WHERE other_short IN (SELECT short FROM near)
UNION SELECT {KEY} FROM organisation_mention WHERE uscc IN (
  SELECT uscc FROM organisation_mention WHERE uscc IS NOT NULL AND short IN (SELECT short FROM near))
"""
CONTEXT = f"""
WITH near AS (SELECT short FROM mention_concerned UNION SELECT other_short FROM mention_concerned)
SELECT DISTINCT {KEY} FROM organisation_mention
WHERE short IN (SELECT short FROM near) OR other_short IN (SELECT short FROM near)
"""
KNOWN = """
SELECT n.organisation_id, n.form, n.comparable, n.short, o.uscc, o.country, o.division
FROM organisation_name n JOIN organisation o ON o.id = n.organisation_id
WHERE o.derived IS NOT TRUE AND (n.short IN (SELECT short FROM mention_concerned)
  OR n.comparable IN (SELECT comparable FROM mention_concerned))
UNION
SELECT o.id, 'code', '', '', o.uscc, o.country, o.division FROM organisation o
WHERE o.derived IS NOT TRUE AND o.uscc IN (SELECT uscc FROM mention_concerned)
"""
DECISIONS = """
SELECT comparable, country, organisation_id, decided_by FROM organisation_decision
WHERE comparable IN (SELECT comparable FROM mention_concerned)
"""
RESOLVED = """
CREATE TEMP TABLE mention_resolved (
  comparable text, other_comparable text, uscc text, country text, division text,
  organisation_id text, method text, score float8, judged_by text
) ON COMMIT DROP
"""
# the organisations before and after are written anew
APPLY = """
WITH changed AS (
  SELECT m.record_kind, m.record_id, m.role, m.name, m.organisation_id AS before, r.organisation_id, r.method, r.score,
    r.judged_by
  FROM organisation_mention m JOIN mention_resolved r ON r.comparable = m.comparable
    AND (r.other_comparable, r.uscc, r.country, r.division)
      IS NOT DISTINCT FROM (m.other_comparable, m.uscc, m.country, m.division)
  WHERE (m.organisation_id, m.method, m.score, m.judged_by)
    IS DISTINCT FROM (r.organisation_id, r.method, r.score, r.judged_by)
), noted AS (
  INSERT INTO mention_organisation
  SELECT before FROM changed WHERE before IS NOT NULL
  UNION SELECT organisation_id FROM changed WHERE organisation_id IS NOT NULL
)
UPDATE organisation_mention m
SET organisation_id = c.organisation_id, method = c.method, score = c.score, judged_by = c.judged_by
FROM changed c WHERE (m.record_kind, m.record_id, m.role, m.name) = (c.record_kind, c.record_id, c.role, c.name)
"""
# organisations that a source describes are not derived
DERIVED = """
SELECT m.organisation_id, m.name, m.other_name, m.uscc, m.country, m.division, m.role = ANY(%(own_place)s), count(*)
FROM organisation_mention m LEFT JOIN organisation o ON o.id = m.organisation_id
WHERE m.organisation_id IN (SELECT id FROM mention_organisation) AND (o.id IS NULL OR o.derived)
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
# an organisation that a source describes is written by its import only, but for what follows from its mentions
SITE_COUNTRIES = """
UPDATE organisation o SET site_countries = m.countries
FROM (
  SELECT c.id,
    coalesce(array_agg(DISTINCT m.country ORDER BY m.country) FILTER (WHERE m.country IS NOT NULL), '{}') AS countries
  FROM (SELECT id FROM mention_organisation UNION SELECT unnest(%s::text[])) c (id)
  LEFT JOIN organisation_mention m ON m.organisation_id = c.id GROUP BY 1
) m
WHERE o.id = m.id AND o.derived IS NOT TRUE AND o.site_countries IS DISTINCT FROM m.countries
"""
SOURCES = """
SELECT organisation_id, array_agg(DISTINCT source ORDER BY source)
FROM organisation_mention, unnest(sources) source WHERE organisation_id IN (SELECT id FROM mention_organisation) GROUP BY 1
"""
COLUMNS = (
    *("id", "name_en", "name_zh", "aliases", "organisation_kind", "uscc", "country", "site_countries", "division"),
    *("derived", "sources", "flags", "search_text"),
)
STAGE = f"CREATE TEMP TABLE organisation_staged ON COMMIT DROP AS SELECT {', '.join(COLUMNS)} FROM organisation WHERE false"
UPSERT = f"""
INSERT INTO organisation ({", ".join(COLUMNS)}) SELECT {", ".join(COLUMNS)} FROM organisation_staged ORDER BY id
ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])}
"""
WITHDRAW = """
DELETE FROM organisation o WHERE o.derived AND o.id IN (SELECT id FROM mention_organisation)
  AND NOT EXISTS (SELECT FROM organisation_mention m WHERE m.organisation_id = o.id)
"""
# the rows that remain are not touched, so that they begin at the version that first had them
NAMED_NO_MORE = """
DELETE FROM named_organisation n WHERE n.organisation_id IN (SELECT id FROM mention_organisation)
  AND NOT EXISTS (SELECT FROM organisation_mention m WHERE m.organisation_id = n.organisation_id
    AND (m.record_kind, m.record_id, m.role) = (n.record_kind, n.record_id, n.role))
"""
NAMED_ANEW = """
INSERT INTO named_organisation (record_kind, record_id, role, organisation_id)
SELECT m.record_kind, m.record_id, m.role, m.organisation_id FROM organisation_mention m
WHERE m.organisation_id IN (SELECT id FROM mention_organisation)
  AND NOT EXISTS (SELECT FROM named_organisation n WHERE n.organisation_id = m.organisation_id
    AND (n.record_kind, n.record_id, n.role) = (m.record_kind, m.record_id, m.role))
GROUP BY 1, 2, 3, 4
"""
# derived organisations that are there, and those that are gone
WRITTEN = """
SELECT DISTINCT m.id FROM mention_organisation m LEFT JOIN organisation o ON o.id = m.id WHERE o.id IS NULL OR o.derived
"""


def derive(connection: Connection[Any]) -> None:
    """Bring mentions and derived organisations up to date with the records that this transaction changed."""
    version = _read_value(connection, VERSION)
    decided = [row[0] for row in connection.execute(DECIDED)]
    first = _read_value(connection, IS_FIRST)
    if version is None and not decided and not first:
        return
    # without a change of this transaction no record has its version
    version = NO_VERSION if version is None else version
    mentions = organisation_mentions.collect(connection, None if first else version)
    if first and mentions:
        connection.execute(NOTE_DERIVED)
    described = [row[0] for row in connection.execute(CHANGED, {"version": version})]
    if not mentions and not described and not decided:
        return
    connection.execute(NOTE_SHORT, (decided,))
    _write_names(connection, described)
    connection.execute(CONCERNED)
    connection.execute("ANALYZE mention_concerned")
    _resolve(connection)
    _write_derived(connection)
    connection.execute(SITE_COUNTRIES, (described,))
    connection.execute(NAMED_NO_MORE)
    connection.execute(NAMED_ANEW)


def _read_value(connection: Connection[Any], statement: str) -> Any:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def _write_names(connection: Connection[Any], ids: Sequence[str]) -> None:
    """Write the names of organisations in comparable forms, and note their short names, the earlier ones too."""
    if not ids:
        return
    short = {row[0] for row in connection.execute(FORGET_NAMES, (list(ids),))}
    rows = {row for organisation_row in connection.execute(NAMED, (list(ids),)) for row in _names_of(organisation_row)}
    organisation_mentions.copy(connection, "organisation_name (organisation_id, form, name, comparable, short)", sorted(rows))
    short |= {row[4] for row in rows}
    connection.execute(NOTE_SHORT, (sorted(short),))


def _names_of(row: Sequence[Any]) -> Iterator[tuple[str, str, str, str, str]]:
    identity, name_en, name_zh, aliases, former, short = row
    forms = (("exact", (name_en, name_zh, *aliases)), ("former", former), ("short", short))
    for form, printed in forms:
        for name in filter(None, printed):
            for variant in (name, *list_alternative_names(name)):
                if comparable := derive_comparable_name(variant):
                    yield identity, form, variant, comparable, shorten_comparable_name(variant)


def _resolve(connection: Connection[Any]) -> None:
    """Match the names that are concerned; other names that share a short name with them are considered with them."""
    concerned = {MentionedName(*row) for row in connection.execute(f"SELECT {KEY} FROM mention_concerned")}
    context = {MentionedName(*row) for row in connection.execute(CONTEXT)}
    known_names = [KnownName(*row) for row in connection.execute(KNOWN)]
    decisions = {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(DECISIONS)}
    resolutions = resolve(concerned | context, known_names, decisions)
    connection.execute(RESOLVED)
    rows = (_build_resolved_row(name, resolutions[name]) for name in concerned)
    organisation_mentions.copy(connection, "mention_resolved", rows)
    connection.execute("ANALYZE mention_resolved")
    connection.execute(APPLY)


def _build_resolved_row(name: MentionedName, resolution: Resolution) -> tuple[Any, ...]:
    identity = resolution.organisation_id or (record_id(ORIGIN, resolution.group) if resolution.group is not None else None)
    key = (name.comparable, name.other_comparable, name.uscc, name.country, name.division)
    return (*key, identity, resolution.method, resolution.score, resolution.judged_by)


def _write_derived(connection: Connection[Any]) -> None:
    """Write the derived organisations whose mentions changed, and delete those that nothing mentions any more."""
    connection.execute("ANALYZE mention_organisation")
    mentioned: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for identity, *rest in connection.execute(DERIVED, {"own_place": _list_own_place_roles()}):
        mentioned[identity].append(tuple(rest))
    sources = dict(connection.execute(SOURCES).fetchall())
    connection.execute(STAGE)
    rows = (_build_derived_row(identity, rows, sources.get(identity) or ["lode"]) for identity, rows in mentioned.items())
    organisation_mentions.copy(connection, "organisation_staged", rows)
    connection.execute(UPSERT)
    connection.execute(WITHDRAW)
    _write_names(connection, [row[0] for row in connection.execute(WRITTEN)])


def _build_derived_row(identity: str, mentions: Iterable[Sequence[Any]], sources: Sequence[str]) -> tuple[Any, ...]:
    """Return the row of a derived organisation: its most frequent names, and the others as aliases."""
    names: Counter[str] = Counter()
    places: Counter[tuple[str | None, str | None, str | None]] = Counter()
    printed: set[str] = set()
    site_countries: set[str] = set()
    for name, other, code, country, division, own_place, count in mentions:
        printed |= {printed_name for printed_name in (name, other) if printed_name}
        names.update({_clean_name(printed_name): count for printed_name in (name, other) if printed_name})
        places[code, country if own_place else None, division] += count
        site_countries |= {country} if country else set()
    code, country, division = min(
        places, key=lambda place: (place[0] is None, place[2] is None, place[1] is None, -places[place], str(place))
    )
    chinese, latin = _sort_names(names, True), _sort_names(names, False)
    authority = any(map(is_authority, names))
    # an authority sits in the country that it is one of
    country = (
        country
        or next(filter(None, (find_governed_country(derive_comparable_name(name)) for name in names)), None)
        or infer_seat(printed, site_countries)
        or (min(site_countries) if authority and len(site_countries) == 1 else None)
    )
    values: dict[str, Any] = {
        "id": identity,
        "name_en": latin[0] if latin else None,
        "name_zh": chinese[0] if chinese else None,
        "aliases": [*chinese[1:], *latin[1:]],
        "organisation_kind": "authority" if authority else None,
        "uscc": code,
        "country": country,
        "site_countries": sorted(site_countries),
        "division": division,
        "derived": True,
        "sources": list(sources),
        "flags": ["name-damaged"] if all(map(is_damaged, names)) else [],
    }
    values["search_text"] = write_generic_search_text(KINDS["organisation"], values)
    return tuple(values[name] for name in COLUMNS)


def _list_own_place_roles() -> list[str]:
    """Return the roles whose records have the place of the organisation, not of a site."""
    return [term.code for term in load_vocabulary("organisation-role") if term.extra["place"] == "organisation"]


def _clean_name(name: str) -> str:
    """Return a printed name without shares, remarks, and the country of its seat."""
    return cut_seat(find_principal_name(name))[0] or name


def _sort_names(names: Mapping[str, int], chinese: bool) -> list[str]:
    """Return names in one script, undamaged, frequent and complete ones first; each comparable form once."""
    here = (name for name in names if is_chinese(name) == chinese)
    listed = sorted(here, key=lambda name: (is_damaged(name), -names[name], -len(name), name))
    return list({_compute_form(name): name for name in reversed(listed)}.values())[::-1]


def _compute_form(name: str) -> str:
    """Return the form of a name that is listed once; each name of a government is listed."""
    comparable = derive_comparable_name(name)
    return normalise_search_text(name) if comparable.startswith(PREFIX) else comparable
