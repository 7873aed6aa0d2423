"""The source peru-mining-concessions-17s-2026."""
