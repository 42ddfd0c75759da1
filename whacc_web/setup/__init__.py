"""The installation that `make` runs first; the standard library alone."""
