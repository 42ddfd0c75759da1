import pytest


@pytest.mark.django_db
def test_health_needs_no_login(client):
    response = client.get("/health/")

    assert response.status_code == 200
    assert response.content == b"ok"
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_health_refuses_post(client):
    assert client.post("/health/").status_code == 405
