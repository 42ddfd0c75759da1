"""Model versions: their files, their scores, and which one a session shows."""
