import pytest
from django.conf import settings

PAGES = ["", "labeling/user/", "password_change/"]


@pytest.mark.parametrize("path", PAGES)
def test_admin_site_works_under_the_policy(path, live_server, page, admin_client):
    session = admin_client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": session,
                "url": live_server.url,
            }
        ]
    )

    response = page.goto(f"{live_server.url}/admin/{path}")

    # The `page` fixture fails the test on anything that the policy stopped.
    assert response.status == 200
    assert page.locator("#site-name").is_visible()
