"""The whole map. Who may open what: public pages anyone, /admin/ staff, /cms/ editors."""

from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path, re_path
from wagtail.admin import urls as wagtailadmin_urls

from appointments import urls as appointments_urls
from appointments.offices import pages as office_pages
from appointments.offices import people_pages
from articles.desk import pictures
from articles.links import CONDITIONS
from articles.public import helpful, site_pages
from articles.public.feeds import ArticleFeed
from clinic.accounts import kept_forms, sessions
from clinic.web import health, media, metrics, pages, robots, share_pictures, sitemaps
from common.public_pages import public_page


def one_sign_in(request: HttpRequest, **kwargs: str) -> HttpResponse:
    """Wagtail's own sign-in and password pages would be doors of their own: all lead to the one sign-in."""
    return redirect("account_login")


def no_second_door(request: HttpRequest) -> HttpResponse:
    """Accounts and their rights are given at /admin/, where a second person confirms them."""
    raise Http404


urlpatterns = [
    path("", pages.home, name="home"),
    path(f"{CONDITIONS}<slug:slug>/share.png", share_pictures.article_picture, name="article_picture"),
    path(CONDITIONS, include("articles.urls")),
    path("mark/<str:name>", office_pages.mark, name="mark"),
    path("offices/", include((appointments_urls.office_patterns, "offices"))),
    path("people/", include((appointments_urls.people_patterns, "people"))),
    path("insurance/", people_pages.insurance, name="insurance"),
    path("appointments/", include("appointments.urls")),
    path("my/", include((appointments_urls.my_patterns, "my"))),
    path("privacy/", pages.privacy, name="privacy"),
    path("desk/", pages.desk, name="desk"),
    path("desk/kept/", kept_forms.show, name="kept_post"),
    path("accounts/time-left/", sessions.time_left, name="time_left"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    re_path(r"^cms/(?:login|password_reset)/", one_sign_in),
    path("cms/logout/", admin.site.logout),
    re_path(r"^cms/(?:users|groups)/", no_second_door),
    path("cms/", include(pictures)),
    path("cms/", include(wagtailadmin_urls)),
    re_path(r"^media/(?P<place>(?:images|original_images)/[\w.-]+)$", media.show),
    path("share.png", share_pictures.default_picture, name="default_picture"),
    path("feed.xml", public_page(ArticleFeed()), name="feed"),
    path("sitemap.xml", public_page(sitemap, reads=["p"]), {"sitemaps": sitemaps.SITEMAPS}),
    path("robots.txt", robots.robots),
    path(".well-known/security.txt", robots.security),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("<slug:slug>/helpful/", helpful.clicked, {"page": True}, name="page_helpful"),
    re_path(r"^(?P<slug>[-\w]+)/helpful/(?P<said>yes|no)/$", helpful.missed, {"page": True}, name="page_missed"),
    path("<slug:slug>/", site_pages.site_page, name="site_page"),  # last: what stands above it keeps its address
]

handler400 = "clinic.web.errors.bad_request"
handler403 = "clinic.web.errors.forbidden"
handler404 = "clinic.web.errors.not_found"
handler429 = "clinic.web.errors.too_many_tries"  # allauth asks for it
handler500 = "clinic.web.errors.server_error"
