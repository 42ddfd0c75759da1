"""Training of CNNs: a backbone learns further from labelled frames."""
