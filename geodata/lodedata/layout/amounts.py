"""How tonnes a year read: whole tonnes in English, 万吨 in Chinese from ten thousand on."""

MYRIAD = 10_000


def en(tpa: float) -> str:
    """An amount with its unit in English."""
    return f"{tpa:,.0f} t/a"


def zh(tpa: float) -> str:
    """An amount with its unit in Chinese."""
    return f"{_zh(tpa, abs(tpa) >= MYRIAD)} {_unit(abs(tpa) >= MYRIAD)}"


def told(tpa: float, language: str) -> str:
    """An amount with its unit."""
    return zh(tpa) if language == "zh" else en(tpa)


def span(low: float, high: float, language: str) -> str:
    """A range with its unit told once; one amount where both ends are the same."""
    if low == high:
        return told(low, language)
    if language != "zh":
        return f"{low:,.0f}–{high:,.0f} t/a"
    large = abs(high) >= MYRIAD
    return f"{_zh(low, large)}–{_zh(high, large)} {_unit(large)}"


def _zh(tpa: float, large: bool) -> str:
    if not large:
        return f"{tpa:,.0f}"
    text = f"{tpa / MYRIAD:,.2f}"
    return text.rstrip("0").rstrip(".")


def _unit(large: bool) -> str:
    return "万吨/年" if large else "吨/年"
