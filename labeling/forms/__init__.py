"""Forms and parsers for all user input; no writes, no rules of the lab."""
