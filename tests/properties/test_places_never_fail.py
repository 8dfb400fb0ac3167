"""Whatever somebody writes for a place: it resolves within the country given, or is answered with candidates of it."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.inputs import storable
from schemas.places import NamedPlace
from service.db.session import reading
from service.vocabularies.gazetteer import Gazetteer
from service.vocabularies.resolution import resolve_place
from service.vocabularies.territories import search_territories
from tests.service.client import Installation
from tests.sizes import examples

WRITTEN = st.text(min_size=1, max_size=60).filter(storable) | st.sampled_from(
    ["Kaolak", "ville de", "région de Padoue", "%", "_", "'; --", "達喀爾", "Дакар", "داكار", " ", "SN-DB"]
)


@settings(
    deadline=None, max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(WRITTEN, st.sampled_from(["SN", "IT", "MA", "US", "AQ", "ZZ"]))
def test_a_place_stays_within_its_country(embedded: Installation, written: str, country: str) -> None:
    with reading(embedded.app.state.engine) as session:
        resolution = resolve_place(
            Gazetteer(session), NamedPlace.model_construct(country=country, place=written)
        )
        assert not (resolution.places and resolution.candidates)
        assert {place.country for place in resolution.places} <= {country}
        assert {candidate.country for candidate in resolution.candidates} <= {country}
        found = search_territories(session, written, country, 5)
        assert {territory.country for territory in found} <= {country}
