"""Printed documents: headings, paragraphs, tables and pictures, set by Typst as accessible PDF (PDF/UA-1)."""
