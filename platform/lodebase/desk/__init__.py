"""The desk: accounts, judgements, error reports and proposed values."""
