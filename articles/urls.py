"""/conditions/"""

from django.urls import path, re_path

from articles.public import helpful, questions, views

app_name = "articles"
urlpatterns = [
    path("", views.article_index, name="index"),
    path("search/", views.article_search, name="search"),
    path("suggest/", views.article_suggest, name="suggest"),
    path("<slug:slug>/", views.article_detail, name="detail"),
    path("<slug:slug>/question/", questions.question_new, name="question"),
    path("<slug:slug>/helpful/", helpful.clicked, name="helpful"),
    re_path(r"^(?P<slug>[-\w]+)/helpful/(?P<said>yes|no)/$", helpful.missed, name="missed"),
    path("<slug:slug>/question/sent/", questions.question_sent, name="question_sent"),
]
