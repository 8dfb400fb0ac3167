"""Single cells of a table: how values are written in them, and how what people write in them is read."""

import re
from collections.abc import Iterable

from schemas.inputs import JsonObject
from schemas.text_folding import fold

BLANKS = " \t\r\n\xa0"
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""How a cell begins that a spreadsheet might run as a formula, or that was neutralised before."""
YES = {"true", "yes", "oui", "si", "vrai", "verdadero", "vero", "1", "x"}
NO = {"false", "no", "non", "faux", "falso", "0"}
SPACED = re.compile(r"[ \xa0\u202f'’](?=[0-9]{3}(?![0-9]))")
PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
DECIMAL_COMMA = re.compile(r"([+-]?)([0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+),([0-9]+)")
THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}((,[0-9]{3}){2,}|(,[0-9]{3})+\.[0-9]+|(\.[0-9]{3}){2,})")
LONGEST_NUMBER = 60
"""Characters of a cell that may be a number or an amount of money; what is longer is neither."""
AMOUNT = re.compile(r"(?P<before>[A-Z]{3})?\s*(?P<amount>[^A-Za-z]*?)\s*(?P<after>[A-Z]{3})?")


def neutralised(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula: an apostrophe is put before one that it might (OWASP)."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def restored(cell: str) -> str:
    """What :func:`neutralised` was given."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def join_items(items: Iterable[str]) -> str:
    """Several values in one cell, parted by ``|``."""
    return "|".join(item.replace("\\", "\\\\").replace("|", "\\|") for item in items)


def split_items(cell: str) -> list[str]:
    r"""The values in one cell; ``\|`` is a bar within a value. Empty ones are left out."""
    items, item, escaped = [], "", False
    for character in cell:
        if escaped:
            item += character if character in "|\\" else f"\\{character}"
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == "|":
            items.append(item)
            item = ""
        else:
            item += character
    items.append(f"{item}\\" if escaped else item)
    return [stripped for item in items if (stripped := item.strip(BLANKS))]


def plain_number(cell: str) -> str:
    """A number as people write it (``1 234,50``, ``1.234,50``, ``1,234.50``) with a decimal point and nothing else.

    What could be read in two ways, and what is no number, stays as it is and is refused by its field.
    """
    said = cell.strip(BLANKS)
    if len(said) > LONGEST_NUMBER:
        return said
    said = SPACED.sub("", said)
    comma = DECIMAL_COMMA.fullmatch(said)
    if comma:
        return f"{comma[1]}{comma[2].replace('.', '')}.{comma[3]}"
    if THOUSANDS.fullmatch(said):
        return said.replace(",", "") if "," in said else said.replace(".", "")
    return said


def whole_number(cell: str) -> int | str:
    """A whole number, or the text that is none."""
    said = plain_number(cell)
    return int(said) if re.fullmatch("[+-]?[0-9]{1,18}", said) else said


def share(cell: str) -> float | str:
    """A share between 0 and 1, also written in per cent, or the text that is none."""
    said = cell.strip(BLANKS)
    number = plain_number(said.removesuffix("%"))
    if not PLAIN_NUMBER.fullmatch(number) or len(number) > LONGEST_NUMBER:
        return said
    return float(number) / 100 if said.endswith("%") else float(number)


def flag(cell: str) -> bool | str:
    """Yes or no in one of four languages, or the text that is neither."""
    said = fold(cell)
    return True if said in YES else False if said in NO else cell


def money(cell: str) -> JsonObject | str:
    """``1 234,50 EUR`` or ``EUR 1234.50`` as an amount and its currency, or the text that is neither."""
    said = cell.strip(BLANKS)
    found = AMOUNT.fullmatch(said) if len(said) <= LONGEST_NUMBER else None
    if found is None or not found["amount"]:
        return cell
    currency = found["before"] or found["after"]
    return {"amount": plain_number(found["amount"])} | ({"currency": currency} if currency else {})
