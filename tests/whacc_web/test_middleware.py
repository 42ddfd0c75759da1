import pytest

from tests.factories import make_user
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


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/signed-in/", "/login/", "/subsets/"])
def test_an_expired_session_takes_no_cookie_away(client, path, settings):
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32

    response = client.get(path)

    # The browser may have a newer one by now.
    assert settings.SESSION_COOKIE_NAME not in response.cookies
    assert "Cookie" in response.headers["Vary"]


@pytest.mark.django_db
def test_logging_out_takes_the_cookie_away(client, settings):
    client.force_login(make_user())

    response = client.post("/logout/")

    assert response.cookies[settings.SESSION_COOKIE_NAME].value == ""
    assert client.get("/subsets/").status_code == 302
