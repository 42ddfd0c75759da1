from django.contrib.staticfiles import finders


def test_favicon_is_the_icon_of_the_pages(client):
    response = client.get("/favicon.ico")

    assert response.status_code == 302
    assert response.url == "/static/favicon.svg"
    assert finders.find("favicon.svg")
