def test_health_page_says_ok_in_a_browser(live_server, page):
    page.goto(live_server.url + "/health/")

    assert page.inner_text("body") == "ok"
