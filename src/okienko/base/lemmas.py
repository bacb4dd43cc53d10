"""Polish inflection for search: dziura, dziurę and dziurach are one word, with or without their marks.

A text is indexed under the base forms of its words and under the words as they stand, all folded; a question is
put with the base forms of what was typed, and the last word also as a beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, product
from typing import Any

from okienko.base.text import fold

_folded = lru_cache(maxsize=50_000)(fold)  # of single words, which come again and again
_WORD = re.compile(r"[^\W_]+(?:[-'’.@/][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
LONGEST = 60  # a longer run of letters is no word that anybody will look for
_MARKED = {"a": "ą", "c": "ć", "e": "ę", "l": "ł", "n": "ń", "o": "ó", "s": "ś", "z": "źż"}
_MOST_MARKS = 3  # of one word; with more the guesses grow faster than the words that they find


@lru_cache(maxsize=1)
def _analyser() -> Any:
    import morfeusz2

    return morfeusz2.Morfeusz(expand_tags=False, generate=False)


def _known_forms(word: str) -> set[str]:
    readings = [reading[2] for reading in _analyser().analyse(word)]
    lemmas = (fold(lemma.split(":")[0]) for _, lemma, tag, *_ in readings if tag not in ("ign", "interp"))
    return {lemma for lemma in lemmas if lemma and "_" not in lemma}


def _with_marks(word: str) -> Iterator[str]:
    """The word with up to three of the marks that somebody in a hurry may have left out."""
    places = [place for place, letter in enumerate(word) if letter in _MARKED][:12]
    for count in range(1, _MOST_MARKS + 1):
        for chosen in combinations(places, count):
            for letters in product(*(_MARKED[word[place]] for place in chosen)):
                marked = list(word)
                for place, letter in zip(chosen, letters, strict=True):
                    marked[place] = letter
                yield "".join(marked)


@lru_cache(maxsize=50_000)
def base_forms(word: str, *, marks_left_out: bool = False) -> frozenset[str]:
    """Folded base forms of one word, its marks guessed where the dictionary does not know it or is told to."""
    word = word.lower()
    if not word.isalpha() or len(word) > LONGEST:
        return frozenset({fold(word)})
    forms = _known_forms(word)
    if (not forms or marks_left_out) and word == fold(word):
        for guess in _with_marks(word):
            forms |= _known_forms(guess)
    return frozenset(forms or {fold(word)})


def _words_in(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each word of a text with its parts: an e-mail address and 3/5a are found whole and in parts."""
    for word in _WORD.findall(text):
        if len(word) <= 4 * LONGEST:
            yield word, [part for part in _PART.findall(word) if len(part) <= LONGEST]


def document_words(text: str) -> list[str]:
    """Everything under which a text is found, each once, in alphabetical order."""
    found: set[str] = set()
    for word, parts in _words_in(text):
        found.add(_folded(word))
        for part in parts:
            found.add(_folded(part))
            found |= base_forms(part)
    return sorted(found)


def query(typed: str) -> str:
    """What was typed, as a `tsquery` of plain lexemes: every word must be there, the last perhaps unfinished."""
    words = [part for _, parts in _words_in(typed) for part in parts]
    terms = []
    for position, word in enumerate(words):
        forms = {fold(word)} | base_forms(word, marks_left_out=True)
        lexemes = [quoted(form) for form in sorted(forms)]
        if position == len(words) - 1:
            lexemes.append(f"{quoted(fold(word))}:*")
        terms.append(f"({' | '.join(lexemes)})")
    return " & ".join(terms)


def quoted(form: str) -> str:
    """A word as a `tsquery` has it."""
    return "'" + form.replace("\\", "\\\\").replace("'", "''") + "'"
