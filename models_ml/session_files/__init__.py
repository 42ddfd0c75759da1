"""Session files: WhACC's H5 layout, read and written."""
