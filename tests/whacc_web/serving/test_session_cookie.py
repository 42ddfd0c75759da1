import pytest

from tests.factories import make_user


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/signed-in/", "/login/", "/subsets/"])
def test_an_expired_session_deletes_no_cookie(client, path, settings):
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32

    response = client.get(path)

    # The browser may have a newer one by now.
    assert settings.SESSION_COOKIE_NAME not in response.cookies
    assert "Cookie" in response.headers["Vary"]


@pytest.mark.django_db
def test_logging_out_deletes_the_cookie(client, settings):
    client.force_login(make_user())

    response = client.post("/logout/")

    assert response.cookies[settings.SESSION_COOKIE_NAME].value == ""
    assert client.get("/subsets/").status_code == 302
