"""The sentence that shows best why an article was found."""

import re

from articles.search.corpus import Corpus
from articles.search.text import TYPED, words_of
from articles.search.values import Document, Piece

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def excerpt(corpus: Corpus, document: Document, marked: set[str]) -> tuple[Piece, ...]:
    """The sentence about the article that has most of the words, with these marked."""
    sentences = [document.description, *_SENTENCE_END.split(document.summary)]
    best = max(sentences, key=lambda sentence: len({corpus.stems.get(word) for word in words_of(sentence)} & marked))
    pieces: list[Piece] = []
    end = 0
    for match in TYPED.finditer(best):
        if not any(corpus.stems.get(word) in marked for word in words_of(match[0])):
            continue
        between = best[end : match.start()]
        if pieces and not between.strip():
            pieces[-1] = Piece(pieces[-1].text + between + match[0], marked=True)
        else:
            pieces += [Piece(between, marked=False), Piece(match[0], marked=True)]
        end = match.end()
    return tuple(piece for piece in (*pieces, Piece(best[end:], marked=False)) if piece.text)
