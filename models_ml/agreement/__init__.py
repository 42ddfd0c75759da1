"""Agreement of raters, on frames and on touches."""
