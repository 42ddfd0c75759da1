"""How static files are named once they are collected."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Names that change with the content, also inside `import ... from`."""

    support_js_module_import_aggregation = True
