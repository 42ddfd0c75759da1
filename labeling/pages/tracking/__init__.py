"""The pages of tracking: a new session from videos, and the review of a session."""
