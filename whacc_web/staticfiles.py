"""How static files are named once they are collected."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

_, MODULE_IMPORTS = (
    CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns
)


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names that change with the content, also where our scripts import each other.

    Other people's scripts are left alone: django-htmx's have imports in comments.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", MODULE_IMPORTS),
    )
