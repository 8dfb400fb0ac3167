"""The four priorities of migration and development at local level, in four languages.

Source of the four: the condensed report of the Joint Migration and Development Initiative on the experience
of local authorities, sections 4.1 to 4.4; the descriptions are ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.language import Language
from schemas.records import Priority


@dataclass(frozen=True, slots=True)
class PriorityDescription:
    """A priority by key, with its name and one sentence in each language."""

    key: Priority
    names: Mapping[Language, str]
    descriptions: Mapping[Language, str]


def _described(key: Priority, names: str, **descriptions: str) -> PriorityDescription:
    return PriorityDescription(
        key,
        dict(zip(Language, names.split(" | "), strict=True)),
        {Language(language): text for language, text in descriptions.items()},
    )


PRIORITIES: Mapping[Priority, PriorityDescription] = {
    described.key: described
    for described in (
        _described(
            "remittances",
            "Transferts de fonds | Remittances | Remesas | Rimesse",
            fr="Rendre les transferts de fonds moins chers et plus utiles au territoire d’origine, seul ou à plusieurs.",
            en="Make remittances cheaper and more useful to the territory of origin, alone or together.",
            es="Hacer que las remesas cuesten menos y sirvan más al territorio de origen, solos o en común.",
            it="Rendere le rimesse meno costose e più utili al territorio d’origine, da soli o insieme.",
        ),
        _described(
            "capacities",
            "Compétences | Capacities | Capacidades | Competenze",
            fr="Former, recruter, faire circuler et reconnaître les savoir-faire des personnes migrantes.",
            en="Train, recruit, circulate and recognise the skills of migrants.",
            es="Formar, contratar, hacer circular y reconocer las competencias de las personas migrantes.",
            it="Formare, assumere, far circolare e riconoscere le competenze delle persone migranti.",
        ),
        _described(
            "communities",
            "Communautés | Communities | Comunidades | Comunità",
            fr="S’appuyer sur les liens entre les communautés migrantes et leurs deux territoires.",
            en="Build on the ties between migrant communities and their two territories.",
            es="Apoyarse en los lazos entre las comunidades migrantes y sus dos territorios.",
            it="Fare leva sui legami tra le comunità migranti e i loro due territori.",
        ),
        _described(
            "rights",
            "Droits | Rights | Derechos | Diritti",
            fr="Informer, conseiller et protéger les personnes migrantes et leurs familles, ici et là-bas.",
            en="Inform, advise and protect migrants and their families, here and there.",
            es="Informar, asesorar y proteger a las personas migrantes y sus familias, aquí y allá.",
            it="Informare, consigliare e proteggere le persone migranti e le loro famiglie, qui e là.",
        ),
    )
}
"""All four, by key."""
