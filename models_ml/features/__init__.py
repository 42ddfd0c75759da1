"""Temporal features: how each CNN unit changes in the frames around a frame."""
