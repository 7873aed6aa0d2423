"""The national register of tailings facilities of Chile."""
