"""Names of other tables matched with deposits, project sites and organisations (Reconciliation Service API 0.2)."""
