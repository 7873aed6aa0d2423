"""Commands on the rules of the layout check: list them, and check an operator's own."""

from datetime import date, datetime
from pathlib import Path

import click

from lodebase import settings as settings_module
from lodebase.cli.help_texts import CommandGroup
from lodebase.cli.output import choose_terminal_language, echo, echo_json, json_option, print_rows, say
from lodebase.errors import RulesWrong
from lodebase.layout.rulebook import load_rulebook
from lodedata.messages import msg
from lodedata.rules import determine_legal_status, find_rule_problems


@click.group(cls=CommandGroup)
def rules() -> None:
    """List the rules of the layout check, and check your own."""


@rules.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@json_option
def check(folder: Path | None, as_json: bool) -> None:
    """Check the rules in FOLDER (or LODE_RULES) and print one sentence for each error."""
    problems = find_rule_problems(folder or settings_module.load().rules)
    wrong = [problem.in_language(choose_terminal_language()) for problem in problems]
    if as_json or wrong:
        if as_json:
            echo_json(wrong, indent=2)
        else:
            echo("\n".join(wrong))
    if wrong:
        raise RulesWrong(msg("%(number)s of the rules can't be used", number=len(wrong)))
    say(msg("the rules can be used"))


@rules.command("list")
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="The date at which the status of rules is shown; today by default."
)
@json_option
def list_(on: datetime | None, as_json: bool) -> None:
    """List every rule with its status on a date."""
    day = on.date() if on is not None else date.today()
    rows = [
        {
            "id": rule.id,
            "standing": determine_legal_status(instrument, rule, day),
            "kind": rule.condition.kind,
            "products": list(rule.products),
            "from": instrument.valid_from,
            "to": instrument.valid_to,
            "instrument": instrument.document or instrument.title_en,
        }
        for instrument in load_rulebook(settings_module.load()).instruments
        for rule in instrument.rules
    ]
    print_rows(rows, as_json)
