"""The names of collected static files."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Only statements at the start of a line. Django's own patterns also match the types in
# comments, such as `@param {import("./page.js").Page} page`.
IMPORTED_MODULE = (
    r"""(?m)^(?P<matched>(?P<head>(?:im|ex)port\s[^;'"()]*?\sfrom\s*|import\s*)"""
    r"""["'](?P<url>\.[^"']*)["'])"""
)


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names with a hash of the content, also in the imports of the product's scripts.

    Third-party scripts, outside `js/`, are not changed.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", ((IMPORTED_MODULE, '%(head)s"%(url)s"'),)),
    )
