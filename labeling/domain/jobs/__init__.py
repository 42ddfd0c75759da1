"""Jobs: background work as users see it, its attempts and its progress."""
