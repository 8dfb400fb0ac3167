"""Conditions as a form offers them, read off the classes themselves."""

from pydantic.fields import FieldInfo

from matching import PREDICATES, Gap, Predicate
from schemas.kinds import Kind
from schemas.language import Language
from schemas.wording import Words
from service.rules.views import ConditionForm, GapOfCondition


def condition_forms(language: Language) -> list[ConditionForm]:
    """Every condition that has no others in it, in the reader's language."""
    words = Words(language)
    return [
        ConditionForm(
            type=form.model_fields["type"].default,
            label=words.say(form.label),
            of=_asked_of(form),
            gaps=[
                _view(name, field, gap, words)
                for name, field in form.model_fields.items()
                for gap in field.metadata
                if isinstance(gap, Gap)
            ],
        )
        for form in PREDICATES
    ]


def _asked_of(form: type[Predicate]) -> list[Kind]:
    if "of" in form.model_fields:
        return list(Kind)
    kind: Kind | None = getattr(form, "of_whom", None)
    return [kind] if kind else []


def _view(name: str, field: FieldInfo, gap: Gap, words: Words) -> GapOfCondition:
    choices = {value: words.say(said) for value, said in (gap.choices or {}).items()}
    return GapOfCondition(
        field=name,
        label=words.say(gap.label),
        kind=gap.kind,
        required=field.is_required(),
        choices=choices or None,
    )
