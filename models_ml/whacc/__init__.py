"""WhACC's own models and training data, read from WhACC's files."""
