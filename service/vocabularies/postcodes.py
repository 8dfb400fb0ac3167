"""Which second-level subdivision a postcode begins with, in the countries where its first digits say so.

Sources: INSEE's department codes, which La Poste's postcodes begin with; the province codes of Spain's INE,
which Correos' postcodes begin with, in the alphabetical order of the provinces.
"""

SPANISH_PROVINCES = [
    "VI",
    "AB",
    "A",
    "AL",
    "AV",
    "BA",
    "PM",
    "B",
    "BU",
    "CC",
    "CA",
    "CS",
    "CR",
    "CO",
    "C",
    "CU",
    "GI",
    "GR",
    "GU",
    "SS",
    "H",
    "HU",
    "J",
    "LE",
    "L",
    "LO",
    "LU",
    "M",
    "MA",
    "MU",
    "NA",
    "OR",
    "O",
    "P",
    "GC",
    "PO",
    "SA",
    "TF",
    "S",
    "SG",
    "SE",
    "SO",
    "T",
    "TE",
    "TO",
    "V",
    "VA",
    "BI",
    "ZA",
    "Z",
    "CE",
    "ML",
]
FRENCH_EXCEPTIONS = {"75": ("75C",), "20": ("2A", "2B"), "69": ("69", "69M")}


def postcode_subdivisions(country: str, postcode: str) -> tuple[str, ...]:
    """Codes of the subdivisions that a postcode of this country may lie in; none where it does not say."""
    first = postcode[:2]
    if country == "FR" and len(postcode) == 5:
        return tuple(f"FR-{code}" for code in FRENCH_EXCEPTIONS.get(first, (first,)))
    if country == "ES" and len(postcode) == 5 and 0 < int(first) <= len(SPANISH_PROVINCES):
        return (f"ES-{SPANISH_PROVINCES[int(first) - 1]}",)
    return ()
