"""Formatting of tonnes per year: whole tonnes in English, 万吨 in Chinese from ten thousand on."""

MYRIAD = 10_000


def format_en(tpa: float) -> str:
    """Return an amount with its unit in English."""
    return f"{tpa:,.0f} t/a"


def format_zh(tpa: float) -> str:
    """Return an amount with its unit in Chinese."""
    return f"{_number_zh(tpa, abs(tpa) >= MYRIAD)} {_unit(abs(tpa) >= MYRIAD)}"


def format_amount(tpa: float, language: str) -> str:
    """Return an amount with its unit in a language."""
    return format_zh(tpa) if language == "zh" else format_en(tpa)


def format_range(low: float, high: float, language: str) -> str:
    """Return a range with its unit; a single amount if both ends are equal."""
    if low == high:
        return format_amount(low, language)
    if language != "zh":
        return f"{low:,.0f}–{high:,.0f} t/a"
    large = abs(high) >= MYRIAD
    return f"{_number_zh(low, large)}–{_number_zh(high, large)} {_unit(large)}"


def _number_zh(tpa: float, large: bool) -> str:
    if not large:
        return f"{tpa:,.0f}"
    text = f"{tpa / MYRIAD:,.2f}"
    return text.rstrip("0").rstrip(".")


def _unit(large: bool) -> str:
    return "万吨/年" if large else "吨/年"
