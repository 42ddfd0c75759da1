"""The pages of model versions: reports, errors, differences between versions."""
