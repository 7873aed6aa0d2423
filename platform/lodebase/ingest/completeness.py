"""Whether a file has the rows and the filled fields that its source declares."""

from pathlib import Path

from lodebase.errors import ImportRefused
from lodedata.mapping import Source, Tally
from lodedata.messages import msg


def require_complete(source: Source, tally: Tally) -> None:
    """Raise ImportRefused for a file with fewer rows or emptier fields than its source declares."""
    for spec in source.tables:
        alone = len(source.tables) == 1
        files = {file: n for file, n in tally.rows.items() if alone or Path(file.split(", ")[0]).match(spec.file)}
        if not files:
            raise ImportRefused(msg("%(file)s: has a header and no rows; nothing was changed.", file=spec.file))
        for file, count in files.items():
            if spec.rows_at_least is not None and count < spec.rows_at_least:
                raise ImportRefused(
                    msg(
                        "%(file)s: has %(count)s rows where at least %(rows_at_least)s are expected; is the "
                        "file cut short? Nothing was changed.",
                        file=file,
                        count=count,
                        rows_at_least=spec.rows_at_least,
                    )
                )
            for name, share in spec.fill.items():
                filled = tally.filled.get(file, {}).get(name, 0) / max(tally.built.get(file, 0), 1)
                if tally.built.get(file) and filled < share:
                    raise ImportRefused(
                        msg(
                            "%(file)s: %(name)s is filled in %(filled)s of the rows where %(share)s are "
                            "expected; did a column move? Nothing was changed.",
                            file=file,
                            name=name,
                            filled=f"{filled:.0%}",
                            share=f"{share:.0%}",
                        )
                    )
