"""Prospectivity: where the evidence resembles that of known deposits, and how well that found later ones."""
