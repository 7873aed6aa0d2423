"""Companies: several side by side, with their capacity by share."""
