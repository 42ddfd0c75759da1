"""Labels: the log of operations, what the operations amount to, and decisions."""
