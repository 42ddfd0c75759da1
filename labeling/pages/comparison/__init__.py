"""The pages of a comparison: its tables, plots, CSV files and the touches behind."""
