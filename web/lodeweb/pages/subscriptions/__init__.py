"""Subscriptions to changes of records that match a filter: the pages, the mail and the command that sends it."""
