"""The parts of `make run`: child processes, signals, locks and preparation."""
