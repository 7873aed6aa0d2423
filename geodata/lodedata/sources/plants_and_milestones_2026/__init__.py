"""The source plants-and-milestones-2026."""
