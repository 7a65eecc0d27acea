"""Moving a site's articles in: what `manage.py import_articles` does.

wordpress.py, files.py   read a source into items: each an article's words, or why there is none
cleaning.py              takes everything hostile out, and the article out of a web page
sections.py              puts the words into an article's fixed sections
pictures.py              finds pictures in the media folder, checks and keeps them
drafts.py                makes the drafts, each once
"""
