"""What scores have meant so far, as a band: known once learnt weights are in force."""

from matching import LikelihoodBand, RulesetSettings, likelihood_band
from schemas.kinds import Kind
from schemas.translation import Message, message

BAND = message("Of a hundred suggestions with such a score, {least} to {most} have led to a partnership.")


def known_band(
    settings: RulesetSettings, subject: str, candidate: Kind, score: float
) -> LikelihoodBand | None:
    """What a score between two kinds has meant under a ruleset, if that is known."""
    calibration = settings.calibration.get(f"{subject}:{candidate}")
    return likelihood_band(score, calibration) if calibration else None


def band_in_words(band: LikelihoodBand) -> Message:
    """The band as a sentence."""
    return Message(BAND.text, {"least": round(100 * band.least), "most": round(100 * band.most)})
