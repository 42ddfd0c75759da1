"""Temporal features: how each CNN unit behaves around a frame."""
