"""Files of the records that a query matches: requests, tasks, the processes that write them, and the spool that stores them."""
