"""The source india-cpcb-nonferrous-reprocessors-2011."""
