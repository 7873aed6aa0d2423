"""The register of mining dams of Brazil."""
