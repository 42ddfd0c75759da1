"""Labels: the log of operations, the labels that they make, and decisions."""
