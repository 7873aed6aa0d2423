"""How the number of a clause is written, and that it was not read."""

from lodedata.messages import Message, msg


def clause_label(number: str | None) -> Message:
    """Return the number of a clause in its text, such as 4.1 or 一、（二）, or the sentence that it was not read."""
    return msg("clause number not read") if number is None else msg("clause %(number)s", number=number)
