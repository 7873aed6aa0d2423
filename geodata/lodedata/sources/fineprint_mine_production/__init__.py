"""Recovery rates of mines from company reports (Jasansky and others 2023)."""
