"""Rights of each role on every URL and method; a URL that is not listed fails."""

from http.cookies import SimpleCookie

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client

from tests.every_url import every_route, paths_of
from tests.factories_world import make_world

pytestmark = pytest.mark.django_db

# Name, who reads (GET, HEAD), who writes (POST), and other methods that Django's own
# views accept; "-" is a method that the URL does not have.
TABLE = """
home                            everyone   -
signed-in                       public     -
health                          public     -
favicon                         public     -
login                           public     public    PUT OPTIONS
logout                          -          everyone  OPTIONS
key-map                         -          everyone
account-password                everyone   everyone  PUT OPTIONS
account-password-changed        everyone   -         OPTIONS
invitation                      public     public

account-list                    admin      -
account-log                     admin      -
account-log-file                admin      -
account-detail                  admin      admin
account-deactivate              -          admin
account-reactivate              -          admin
account-password-link           -          admin
invitation-new                  admin      admin
invitation-withdraw             -          admin

session-list                    everyone   -
session-new                     admin      admin
session-detail                  concerned  -
session-labels-new              admin      admin
session-labels-preview          admin      -
session-scoring                 -          admin
session-publication             -          admin
session-changes                 seers      -
session-trial-changes           seers      -
session-frames                  seers      -
session-tracking-new            admin      admin
session-tracking-frame          admin      -
session-tracking-preview        -          admin
session-tracking                seers      -
session-trial                   -          admin
session-crops                   seers      -
session-comparison              seers      -
session-comparison-job          -          admin
session-comparison-plot         seers      -
session-comparison-touches      seers      -
session-comparison-touches-file seers      -
session-comparison-touch        seers      -
session-comparison-frames       seers      -

version-list                    seers      -
version-new                     admin      admin
version-preview                 admin      -
version-detail                  seers      -
version-report                  seers      -
version-errors                  seers      -
version-scoring                 -          admin

subset-list                     everyone   -
subset-new                      admin      admin
subset-detail                   concerned  -
subset-preview                  admin      -
subset-clip-new                 admin      admin
subset-clip-removal             -          admin
subset-freezing                 -          admin
subset-assigning                admin      admin
subset-assigning-preview        admin      -
subset-assigning-former            admin      -
subset-annotator                admin      admin
subset-withdrawal               -          admin
subset-return                   -          admin
subset-comparison               seers      -
subset-comparison-job           -          admin
subset-comparison-plot          seers      -
subset-comparison-touches       seers      -
subset-comparison-touches-file  seers      -
subset-comparison-touch         seers      -
subset-comparison-frames        seers      -
subset-adjudication             settlers   -
subset-adjudication-stretch     settlers   -
subset-adjudication-frames      settlers   -
subset-adjudication-settlements -          settlers
subset-adjudication-log         settlers   -

assignment-detail               owner      -
assignment-state                owner      -
assignment-next                 owner      -
assignment-frames               owner      -
assignment-full-frame           owner      -
assignment-labels               owner      -
assignment-history              owner      -
assignment-scores               none       -
assignment-others               none       -
assignment-operations           -          owner
assignment-return               owner      owner

week-list                       everyone   -
week-job                        -          admin
week-plot                       concerned  -
operation-list                  everyone   -
operation-log                   everyone   -

job-list                        everyone   -
job-detail                      seers      -
job-cancel                      -          admin
job-repeat                      -          admin
"""
# Bob labels elsewhere, alice here, blind; the deactivated account was an admin.
SIGNED_IN = {"alice", "bob", "adjudicator", "viewer", "admin"}
ROLES = ("anonymous", "deactivated", *sorted(SIGNED_IN))
GROUPS = {
    "public": set(ROLES),
    "everyone": SIGNED_IN,
    "concerned": SIGNED_IN - {"bob"},
    "seers": {"adjudicator", "viewer", "admin"},
    "settlers": {"adjudicator", "admin"},
    "admin": {"admin"},
    "owner": {"alice"},
    "none": set(),
    "-": None,
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
RULES = {
    name: (GROUPS[reads], GROUPS[writes], besides)
    for name, reads, writes, *besides in map(str.split, filter(None, TABLE.split("\n")))
}


@pytest.fixture(scope="module")
def lab(django_db_setup, django_db_blocker, tmp_path_factory):
    """A lab for all tests here; each request is rolled back."""
    root = tmp_path_factory.mktemp("data")
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "WHACC_DATA_ROOT", root)
        with transaction.atomic():
            world = make_world(root)
            yield world, {role: _client(world, role) for role in ROLES}
            transaction.set_rollback(True)


def _client(world, role):
    client = Client()
    if role in world.people:
        user = world.people[role]
        # Logged in when the account was still active.
        user.is_active = True
        client.force_login(user)
    return client, client.cookies.output(header="").strip()


def ask(lab, role, method, path, **options):
    """Return the response to a request that is rolled back."""
    client, cookies = lab[1][role]
    client.cookies = SimpleCookie(cookies)
    with transaction.atomic():
        response = client.generic(method, path, **options)
        response.role = role
        response.body = b"".join(response) if response.streaming else response.content
        transaction.set_rollback(True)
    return response


def path_of(lab, name):
    """Return a URL's path for an object that alice may see, if annotators may."""
    world = lab[0]
    path = next(paths_of(name, dict(every_route())[name], world.known))
    return path + world.queries.get(name, "")


def outcome(response, method):
    if response.status_code == 302 and response.url.startswith("/login/?next="):
        return "log in"
    # An answer to HEAD has no body.
    sentence = b"" if method == "HEAD" else b"This account is deactivated"
    if response.status_code == 403 and response.role == "deactivated":
        return "deactivated" if sentence in response.body else "refused"
    outcomes = {403: "refused", 404: "refused", 405: "no such method"}
    return outcomes.get(response.status_code, "let in")


def expected(name, role, method):
    reads, writes, besides = RULES[name]
    if role not in SIGNED_IN and GROUPS["public"] not in (reads, writes):
        return "log in" if role == "anonymous" else "deactivated"
    if method in besides or (name == "login" and role in SIGNED_IN):
        # Django's own views respond; the login redirects users who are logged in.
        return "let in"
    group = {"GET": reads, "HEAD": reads, "POST": writes}.get(method)
    if group is None:
        return "no such method"
    return "let in" if role in group else "refused"


def test_the_table_lists_exactly_the_urls():
    names = {name for name, _ in every_route() if not name.startswith("admin:")}

    assert names == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_each_role_has_the_rights_in_the_table(lab, name):
    path = path_of(lab, name)

    body = lab[0].bodies.get(name, {})

    wrong = {
        f"{method} as {role}: {found}, not {right}"
        for role in ROLES
        for method in METHODS
        for right in [expected(name, role, method)]
        for found in [outcome(ask(lab, role, method, path, **body), method)]
        if found != right
    }

    assert wrong == set()


def test_writes_are_accepted_only_from_our_own_pages(lab):
    """Another site's form carries no token."""
    strict = {}
    for role in ("alice", "admin"):
        strict[role] = Client(enforce_csrf_checks=True), lab[1][role][1]
    forged = (lab[0], strict)

    let_in = [
        (name, role)
        for name, (_, writes, _) in RULES.items()
        for role in strict
        if writes and role in writes
        if ask(forged, role, "POST", path_of(lab, name)).status_code != 403
    ]

    assert let_in == []


def test_djangos_admin_is_only_for_admins(lab):
    routes = [each for each in every_route() if each[0].startswith("admin:")]
    answers = {
        (role, method, path): ask(lab, role, method, path)
        for name, route in routes
        if name != "admin:login"
        for path in [next(paths_of(name, route, lab[0].known))]
        for role in ROLES
        for method in METHODS
    }

    assert len(routes) > 25
    let_in = {key for key, each in answers.items() if each.status_code == 200}
    assert {role for role, _, _ in let_in} == {"admin"}
    assert ("admin", "GET", "/admin/") in let_in
    assert {each.status_code for each in answers.values()} <= {
        200, 301, 302, 400, 403, 404, 405,
    }  # fmt: skip


def test_djangos_admin_logs_in_only_admins(lab):
    from tests.factories import PASSWORD

    for role in sorted(set(ROLES) - {"anonymous", "admin"}):
        typed = f"username={lab[0].people[role].username}&password={PASSWORD}"
        answer = ask(
            lab, "anonymous", "POST", "/admin/login/", data=typed,
            content_type="application/x-www-form-urlencoded",
        )  # fmt: skip
        assert answer.status_code == 200
        assert django_settings.SESSION_COOKIE_NAME not in answer.cookies
