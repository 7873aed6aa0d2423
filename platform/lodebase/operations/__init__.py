"""Operations: what can be asked of Lode besides records. Each is declared once in its topic; the rest is derived."""
