"""Where an address leads that has no page: to the article that moved, or to the word that it is gone.

Asked only where the answer would be 404, so that no page pays for it. What leads where is a table of OldAddress rows.
Each names an article and not an address, so an article that moved twice is one step away from all its addresses.
An article that was merged into another leads on to that one, however long the chain, in one step for the reader.

paths.py     an address as the table keeps it, and its row
finding.py   what to tell who asks for one
missing.py   addresses that lead nowhere are counted
editing.py   what an editor may enter
keeping.py   articles that move, or go, leave their addresses behind
"""

from articles.old_addresses.editing import check, editor_set_target
from articles.old_addresses.finding import Instead, Redirect, find, related_to
from articles.old_addresses.missing import count_miss
from articles.old_addresses.paths import HOME_PARAMETERS, canonical, of_article

__all__ = [
    "HOME_PARAMETERS",
    "Instead",
    "Redirect",
    "canonical",
    "check",
    "count_miss",
    "editor_set_target",
    "find",
    "of_article",
    "related_to",
]
