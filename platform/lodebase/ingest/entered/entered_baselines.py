"""Baselines that experts entered, written into their milestones; the store refuses one that breaks its rules."""

from typing import Any

import orjson
import psycopg
from psycopg import Connection
from psycopg.types.json import Jsonb

from lodebase.ingest import store_rules
from lodedata.messages import list_languages, msg

WAITING = """
SELECT number, milestone_id, baseline_no, baseline_date, baseline_reason, agreed_by FROM baseline_entry
WHERE state = 'waiting' ORDER BY number
"""
WRITE = """
UPDATE milestone SET baseline_no = %s, baseline_date = %s, baseline_reason = %s, agreed_by = %s WHERE id = %s
"""
FINISHED = "UPDATE baseline_entry SET state = %s, problem = %s WHERE number = %s"
GONE = msg("The milestone is no longer in the data.")


def apply(connection: Connection[Any]) -> None:
    """Write the baselines that wait, each on its own: one that the store refuses leaves its milestone as it is."""
    for number, milestone, *values in connection.execute(WAITING).fetchall():
        try:
            with connection.transaction():
                rowcount = connection.execute(WRITE, (*values, milestone)).rowcount
            problem = None if rowcount else GONE
        except psycopg.IntegrityError as error:
            problem = store_rules.find_rule_sentence(error)
            if problem is None:
                raise
        sentences = None if problem is None else {language: problem.in_language(language) for language in list_languages()}
        stored = None if sentences is None else Jsonb(sentences, dumps=orjson.dumps)
        connection.execute(FINISHED, ("applied" if sentences is None else "refused", stored, number))
