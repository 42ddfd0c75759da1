"""What the web server adds to every response, and the pages outside the app."""
