"""What people add to the data: accounts, judgements, reports of errors, values of their own."""
