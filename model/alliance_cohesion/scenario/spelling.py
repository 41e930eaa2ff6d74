"""Guess which known word a misspelt one was meant to be."""

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

_NEW_NAMES = {
    "tick": "step", "standing": "status", "outside": "out", "away": "frozen_or_out",
    "whole": "nobody_left",
}  # fmt: skip
_LONGEST = 200  # letters of a word that is compared
_SHORT, _SHORTEST = 4, 3  # letters; two slips in a short word make another word


def most_like(word: str, known: Iterable[str]) -> list[str]:
    """The known words that are like `word`, most alike first, five at most."""
    if len(word) > _LONGEST:
        return []
    result = process.extract(
        word,
        sorted(set(known)),
        scorer=OSA.normalized_similarity,
        processor=str.casefold,
        score_cutoff=0.5,
    )
    return [match[0] for match in result]


def suggestion(word: str, known: Iterable[str]) -> str:
    """A hint that names the new name of an old word, or the nearest known word, or nothing."""
    known = set(known)
    if (new := _NEW_NAMES.get(word)) in known:
        return f'its new name is "{new}"'
    alike = most_like(word, known)
    return f'did you mean "{alike[0]}"?' if alike else ""


def slip_of(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is a slip of: two letters off, or one if that is short."""
    if len(word) < _SHORTEST:
        return None
    result = (one for one in known if _differ(word, one, 1 if len(one) <= _SHORT else 2))
    return next(result, None)


def near_name(word: str, known: Iterable[str]) -> str | None:
    """The known name that `word` equals but for its case or one letter."""
    return next((other for other in known if _differ(word, other, 1)), None)


def _differ(word: str, other: str, most: int) -> bool:
    """Whether two words differ, by `most` letters at most."""
    if word == other or len(word) > _LONGEST or abs(len(word) - len(other)) > most:
        return False
    return OSA.distance(word.casefold(), other.casefold(), score_cutoff=most) <= most
