"""Choosing a related article by its name."""

from django.conf import settings
from wagtail.snippets.views import chooser

SEVERAL_LANGUAGES = len(settings.LANGUAGES) > 1


class ChooseView(chooser.ChooseView):
    """Asks for a language only where there are several."""

    i18n_enabled = SEVERAL_LANGUAGES


class ChooseResultsView(chooser.ChooseResultsView):
    """The same, while somebody types."""

    i18n_enabled = SEVERAL_LANGUAGES


class ArticleChooserViewSet(chooser.SnippetChooserViewSet):
    """The dialog."""

    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
