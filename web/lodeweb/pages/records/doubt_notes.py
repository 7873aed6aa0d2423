"""Notes on figures that are held back, left out of sums, or judged by a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lodedata.choice.figure_judgements import build_figure_name
from lodedata.vocab import label
from lodeweb.i18n.labels import Language
from lodeweb.i18n.language import gettext


@dataclass(frozen=True, slots=True)
class DoubtNote:
    """What is said of a figure, and its name in judgements."""

    text: str
    figure: str | None


def write_doubt_note(kind: str, row: Mapping[str, Any], lang: Language) -> DoubtNote | None:
    """Return the note on a grade or a capacity, None for a figure without doubt."""
    held, doubtful, judged = (row.get(name) for name in ("held", "doubtful", "judged"))
    if held is not None:
        text = gettext("Held back: %(reason)s", reason=label("figure-doubt", held).in_language(lang))
    elif doubtful is not None:
        text = gettext("Left out of sums: %(reason)s", reason=label("figure-doubt", doubtful).in_language(lang))
    elif judged is not None:
        text = gettext("Judged by an expert: %(verdict)s", verdict=label("figure-judgement", judged).in_language(lang))
    else:
        return None
    return DoubtNote(str(text), build_figure_name(kind, row))
