INLINE_SCRIPT = """
const script = document.createElement("script");
script.textContent = "document.title = 'changed'";
document.body.append(script);
"""


def test_sign_in_page_loads_without_an_error(live_server, page):
    page.goto(live_server.url + "/login/")

    assert page.locator("input[name=username]").count() == 1


def test_inline_script_is_stopped_and_reported(live_server, page, page_errors):
    page.goto(live_server.url + "/login/")
    title = page.title()

    page.evaluate(INLINE_SCRIPT)

    assert page.title() == title
    assert [error.split(". ")[0] for error in page_errors] == [
        "Executing inline script violates the following Content Security Policy "
        "directive 'script-src 'self''"
    ]
    page_errors.clear()
