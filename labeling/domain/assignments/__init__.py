"""Assignments: which annotator labels which clip."""
