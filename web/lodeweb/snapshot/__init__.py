"""The static snapshot: pages, map and files of a store in a folder that any web server serves."""
