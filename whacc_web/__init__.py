"""The Django project: settings, URLs and what `make run` starts. No pages here."""
