"""Tracking: a folder of videos becomes a session."""
