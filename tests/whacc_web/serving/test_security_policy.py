import pytest

DIRECTIVES = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health/", "/login/", "/no-such-page/", "/admin/"])
def test_every_response_carries_the_policy(client, path):
    response = client.get(path)

    header = response.headers["Content-Security-Policy"].split("; ")
    assert len(header) == len(DIRECTIVES)
    assert set(header) == DIRECTIVES


def test_policy_allows_no_inline_code_and_no_other_host(settings):
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]

    sources = {source for sources in directives.values() for source in sources}

    assert sources == {"'none'", "'self'", "data:", "blob:"}
    assert not hasattr(settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY")
