"""Settings read from environment variables and files; the standard library alone."""
