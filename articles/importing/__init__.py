"""Moving a site's articles in: what `manage.py import_articles` does.

wordpress.py, files.py   read a source into items: each an article's words, or why there is none
cleaning.py              takes everything hostile out, and the article out of a web page
pieces.py, sections.py   take the words apart, and put them into an article's fixed sections
page.py                  fills an article's fields from them
pictures.py              finds pictures in the media folder, checks and keeps them
illustrating.py          puts them into the articles
drafts.py                makes the drafts, each once
"""
