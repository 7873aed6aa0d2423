"""The source condition-list-workbook."""
