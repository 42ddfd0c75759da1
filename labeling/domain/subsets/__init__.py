"""Subsets: frames chosen for curation, by hand or by a model."""
