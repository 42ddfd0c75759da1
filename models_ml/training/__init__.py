"""Training: labelled trials, then a search over boosted trees, then a classifier."""
