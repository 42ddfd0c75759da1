"""Training: from labelled trials to a classifier and its threshold."""
