"""What `make` does before the product can run. Uses the standard library alone."""
