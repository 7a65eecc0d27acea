"""The tables of the articles' app, a file for each subject."""

from articles.models.addresses import OldAddress
from articles.models.areas import BodyArea, areas_in_words
from articles.models.article import (
    SUMMARY_WORDS,
    AnsweredQuestion,
    Article,
    ArticleQuerySet,
    Neighbors,
    RelatedArticle,
    addresses_of,
    public_now,
)
from articles.models.helpful import Helpful
from articles.models.missed import Missed, MissedAddress, MissedQuerySet, MissedSearch
from articles.models.moving import ImportJob
from articles.models.origins import ImportedArticle, LibraryEntry
from articles.models.questions import ReaderQuestion, ReaderQuestionQuerySet
from articles.models.ratings import Rating
from articles.models.reads import DailyReads
from articles.models.reviewing import Actions, MedicalReview, ReviewComment, Reviewer, ReviewReminder
from articles.models.sections import Section
from articles.models.site_pages import ROLES, PageKind, SitePage
from articles.models.slugs import RESERVED_SLUGS, SLUG_LENGTH, free_slug

__all__ = [
    "RESERVED_SLUGS",
    "ROLES",
    "SLUG_LENGTH",
    "SUMMARY_WORDS",
    "Actions",
    "AnsweredQuestion",
    "Article",
    "ArticleQuerySet",
    "BodyArea",
    "DailyReads",
    "Helpful",
    "ImportJob",
    "ImportedArticle",
    "LibraryEntry",
    "MedicalReview",
    "Missed",
    "MissedAddress",
    "MissedQuerySet",
    "MissedSearch",
    "Neighbors",
    "OldAddress",
    "PageKind",
    "Rating",
    "ReaderQuestion",
    "ReaderQuestionQuerySet",
    "RelatedArticle",
    "ReviewComment",
    "ReviewReminder",
    "Reviewer",
    "Section",
    "SitePage",
    "addresses_of",
    "areas_in_words",
    "free_slug",
    "public_now",
]
