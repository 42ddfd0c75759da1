"""The URLs outside the app; the pages are in labeling.urls."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from labeling.forms.accounts import LoginForm
from whacc_web.serving.favicon import favicon
from whacc_web.serving.health import health

urlpatterns = [
    path("", include("labeling.urls")),
    path(
        "login/",
        auth.LoginView.as_view(
            authentication_form=LoginForm, redirect_authenticated_user=True
        ),
        name="login",
    ),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("health/", health, name="health"),
    path("favicon.ico", favicon, name="favicon"),
    path("admin/", admin.site.urls),
]
