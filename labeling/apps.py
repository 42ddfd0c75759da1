"""How Django finds the app."""

from django.apps import AppConfig


class LabelingConfig(AppConfig):
    """The one Django app of the product."""

    name = "labeling"
    default_auto_field = "django.db.models.BigAutoField"
