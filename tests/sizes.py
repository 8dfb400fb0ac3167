"""How many examples properties draw: few in the suite, many by ``make fuzz``."""

from hypothesis import settings

FUZZ = "fuzz"
"""The profile of Hypothesis that ``make fuzz`` asks for."""
TIMES_MORE = 20


def is_fuzzing() -> bool:
    """Whether this run looks for what nobody has found yet, rather than for what must not come back."""
    return settings.get_current_profile_name() == FUZZ


def examples(in_the_suite: int) -> int:
    """Examples of one test under the profile of this run."""
    return in_the_suite * (TIMES_MORE if is_fuzzing() else 1)
