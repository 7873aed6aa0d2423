"""The source us-battery-supply-chain-investments-2024."""
