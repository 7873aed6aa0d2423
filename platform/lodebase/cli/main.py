"""The root of the command ``lode`` and the one place where its errors become sentences and exit statuses.

Exit status: 0 done; 1 a fault of Lode itself; 2 something that the caller can mend, told in one sentence; 130 stopped.
"""

import io
import sys

import click

from lodebase.cli.audit import audit
from lodebase.cli.backup import backup, restore
from lodebase.cli.database import db
from lodebase.cli.download import download
from lodebase.cli.imports import import_
from lodebase.cli.kept import kept_
from lodebase.cli.keys import key
from lodebase.cli.layout import layout
from lodebase.cli.lists import quarantine, runs, settings, sources, vocab
from lodebase.cli.output import say
from lodebase.cli.people import judgements_, user
from lodebase.cli.resolve import resolve
from lodebase.cli.rules import rules
from lodebase.cli.serve import serve
from lodebase.cli.tasks import tasks
from lodebase.cli.user_sessions import COMMANDS as SESSION_COMMANDS
from lodebase.errors import LodeError
from lodedata.mapping import MappingRefused
from lodedata.read import FileRefused
from lodedata.sources import UnknownSource
from lodedata.vocab import UnknownVocabulary

MENDABLE = (FileRefused, MappingRefused, UnknownSource, UnknownVocabulary)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lode")
def cli() -> None:
    """Lode: deposits, discoveries and project sites of strategic minerals.

    Exit status: 0 done, 2 something you can mend (told in one sentence), 1 a fault of Lode itself.
    """


for command in (
    *(serve, tasks, db, backup, restore, import_, resolve, download, sources, runs, quarantine),
    *(settings, vocab, rules, layout, kept_, user, key, judgements_, audit),
):
    cli.add_command(command)
for command in SESSION_COMMANDS:
    user.add_command(command)


def main() -> None:
    """Run the command; an error that has a sentence ends with that sentence and no traceback."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        say(shown.getvalue().rstrip("\n"))
        sys.exit(2)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except LodeError as error:
        say(f"lode: {error}")
        sys.exit(error.exit_status)
    except MENDABLE as error:
        say(f"lode: {error}")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
