"""Estimates of technical reports read by machine: from rows to statements, by rules that each leave a reason."""

from lodedata.report_estimates.neighbours import PropertyRows, refuse_neighbours
from lodedata.report_estimates.report_row import Refusal, ReportRow, read_row
from lodedata.report_estimates.statements import tell_apart

__all__ = ["PropertyRows", "Refusal", "ReportRow", "read_row", "refuse_neighbours", "tell_apart"]
