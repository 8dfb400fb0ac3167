"""Previews: of a sample while the steward waits, of everybody as a job."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from matching import RulesetSettings
from schemas.language import Language
from schemas.previews import BackTests, PreviewPublic, PreviewRequest
from service.clock import now
from service.db.session import reading, unit_of_work
from service.db.tables import Job, Ruleset
from service.jobs.service import Requester, begin_job
from service.jobs.work import JobAtWork
from service.profiles import repository as profiles
from service.rules.previews.views import Showing, back_test_view
from service.rules.repository import answered_suggestions
from service.rulesets.service import active_ruleset, find_ruleset
from service.security.authentication import Actor
from service.suggestions.index import MatchIndex
from service.vocabularies.wording import Wording

PREVIEW_JOB = "preview"


def begin_preview(
    session: Session, draft: Ruleset, wanted: PreviewRequest, language: Language, actor: Actor
) -> Job:
    """Have a draft looked at for everybody."""
    settings = {"ruleset": str(draft.id), "back_test": wanted.back_test, "language": language.value}
    return begin_job(session, PREVIEW_JOB, settings, by=Requester(actor.id, actor.name), now=now())


def preview_everybody(index: MatchIndex) -> Callable[[JobAtWork], None]:
    """The work of such a job, by this index. What was left half done starts over: it is worth nothing by itself."""

    def work(at_work: JobAtWork) -> None:
        settings = at_work.job.settings

        def progress(done: int, total: int) -> None:
            if at_work.job.total != total:
                at_work.begin(total, restart=True)
            with unit_of_work(at_work.engine) as session:
                at_work.checkpoint(session, done, {})
            at_work.committed()

        wanted = PreviewRequest(everybody=True, back_test=settings["back_test"])
        draft, language = UUID(settings["ruleset"]), at_work.language
        found = previewed(at_work.engine, index, draft, wanted, language, progress)
        at_work.conclude(found.model_dump(mode="json"))

    return work


def previewed(
    engine: Engine,
    index: MatchIndex,
    ruleset_id: UUID,
    wanted: PreviewRequest,
    language: Language,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> PreviewPublic:
    """What a draft would change, against the active ruleset, in the language of its reader; raises ``NotFound``."""
    from matching import preview, run_backtest

    with reading(engine) as session:
        draft, active = find_ruleset(session, ruleset_id), active_ruleset(session)
    rules, today = RulesetSettings.model_validate(draft.settings), now().date()
    baseline = index.baseline(active, fresh=wanted.everybody)
    # It may take minutes, in which no view of the database is held.
    most = None if wanted.everybody else wanted.subjects
    model, found = preview(baseline, rules, most, today, progress)
    keys = {key for turn in found.biggest for key in (turn.subject, turn.candidate)}
    with reading(engine) as session:
        named = profiles.by_keys(session, keys | {one.subject for one in found.left_out})
        wording = Wording(session, language)
        shown = Showing(baseline.former, model, named, wording, today).preview(found, draft, active)
        interested = [(one, other) for one, other, said in answered_suggestions(session) if said]
    if not wanted.back_test:
        return shown
    back_tests = BackTests(
        track_record=back_test_view(run_backtest(baseline.backtest, rules, today), wording),
        decisions=back_test_view(run_backtest(baseline.decided(interested), rules, today), wording),
    )
    return shown.model_copy(update={"back_test": back_tests})
