"""Trees: the LightGBM classifier, from features to scores."""
