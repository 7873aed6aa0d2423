"""Estimates of technical reports read by machine: from rows to statements, by rules that each give a reason."""

from lodedata.report_estimates.neighbours import PropertyRows, refuse_neighbours
from lodedata.report_estimates.report_row import Refusal, ReportRow, read_row
from lodedata.report_estimates.statements import classify_rows

__all__ = ["PropertyRows", "Refusal", "ReportRow", "read_row", "refuse_neighbours", "classify_rows"]
