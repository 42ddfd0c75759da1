"""Training: labels of subsets become a new model version."""
