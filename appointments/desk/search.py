"""The desk's search: words are kept encrypted, and never in an address."""

import secrets

from appointments import drafts, references, search_keys
from appointments.models import RequestQuerySet
from common.crypto import digests
from common.models import User

LONGEST_SEARCH = 100


def search(visible: RequestQuerySet, words: str) -> RequestQuerySet:
    """What the words fit, in any stage, newest first; a whole reference is looked up as such."""
    named = visible.filter(reference=references.canonical(words))
    return (named if named.exists() else search_keys.search(visible, words)).order_by("-pk")


def keep_words(user: User, typed: str) -> str:
    """Keep what somebody searches for; returns the word that stands for it in the address.

    It is often a patient's name, so it lies encrypted in a draft and never in an address, a log or the history of a
    browser. Going back, and refreshing, work all the same until the draft has outlived its time.
    """
    token = secrets.token_urlsafe(16)
    drafts.keep(_key(user, token), words=typed[:LONGEST_SEARCH])
    return token


def kept_words(user: User, token: str) -> str | None:
    """What this person searched for, or None when it is over."""
    draft = drafts.load(_key(user, token))
    return draft["words"] if draft else None


def _key(user: User, token: str) -> str:
    return drafts.known(digests("desk search", f"{user.pk}\0{token}"))
