"""Operations: checks, series, comparisons and reports. Each is declared once in its topic; the rest is derived."""
