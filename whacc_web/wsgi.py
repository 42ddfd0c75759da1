"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "whacc_web.settings")
os.environ.setdefault("WHACC_DATABASE_POOL", "1")

application = get_wsgi_application()
