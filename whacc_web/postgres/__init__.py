"""A private PostgreSQL server that runs from a folder."""
