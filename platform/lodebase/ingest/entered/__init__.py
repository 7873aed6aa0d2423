"""What people enter or decide at the desk, stored with the importer's rights."""
