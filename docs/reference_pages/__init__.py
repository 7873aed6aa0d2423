"""The pages of docs/reference: each module returns the lines of some pages, docs/generate.py writes them."""
