"""One way to compare names of places, whatever articles, saints and linking words they are written with."""

import re

SAINTS = frozenset(
    ["saint", "sainte", "st", "ste", "san", "santa", "santo", "sant", "sto", "sta", "sao", "sankt", "sint"]
)
ARTICLES = frozenset(
    ["the", "le", "la", "les", "l", "el", "los", "las", "lo", "il", "gli", "i", "a", "o", "as", "os"]
)
LINKS = frozenset(
    [
        "de",
        "d",
        "du",
        "des",
        "del",
        "della",
        "delle",
        "dello",
        "dell",
        "degli",
        "dei",
        "di",
        "da",
        "do",
        "dos",
        "das",
        "of",
        "sur",
        "sous",
        "en",
        "in",
        "upon",
    ]
)
ABBREVIATIONS = {"mt": "mount", "ft": "fort", "bgo": "borgo", "vle": "ville"}
APOSTROPHE = re.compile(r"(?<=\w)['’ʼ`´](?=\w)")


def with_apostrophes_closed(name: str) -> str:
    """A name as those write it who leave out apostrophes: ``LAQUILA``, ``MBacké``, ``VAL DOISE``."""
    return APOSTROPHE.sub("", name)


def name_key(folded: str) -> str:
    """A folded name without articles and linking words, its saints all alike: ``la rochelle`` → ``rochelle``.

    ``S. Giovanni``, ``San Giovanni``, ``Vitry s/ Seine`` and ``Vitry-sur-Seine`` come out like their fuller forms;
    an ``s`` is a saint before a name and a linking word after one.
    """
    words = folded.split()
    kept = [
        "st" if word in SAINTS or (word == "s" and position == 0) else ABBREVIATIONS.get(word, word)
        for position, word in enumerate(words)
        if not _is_dropped(word, position, len(words))
    ]
    return " ".join(kept) or folded


def saint_key(folded: str) -> str:
    """The key of a name in which a later ``s`` stands for a saint: ``sesto s giovanni``."""
    words = folded.split()
    return name_key(" ".join("san" if word == "s" else word for word in words))


def _is_dropped(word: str, position: int, count: int) -> bool:
    if count == 1:
        return False
    if position == 0:
        return word in ARTICLES
    return word in LINKS or word in ARTICLES or word == "s"
