"""What identifies an official act in SQL: its number, else its day, with its title."""

_PARTING = r"[[:space:]()（）\[\]【】〔〕《》“”\"'':：，,。.、·\-]"


def write_act_key(row: str) -> str:
    """Return the SQL of what identifies the act of a row: its number, else its day, and its title; null without either."""
    number = f"nullif({_write_letters(f'{row}.number')}, '')"
    return f"coalesce({number}, {row}.issued_on) || '/' || {_write_letters(f'coalesce({row}.title_zh, {row}.title_en)')}"


def _write_letters(value: str) -> str:
    """Return the SQL of a text without punctuation, width and case."""
    return f"lower(regexp_replace(normalize({value}, NFKC), '{_PARTING}', '', 'g'))"
