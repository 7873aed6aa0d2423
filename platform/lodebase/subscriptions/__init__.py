"""Subscriptions to changes of records by mail: who gets which changes, and the mail server that sends them."""
