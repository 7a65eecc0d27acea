"""The web server's way in: `granian --interface wsgi clinic.wsgi:application`."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections

from clinic.web.body_limit import BodyLimit
from clinic.web.page_cache import PageCache
from clinic.web.shared_counts import share

gc.disable()  # until all is imported and read in: looking through it again and again took a third of the start
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
if "timeout" in settings.DATABASES["default"].get("OPTIONS", {}):  # SQLite: nobody's page holds a thread for long
    settings.DATABASES["default"]["OPTIONS"]["timeout"] = settings.WEB_BUSY_SECONDS
share()
site = get_wsgi_application()

from appointments.warning_signs import current  # noqa: E402 models can be imported only now
from articles.public.reads import READ, reads  # noqa: E402
from clinic.operations import alarms, keys  # noqa: E402
from clinic.web import changes  # noqa: E402
from clinic.web.page_recorder import recorder  # noqa: E402

keys.fit()  # the log says at the start what is wrong, not at the first patient
current.current().found_in("")  # nor need the first patient wait for the word list to be read in
connections.close_all()

alarms.start_listening_for_worker()
changes.start_listening()
gc.freeze()  # what is here now stays
gc.enable()
application = BodyLimit(PageCache(site, reads.count, READ, recorder.note))
