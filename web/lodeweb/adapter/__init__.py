"""The adapter: declared operations as routes of the site, and as operations of the description of the API."""
