"""Condition articles: for readers at /conditions/, for editors and reviewers at /cms/.

    wagtail_hooks, urls, management, apps   the ways in
    desk/                      what editors and reviewers see in Wagtail's admin
    deleting                   drafts that nobody saw: deleted, and brought back
    public/                    what readers see: pages, their questions, feeds
    importing/, exporting      a site's articles in, and out again
    old_addresses/             where an address without a page leads
    search/                    finding an article in people's words
    mail/, schedule            what the worker does about reviews and dates
    library, page_library      reading the starter articles' and pages' text files
    pictures                   clean when they come in, kept while they are shown
    models/                    the tables
    reviewing/                 who may make a text public, and what has changed in it
    blocks, links, readability, choice_list_field   what a text is made of

Imports go down this list, never up: pyproject.toml holds it.
"""
