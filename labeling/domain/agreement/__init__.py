"""Agreement: annotators compared with each other, the consensus and a model."""
