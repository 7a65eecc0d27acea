"""The web server's way in: `granian --interface wsgi clinic.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

from clinic.page_cache import PageCache

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
application = PageCache(get_wsgi_application())
