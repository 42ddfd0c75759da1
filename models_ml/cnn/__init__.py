"""CNNs: from the frames of a trial to the units of each frame."""
