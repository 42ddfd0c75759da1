"""All page paths, grouped by prefix; one word finds path, view, template and test."""

from django.urls import URLPattern, path

from labeling.views import (
    accounts,
    adjudication,
    assignments,
    comparison,
    home,
    invitations,
    jobs,
    key_maps,
    operations,
    publishing,
    sessions,
    subset_assigning,
    subset_choice,
    subsets,
    tracking,
    versions,
    weeks,
)


def comparison_paths(noun: str) -> list[URLPattern]:
    """Return the paths of comparisons of subsets, or of sessions: the same pages."""
    start, of = f"{noun}s/<int:pk>/comparison/", {"noun": noun}
    frames = "frames/<int:trial>/<int:start>-<int:stop>.png"
    pages = (
        ("", comparison.comparison_detail, ""),
        ("job/", comparison.comparison_job, "-job"),
        ("touches.csv", comparison.comparison_touches_file, "-touches-file"),
        ("<slug:name>.<slug:kind>", comparison.comparison_plot, "-plot"),
        ("touches/", comparison.comparison_touches, "-touches"),
        ("touch/", comparison.comparison_touch, "-touch"),
        (frames, comparison.comparison_frames, "-frames"),
    )
    return [
        path(f"{start}{rest}", view, of, f"{noun}-comparison{word}")
        for rest, view, word in pages
    ]


def session_paths() -> list[URLPattern]:
    """Return the paths of the pages of one session."""
    pages = (
        ("tracking/", tracking.session_tracking, "tracking"),
        ("tracking/<int:number>/", tracking.session_trial, "trial"),
        ("tracking/<int:number>.png", tracking.session_crops, "crops"),
        ("", sessions.session_detail, "detail"),
        ("labels/new/", sessions.session_labels_new, "labels-new"),
        ("labels/preview/", sessions.session_labels_preview, "labels-preview"),
        ("scoring/", sessions.session_scoring, "scoring"),
        ("publication/", publishing.session_publication, "publication"),
        ("changes/<int:before>-<int:after>/", publishing.session_changes, "changes"),
        (
            "changes/<int:before>-<int:after>/<int:number>/",
            publishing.session_trial_changes,
            "trial-changes",
        ),
        (
            "frames/<int:number>/<int:start>-<int:stop>.png",
            publishing.session_frames,
            "frames",
        ),
    )
    return [
        path(f"sessions/<int:pk>/{rest}", view, name=f"session-{word}")
        for rest, view, word in pages
    ]


urlpatterns = [
    path("", home.home, name="home"),
    path("signed-in/", accounts.signed_in, name="signed-in"),
    # /sessions/
    path("sessions/", sessions.session_list, name="session-list"),
    path("sessions/new/", sessions.session_new, name="session-new"),
    path(
        "sessions/tracking/new/",
        tracking.session_tracking_new,
        name="session-tracking-new",
    ),
    path(
        "sessions/tracking/frame/",
        tracking.session_tracking_frame,
        name="session-tracking-frame",
    ),
    path(
        "sessions/tracking/preview/",
        tracking.session_tracking_preview,
        name="session-tracking-preview",
    ),
    *session_paths(),
    *comparison_paths("session"),
    # /versions/
    path("versions/", versions.version_list, name="version-list"),
    path("versions/new/", versions.version_new, name="version-new"),
    path("versions/new/preview/", versions.version_preview, name="version-preview"),
    path("versions/<int:pk>/", versions.version_detail, name="version-detail"),
    path(
        "versions/<int:pk>/report.html", versions.version_report, name="version-report"
    ),
    path(
        "versions/<int:pk>/errors/<of>/", versions.version_errors, name="version-errors"
    ),
    path(
        "versions/<int:pk>/scoring/", versions.version_scoring, name="version-scoring"
    ),
    # /subsets/
    path("subsets/", subsets.subset_list, name="subset-list"),
    path("subsets/new/", subset_choice.subset_new, name="subset-new"),
    path("subsets/new/preview/", subset_choice.subset_preview, name="subset-preview"),
    path("subsets/<int:pk>/", subsets.subset_detail, name="subset-detail"),
    path(
        "subsets/<int:pk>/clips/new/",
        subset_choice.subset_clip_new,
        name="subset-clip-new",
    ),
    path(
        "subsets/<int:pk>/clips/<int:clip>/removal/",
        subset_choice.subset_clip_removal,
        name="subset-clip-removal",
    ),
    path(
        "subsets/<int:pk>/freezing/",
        subset_choice.subset_freezing,
        name="subset-freezing",
    ),
    # /subsets/…/assigning/
    path(
        "subsets/<int:pk>/assigning/",
        subset_assigning.subset_assigning,
        name="subset-assigning",
    ),
    path(
        "subsets/<int:pk>/assigning/preview/",
        subset_assigning.subset_assigning_preview,
        name="subset-assigning-preview",
    ),
    path(
        "subsets/<int:pk>/giving/",
        subset_assigning.subset_assigning_former,
        name="subset-assigning-former",
    ),
    path(
        "subsets/<int:pk>/annotators/<int:annotator>/",
        subset_assigning.subset_annotator,
        name="subset-annotator",
    ),
    path(
        "subsets/<int:pk>/annotators/<int:annotator>/withdrawal/",
        subset_assigning.subset_withdrawal,
        name="subset-withdrawal",
    ),
    path(
        "subsets/<int:pk>/returns/<int:number>/",
        subset_assigning.subset_return,
        name="subset-return",
    ),
    *comparison_paths("subset"),
    # /subsets/…/adjudication/
    path(
        "subsets/<int:pk>/adjudication/",
        adjudication.subset_adjudication,
        name="subset-adjudication",
    ),
    path(
        "subsets/<int:pk>/adjudication/<int:trial>/<int:start>-<int:stop>/",
        adjudication.subset_adjudication_stretch,
        name="subset-adjudication-stretch",
    ),
    path(
        "subsets/<int:pk>/adjudication/<int:trial>/<int:start>-<int:stop>/frames/<slug:digest>/",
        adjudication.subset_adjudication_frames,
        name="subset-adjudication-frames",
    ),
    path(
        "subsets/<int:pk>/adjudication/settlements/",
        adjudication.subset_adjudication_settlements,
        name="subset-adjudication-settlements",
    ),
    path(
        "subsets/<int:pk>/adjudication/log.csv",
        adjudication.subset_adjudication_log,
        name="subset-adjudication-log",
    ),
    # /assignments/
    path(
        "assignments/<int:pk>/", assignments.assignment_detail, name="assignment-detail"
    ),
    path(
        "assignments/<int:pk>/state/",
        assignments.assignment_state,
        name="assignment-state",
    ),
    path(
        "assignments/<int:pk>/next/",
        assignments.assignment_next,
        name="assignment-next",
    ),
    path(
        "assignments/<int:pk>/return/",
        assignments.assignment_return,
        name="assignment-return",
    ),
    path(
        "assignments/<int:pk>/frames/<slug:digest>/",
        assignments.assignment_frames,
        name="assignment-frames",
    ),
    path(
        "assignments/<int:pk>/full-frame/<int:frame>.png",
        assignments.assignment_full_frame,
        name="assignment-full-frame",
    ),
    path(
        "assignments/<int:pk>/labels/",
        assignments.assignment_labels,
        name="assignment-labels",
    ),
    path(
        "assignments/<int:pk>/scores/",
        assignments.assignment_scores,
        name="assignment-scores",
    ),
    path(
        "assignments/<int:pk>/others/",
        assignments.assignment_others,
        name="assignment-others",
    ),
    path(
        "assignments/<int:pk>/operations/",
        assignments.assignment_operations,
        name="assignment-operations",
    ),
    path(
        "assignments/<int:pk>/history/",
        assignments.assignment_history,
        name="assignment-history",
    ),
    # /accounts/, /invitations/
    path("accounts/", accounts.account_list, name="account-list"),
    path("accounts/log/", accounts.account_log, name="account-log"),
    path("accounts/log.csv", accounts.account_log_file, name="account-log-file"),
    path("accounts/password/", accounts.account_password, name="account-password"),
    path(
        "accounts/password/changed/",
        accounts.account_password_changed,
        name="account-password-changed",
    ),
    path("accounts/<int:pk>/", accounts.account_detail, name="account-detail"),
    path(
        "accounts/<int:pk>/deactivate/",
        accounts.account_deactivate,
        name="account-deactivate",
    ),
    path(
        "accounts/<int:pk>/reactivate/",
        accounts.account_reactivate,
        name="account-reactivate",
    ),
    path(
        "accounts/<int:pk>/password-link/",
        invitations.account_password_link,
        name="account-password-link",
    ),
    path("invitations/new/", invitations.invitation_new, name="invitation-new"),
    path(
        "invitations/<int:pk>/withdraw/",
        invitations.invitation_withdraw,
        name="invitation-withdraw",
    ),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    # /weeks/
    path("weeks/", weeks.week_list, name="week-list"),
    path("weeks/job/", weeks.week_job, name="week-job"),
    path("weeks/<slug:name>.<slug:kind>", weeks.week_plot, name="week-plot"),
    # /operations/
    path("operations/", operations.operation_list, name="operation-list"),
    path("operations/log.csv", operations.operation_log, name="operation-log"),
    # /keys/
    path("keys/", key_maps.key_map, name="key-map"),
    # /jobs/
    path("jobs/", jobs.job_list, name="job-list"),
    path("jobs/<int:pk>/", jobs.job_detail, name="job-detail"),
    path("jobs/<int:pk>/cancel/", jobs.job_cancel, name="job-cancel"),
    path("jobs/<int:pk>/repeat/", jobs.job_repeat, name="job-repeat"),
]
