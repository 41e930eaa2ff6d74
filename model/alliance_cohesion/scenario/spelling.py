"""Guess which known word a misspelt one was meant to be."""

from collections.abc import Callable, Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

_LONGEST = 100  # letters of a name
_SHORT = 4  # letters; two slips in so short a word make another word


def most_like(word: str, known: Iterable[str]) -> list[str]:
    """The known words that are like `word`, most alike first, five at most."""
    if len(word) > 2 * _LONGEST:
        return []
    found = process.extract(
        word,
        sorted(set(known)),
        scorer=OSA.normalized_similarity,
        processor=str.casefold,
        score_cutoff=0.5,
    )
    return [match[0] for match in found]


def suggestion(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or nothing."""
    alike = most_like(word, known)
    return f'did you mean "{alike[0]}"?' if alike else ""


def abbreviation_of(word: str, known: Iterable[str]) -> str | None:
    """The one known code whose letters come in this order in `word`, from the first letter on."""
    found = []
    for code in known:
        letters = iter(word.casefold())
        if word[:1].casefold() == code[:1].casefold() and all(
            letter in letters for letter in code.casefold()
        ):
            found.append(code)
    return found[0] if len(found) == 1 else None


def slip_of(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is a slip of: two letters off, or one if the word is short."""
    return _within(word, known, lambda other: 1 if len(other) <= _SHORT else 2)


def near_name(word: str, known: Iterable[str]) -> str | None:
    """The known name that `word` equals but for its case or one letter."""
    return _within(word, known, lambda _: 1)


class NearNames:
    """Finds the known name that a word equals but for its case or one letter, among many fast."""

    def __init__(self, known: Iterable[str]):
        self._known = tuple(known)
        self._places: dict[str, list[int]] = {}
        for k, name in enumerate(self._known):
            for part in _parts(name):
                self._places.setdefault(part, []).append(k)

    def of(self, word: str) -> str | None:
        """The first such name."""
        if len(word) > 2 * _LONGEST:
            return None
        # Two words one slip apart have a part in common that lacks one letter at most.
        places = {k for part in _parts(word) for k in self._places.get(part, ())}
        return near_name(word, (self._known[k] for k in sorted(places)))


def _parts(word: str) -> set[str]:
    folded = word.casefold()
    return {folded, *(folded[:k] + folded[k + 1 :] for k in range(len(folded)))}


def _within(word: str, known: Iterable[str], reach: Callable[[str], int]) -> str | None:
    if len(word) > 2 * _LONGEST:
        return None
    for other in known:
        distance = OSA.distance(word.casefold(), other.casefold())
        if word != other and distance <= reach(other):
            return other
    return None
