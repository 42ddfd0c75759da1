"""Touches: from scores to touches, and touch errors against labels."""
