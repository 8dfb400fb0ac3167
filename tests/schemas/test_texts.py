"""Texts are folded into the form in which they are kept, and names are names."""

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from schemas.inputs import Input, storable
from schemas.profiles import StoredProfile
from schemas.records import Key, Website
from schemas.suggestions import DecisionPublic
from schemas.texts import LocalisedName, LongText, ShortText, on_lines, on_one_line
from service.app import build_app

NAME: TypeAdapter[Any] = TypeAdapter(LocalisedName)
SHORT: TypeAdapter[str] = TypeAdapter(ShortText)
LONG: TypeAdapter[str] = TypeAdapter(LongText)
KEY: TypeAdapter[str] = TypeAdapter(Key)
WEBSITE: TypeAdapter[Any] = TypeAdapter(Website)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Amis\r\nde\tKaolack", "Amis de Kaolack"),
        (" Amis  de\u2028Kaolack\x0b", "Amis de Kaolack"),
        ("\ufeffAmis\u200b de Kaolack", "Amis de Kaolack"),
        ("Une ville\xa0: un rêve", "Une ville\xa0: un rêve"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_a_name_stands_on_one_line(written: str, kept: str) -> None:
    assert NAME.validate_python(written) == kept
    assert NAME.validate_python({"fr": written}) == {"fr": kept}


@pytest.mark.parametrize(
    "written", ["", " ", "\u200b", "\u200d\u200d", "\u3164", "\u2800", "\u0301", "-", "…", "\n"]
)
def test_what_names_nothing_is_no_name(written: str) -> None:
    for value in (written, {"fr": written}):
        with pytest.raises(ValidationError):
            NAME.validate_python(value, strict=True)


@pytest.mark.parametrize("written", ["\u200d", "\u3164\u3164", "\u0301"])
def test_what_cannot_be_seen_is_no_text(written: str) -> None:
    with pytest.raises(ValidationError):
        SHORT.validate_python(written)


def test_texts_of_several_lines_end_them_in_one_way() -> None:
    assert LONG.validate_python("un\r\ndeux\rtrois\x0bquatre\u2029cinq") == "un\ndeux\ntrois\nquatre\ncinq"


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    for folded in (on_one_line, on_lines):
        assert folded(folded(text)) == folded(text)
    assert "\n" not in on_one_line(text)
    assert "\r" not in on_lines(text)


@pytest.mark.parametrize(
    "sign", ["\x00", "\x1b", "\x07", "\x7f", "\x9b", "\u202e", "\u202a", "\u2066", "\ud800"]
)
def test_what_would_not_be_read_as_it_stands_is_refused_where_it_comes_in(sign: str) -> None:
    assert not storable(f"a{sign}b")
    assert not storable([{f"a{sign}b": 1}])


@pytest.mark.parametrize("key", ["a\nb", "a\rb", "a\tb", "a\u2028b", "\u200ba", "a\u200b", " a", "a ", ""])
def test_a_key_is_on_one_line_and_all_of_it_is_seen(key: str) -> None:
    with pytest.raises(ValidationError):
        KEY.validate_python(key)
    assert KEY.validate_python("a b-c é\xa0d") == "a b-c é\xa0d"


@pytest.mark.parametrize(
    "address",
    [
        "https://bank.example@evil.example/",
        "https://user:password@example.org",
        "https://:@example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "https:///path",
    ],
)
def test_a_website_is_what_it_looks_like(address: str) -> None:
    with pytest.raises(ValidationError):
        WEBSITE.validate_python(address)
    assert str(WEBSITE.validate_python("https://example.org/@name")) == "https://example.org/@name"


def test_every_text_that_is_sent_is_folded() -> None:
    build_app()
    unfolded = {
        f"{model.__name__}.{name}"
        for model in _inputs(Input)
        for name, field in model.model_fields.items()
        for text in _texts(
            Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        )
        if not _is_folded(text)
    }
    assert unfolded == set()


def _inputs(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The shapes of what is sent; those of what is shown extend some of them."""
    for each in model.__subclasses__():
        if not issubclass(each, StoredProfile | DecisionPublic):
            yield each
            yield from _inputs(each)


def _texts(annotation: Any) -> Iterator[Any]:
    """The types within a type that are plain texts."""
    if annotation is str or (get_origin(annotation) is Annotated and get_args(annotation)[0] is str):
        yield annotation
    else:
        for inner in get_args(annotation):
            yield from _texts(inner)


def _is_folded(text: Any) -> bool:
    """Whether no value of this type holds a carriage return."""
    adapter: TypeAdapter[str] = TypeAdapter(text)
    for value in ("a\r\nb", "fr\r", "SN\r", "a\r"):
        try:
            if "\r" in adapter.validate_python(value):
                return False
        except ValidationError:
            continue
    return True
