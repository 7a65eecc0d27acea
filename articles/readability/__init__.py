"""How hard an English text is to read, and what would make it easier. Pure: text in, values out.

`article_text` gives an article's body as plain text, a line for each paragraph, list item or question;
`judge` measures such a text:

    reading = judge(article_text(article.body.raw_data))
    reading.grade           # 6.4: a US school grade, by Flesch and Kincaid
    reading.long_sentences  # those of more than 25 words, whole
    reading.hard_words      # [("edema", "swelling")]: as written, and the simpler word

Syllables are counted by rules: the libraries for it need a dictionary that they download. Of the words of the starter
articles 98 % come out as in the CMU Pronouncing Dictionary, and the errors go both ways.
"""

from articles.readability.body import article_text
from articles.readability.judging import GRADES, Reading, judge
from articles.readability.plainer import PLAINER
from articles.readability.syllables import syllables

__all__ = ["GRADES", "PLAINER", "Reading", "article_text", "judge", "syllables"]
