"""How static files are named once they are collected."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Only statements that begin a line: Django's own patterns also take the types in
# comments, `@param {import("./page.js").Page} page`, for imports.
IMPORTED_MODULE = (
    r"""(?m)^(?P<matched>(?P<head>(?:im|ex)port\s[^;'"()]*?\sfrom\s*|import\s*)"""
    r"""["'](?P<url>\.[^"']*)["'])"""
)


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names that change with the content, also where our scripts import each other.

    Scripts that came from others are left as they are.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", ((IMPORTED_MODULE, '%(head)s"%(url)s"'),)),
    )
