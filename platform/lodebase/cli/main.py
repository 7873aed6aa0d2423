"""The root of the command ``lode``: its commands, and the one place where errors become messages and exit statuses.

Exit status: 0 done; 1 a fault of Lode itself, or a check that failed; 2 something that the caller can correct; 130 interrupted.
"""

import errno
import io
import sys

import click

from lodebase.cli.help_texts import TranslatedHelp, set_language
from lodebase.cli.lazy_group import Entry, LazyGroup
from lodebase.cli.output import say
from lodebase.errors import LodeError
from lodedata.errors import DataError
from lodedata.messages import Message, list_languages, msg

# the commands of all modules make contexts of click's own class
click.Context.formatter_class = TranslatedHelp

SHOWN_CHARACTERS = 80
"""Characters of a path that is too long to be one, in the message on it."""
COMMANDS = {
    "audit": Entry("lodebase.cli.accounts.audit:audit", "Export the audit trail."),
    "backup": Entry("lodebase.cli.operation.backup:backup", "Write the whole store to a file, while the site may run."),
    "check": Entry("lodebase.cli.check:check", "Check figures against what is possible and against national output."),
    "db": Entry("lodebase.cli.operation.database:db", "Upgrade or downgrade the store, or show its version."),
    "download": Entry("lodebase.cli.download:download", "Download matching records from a site."),
    "export": Entry("lodebase.cli.export:export", "Write files for other programs and hosts."),
    "ground": Entry("lodebase.cli.ground:ground", "Add, list and remove packs of the ground of the map."),
    "import": Entry("lodebase.cli.imports:import_", "Read a source or your own table into the store."),
    "judgements": Entry("lodebase.cli.judgements:judgements_", "Export and import what people decided about pairs and values."),
    "key": Entry("lodebase.cli.accounts.keys:key", "Make, list and revoke API keys."),
    "ledger": Entry("lodebase.cli.ledger:ledger", "Write the ledger of key projects as a workbook."),
    "layout": Entry("lodebase.cli.layout_check.layout:layout", "Check planned plants of a file, or at every place of a grid."),
    # the tools request from a site
    "mcp": Entry("lodeweb.mcp.command:mcp", "Serve the data to an assistant by the Model Context Protocol."),
    "mirror": Entry("lodebase.cli.mirror:mirror", "Make this store a copy of another site from its releases."),
    # the texts of mail are those of the package of the site
    "notify": Entry("lodeweb.pages.subscriptions.notify:notify", "Send mail to those who subscribed to changes."),
    "quarantine": Entry("lodebase.cli.lists:quarantine", "Show and export refused rows."),
    "release": Entry("lodebase.cli.release:release", "Write all public data as files, divided by licence."),
    "resolve": Entry("lodebase.cli.resolve:resolve", "Join records of different sources that describe the same object."),
    "restore": Entry("lodebase.cli.operation.backup:restore", "Replace the store by a backup."),
    "rules": Entry("lodebase.cli.layout_check.rules:rules", "List the rules of the layout check, and check your own."),
    "run": Entry("lodebase.cli.operations:run_", "Run a check or report, and print its result."),
    "runs": Entry("lodebase.cli.lists:runs", "List the latest imports."),
    "saved-reports": Entry(
        "lodebase.cli.layout_check.saved_reports:saved_reports", "List, compare and delete saved layout reports."
    ),
    "serve": Entry(
        "lodebase.cli.operation.serve:serve", "Start the database if it is Lode's own, upgrade it and serve the site."
    ),
    "settings": Entry("lodebase.cli.lists:settings", "Print every setting with its value, origin and meaning."),
    "signing-key": Entry("lodebase.cli.verify:signing_key", "List, replace and revoke the keys that sign files."),
    "sources": Entry("lodebase.cli.lists:sources", "List the sources that can be read, and what was read of them."),
    "tasks": Entry("lodebase.cli.operation.tasks:tasks", "Run the background tasks of sites that may not change the data."),
    "user": Entry("lodebase.cli.accounts.people:user", "Make, list and change the accounts of those who work on the data."),
    "verify": Entry("lodebase.cli.verify:verify", "Verify a signed file: who signed it, when, and what it states."),
    "vocab": Entry("lodebase.cli.lists:vocab", "List the vocabularies and their terms."),
}


@click.group(cls=LazyGroup, entries=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lode")
@click.option(
    "--lang",
    type=click.Choice(list_languages()),
    help="Language of messages, in place of that of LC_ALL or LANG.",
    expose_value=False,
    is_eager=True,
    callback=lambda _context, _option, value: set_language(value),
)
def cli() -> None:
    """Lode: deposits, discoveries and project sites of strategic minerals.

    Exit status: 0 done, 2 a problem you can solve (with a message), 1 a fault of Lode, or a check that failed.
    """


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
        say(Message("lode: %(sentence)s", {"sentence": error.message}))
        sys.exit(error.exit_status)
    except DataError as error:
        say(Message("lode: %(sentence)s", {"sentence": error.message}))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        path = f"{str(error.filename)[:SHOWN_CHARACTERS]}…"
        too_long = msg("%(path)s: the name or path is too long for this system; give a shorter one.", path=path)
        say(Message("lode: %(sentence)s", {"sentence": too_long}))
        sys.exit(2)


if __name__ == "__main__":
    main()
