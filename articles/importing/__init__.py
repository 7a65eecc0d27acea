"""Moving a site's articles in: what `manage.py import_articles`, "Moving in" and "Start from a text" do.

jobs.py                  imports that were started in the browser, a few seconds at a time
drafts.py, comments.py   makes the drafts, each once; readers' comments become questions that wait
sources.py, unpacking.py what a file or folder is; ZIP files
wordpress.py, wordpress_xml.py, shortcodes.py   an export of WordPress, and what page builders write into it
files.py, front_matter.py, generators.py, docx.py, pasted.py   web pages, Markdown, Word files, texts, copies
plain_text.py, text_lines.py, furniture.py   text without markup; what stands around an article on its page
cleaning.py, raised.py, word.py   takes everything hostile out, and makes plain HTML of the rest
pieces.py, typed.py, copied.py, sections.py   take the words apart, and put them into an article's fixed sections
page.py, naming.py, areas.py, kinds.py   fills an article's fields from them
site_pages.py            the same for a page that is no article
pictures.py, illustrating.py   finds pictures in the media folder, checks and keeps them, puts them into the articles
items.py, report.py      what a source is read into, and what became of it

Everything is read into HTML, and only one way leads from there to an article: what holds for one source holds for all.
"""
