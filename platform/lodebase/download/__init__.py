"""Downloads: what a query asks for as a file, made by a process of its own and kept in a bounded spool."""
