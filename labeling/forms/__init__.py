"""The only door for what users type or send; no writes, no rules of the lab."""
