"""Statistics over time: series, observations as printed, figures derived from them, and plan targets."""
