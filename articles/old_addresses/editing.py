"""What an editor says about an old address."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from articles.models import Article, MissedAddress, OldAddress
from articles.old_addresses.paths import HOME_PARAMETERS, article_at, chain_from


def check(path: str, article: Article | None) -> None:
    """Raises ValidationError if leading `path`, in its canonical form, to `article` could not work."""
    path, _question, query = path.partition("?")
    if path == "/" and not HOME_PARAMETERS.fullmatch(query):
        raise ValidationError({"path": _("This is the home page. Of its addresses only “/?p=123” can lead elsewhere.")})
    own = article_at(path)
    if own and own.is_public():
        raise ValidationError({"path": _("A published article has this address. Change or unpublish that one first.")})
    if own and article and own != article and own in chain_from(article):
        raise ValidationError({"article": _("That article leads here, so readers would go round in circles.")})


def editor_set_target(old: OldAddress) -> None:
    """After an editor said where an address leads: nobody misses it any more, and the other addresses of the same
    deleted article follow.
    """
    MissedAddress.objects.filter(path=old.path).delete()
    if old.about and old.article:
        OldAddress.objects.filter(article=None, about=old.about).update(article=old.article)
