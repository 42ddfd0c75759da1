"""The Django project: settings, URLs and the launcher; the pages are in labeling."""
