"""Recordings: sessions, their files, trials and frames."""
