import pytest

from whacc_web.middleware import POLICY


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health/", "/login/", "/no-such-page/", "/admin/"])
def test_every_response_carries_the_policy(client, path):
    response = client.get(path)

    assert response.headers["Content-Security-Policy"] == POLICY


def test_policy_allows_no_inline_code_and_no_other_host():
    sources = {
        source for directive in POLICY.split("; ") for source in directive.split()[1:]
    }

    assert sources == {"'none'", "'self'", "data:", "blob:"}
