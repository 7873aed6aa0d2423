"""Rules of problems by subject, each with its weight and its sentence."""
