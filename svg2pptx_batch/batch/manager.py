"""The manager of jobs: every door – Python, command line, server – goes through it.

A job is named by its UUID (or the start of it), its folder or its status file. All that is known of
it lies in its folder, so any process may ask, run or cancel it; one at a time runs it, and how far
it is follows from the states of its files alone.
"""

from __future__ import annotations

import builtins
import os
from collections.abc import Mapping, Sequence
from time import monotonic, sleep

import msgspec

from svg2pptx_batch.batch import jobs, retention
from svg2pptx_batch.batch.cluster import check_executor
from svg2pptx_batch.batch.events import Emitter, Listener
from svg2pptx_batch.batch.inputs import STDIN, Selection
from svg2pptx_batch.batch.interrupts import Interrupts
from svg2pptx_batch.batch.manifest import Done, History, replay
from svg2pptx_batch.batch.plan import Plan
from svg2pptx_batch.batch.pool import warm_up
from svg2pptx_batch.batch.preview import Preview, preview
from svg2pptx_batch.batch.report import FINISHED, JobState, JobSummary, Report, Status
from svg2pptx_batch.batch.runner import Run
from svg2pptx_batch.batch.workdir import JobFolder
from svg2pptx_batch.errors import JobError, JobLockedError
from svg2pptx_batch.logs import job_log
from svg2pptx_batch.options import ConvertOptions, JobOptions

_CANCEL_POLL_S = 0.05


class BatchJobManager:
    """Makes, runs, finds, cancels and expires jobs.

    A job that was created here is held until it is started or released, so that no other process
    runs it first. Several threads may use one manager, each for jobs of its own.
    """

    def __init__(self) -> None:
        self._held: dict[str, tuple[JobFolder, Plan]] = {}
        self._running: dict[str, Interrupts] = {}

    def create(
        self,
        inputs: Sequence[str],
        output: str,
        *,
        options: ConvertOptions = ConvertOptions(),  # noqa: B008  frozen
        job_options: JobOptions | None = None,
        selection: Selection | None = None,
        status_file: str = "",
        fresh: bool = False,
    ) -> str:
        """Find the inputs and plan a job; an interrupted one of the same kind is continued.

        Args:
            inputs: Files, folders, globs, archives, `-`.
            output: A `.pptx` for one merged deck, a `.zip`, or a folder.
            options: What the slides are to be like.
            job_options: How the job runs.
            selection: Which files of folders and archives are taken, and in what order.
            status_file: Where the status is written as well.
            fresh: Start a new job even where an interrupted one could be continued.

        Returns:
            Its UUID.

        Raises:
            NoInputError: Nothing was found.
            UsageError: A setting or the output's name is wrong.
            JobLockedError: A living run holds the very job.
            OutputError: The output cannot be written.
        """
        warm_up()
        job_options = job_options or JobOptions()
        spec = jobs.specify(inputs, output, options, job_options, selection, status_file)
        folder, plan = jobs.make(spec, fresh=fresh)
        self._held[folder.id] = folder, plan
        retention.expire_sometimes(job_options.keep_s)
        return folder.id

    def preview(
        self,
        inputs: Sequence[str],
        output: str,
        *,
        options: ConvertOptions = ConvertOptions(),  # noqa: B008  frozen
        job_options: JobOptions | None = None,
        selection: Selection | None = None,
    ) -> Preview:
        """Tell what `create` and `start` would do; no job is made and nothing written.

        Raises:
            NoInputError: Nothing was found.
            UsageError: A setting or the output's name is wrong.
        """
        spec = jobs.specify(inputs, output, options, job_options or JobOptions(), selection, "")
        return preview(spec)

    def start(
        self,
        job: str,
        on_event: Listener | None = None,
        *,
        wait_lock: bool = False,
        changes: Mapping[str, object] | None = None,
    ) -> Report:
        """Convert what has no result yet, and write the output.

        A finished job is run again as a new one: the report names it.

        Args:
            job: Which.
            on_event: Hears every event, see `batch.events`.
            wait_lock: Wait for a living run to end, even where the options do not say so.
            changes: Job options that are to be others in this run: name to value.

        Returns:
            The report; interrupted runs return one as well, with `resume_command`.

        Raises:
            JobError: There is no such job.
            JobLockedError: A living run holds the job.
            OutputError: The output cannot be written.
        """
        warm_up()
        held = self._held.pop(job, None)
        if held is not None:
            return self._run(held[0], _changed(held[1], changes), on_event)
        folder = jobs.find(job)
        plan = jobs.read_plan(folder)
        folder.lock(wait=wait_lock or plan.spec.job_options.wait_lock)
        try:
            if jobs.finished(folder):
                folder.unlock()
                folder, plan = jobs.make(_changed(plan, changes).spec, fresh=True)
            else:
                plan = _changed(jobs.planned_again(jobs.read_plan(folder)), changes)
        except BaseException:
            folder.unlock()
            raise
        return self._run(folder, plan, on_event)

    def resume(
        self,
        job: str | None = None,
        on_event: Listener | None = None,
        *,
        wait_lock: bool = False,
        changes: Mapping[str, object] | None = None,
    ) -> Report:
        """Continue an interrupted job.

        Args:
            job: Which; the newest interrupted one when None.
            on_event: Hears every event.
            wait_lock: Wait for a living run to end, even where the options do not say so.
            changes: Job options that are to be others in this run: name to value.

        Raises:
            JobError: There is no such job, or it is finished.
            JobLockedError: A living run holds the job.
            OutputError: The output cannot be written.
        """
        found = jobs.newest_interrupted().id if job is None else job
        held = self._held.get(found)
        folder = held[0] if held else jobs.find(found)
        if not folder.held and jobs.finished(folder):
            raise JobError(
                f"Job {folder.id} is finished; there is nothing to resume.",
                remedy="Convert the inputs again to make the output anew, or try what failed "
                f"again with `svg2pptx-batch retry {folder.id}`.",
            )
        return self.start(found, on_event, wait_lock=wait_lock, changes=changes)

    def retry(
        self,
        job: str,
        on_event: Listener | None = None,
        *,
        changes: Mapping[str, object] | None = None,
    ) -> Report:
        """Convert the files of a job that have no slide again, and write the output anew.

        Slides of the others come from the cache. The inputs are looked for again, because copies
        of what an archive held are gone.

        Args:
            job: Which; finished, cancelled or interrupted.
            on_event: Hears every event.
            changes: Job options that are to be others: name to value.

        Raises:
            JobError: There is no such job, no file of it failed, or its input is gone.
            JobLockedError: A living run holds the job.
            OutputError: The output cannot be written.
        """
        warm_up()
        folder = jobs.find(job)
        spec = jobs.read_plan(folder).spec
        if STDIN in spec.sources or spec.selection.files_from == STDIN:
            raise JobError(
                f"Job {folder.id} read standard input, which cannot be read again.",
                remedy="Convert it afresh.",
            )
        folder.lock(wait=spec.job_options.wait_lock)
        try:
            history = replay(folder.journal, mend=True)
            plan = jobs.read_plan(folder)
            _check_retried(folder, plan, history)
            if changes:
                spec = _changed(plan, changes).spec
            plan = jobs.plan_into(folder, spec, plan.created)
            history.forget_failures()
        except BaseException:
            folder.unlock()
            raise
        return self._run(folder, plan, on_event, history)

    def cancel(self, job: str, *, wait_s: float = 15.0) -> JobState:
        """Cancel a job: what has no slide will have none, and no output is written.

        A living run, in whatever process, is asked to end.

        Args:
            job: Which.
            wait_s: How long to wait for a living run to end.

        Returns:
            The job's state: cancelled, or still running.

        Raises:
            JobError: There is no such job, or it is finished.
        """
        folder = self._held.pop(job, (None,))[0] or jobs.find(job)
        if not folder.held and jobs.finished(folder):
            raise JobError(
                f"Job {folder.id} is finished; there is nothing to cancel.",
                remedy="See `svg2pptx-batch status`.",
            )
        folder.request_cancel()
        end = monotonic() + wait_s
        while True:
            try:
                folder.lock()
            except JobLockedError:
                if monotonic() >= end:
                    return jobs.status(folder).state
                sleep(_CANCEL_POLL_S)
                continue
            try:
                if not jobs.finished(folder):
                    jobs.end_cancelled(folder)
            finally:
                folder.withdraw_cancel()
                folder.unlock()
            return jobs.status(folder).state

    def interrupt(self, job: str) -> bool:
        """Ask a run of this manager, in whatever thread, to end so that it can be resumed.

        As with a signal: asked once it waits for files under way, asked again it does not.

        Args:
            job: Its UUID.

        Returns:
            Whether there is such a run.
        """
        interrupts = self._running.get(job)
        if interrupts is None:
            return False
        interrupts.ask()
        return True

    def status(self, job: str) -> Status:
        """Return where a job stands, told from its folder.

        Raises:
            JobError: There is no such job.
        """
        return jobs.status(jobs.find(job))

    def list(self) -> builtins.list[JobSummary]:
        """Return all jobs, newest first; of expired ones only that they were."""
        return jobs.summaries()

    def expire(self, older_than_s: float, *, dry_run: bool = False) -> retention.Cleared:
        """Remove what is kept of jobs whose last run is so long ago; running ones stay.

        Args:
            older_than_s: Seconds; 0 for all that do not run.
            dry_run: Only tell.
        """
        return retention.expire(older_than_s, dry_run=dry_run)

    def remove(self, job: str) -> None:
        """Remove all that is kept of a job; its output stays.

        Args:
            job: Which; nobody may run it.

        Raises:
            JobError: There is no such job.
            JobLockedError: A living run holds the job.
        """
        folder = self._held.pop(job, (None,))[0] or jobs.find(job)
        folder.lock()
        retention.remove(folder)

    def folder(self, job: str) -> str:
        """Return the folder of a job, absolute.

        Raises:
            JobError: There is no such job.
        """
        held = self._held.get(job)
        return os.fspath(held[0].root if held else jobs.find(job).root)

    def release(self, job: str) -> None:
        """Let a job go that was created and not started; others can run it then."""
        held = self._held.pop(job, None)
        if held is not None:
            held[0].unlock()

    def _run(
        self,
        folder: JobFolder,
        plan: Plan,
        on_event: Listener | None,
        history: History | None = None,
    ) -> Report:
        """Run a job whose lock is held, and let it go."""
        interrupts = self._running[folder.id] = Interrupts()
        try:
            with job_log(folder.log_file):
                history = history or replay(folder.journal, mend=True)
                emitter = Emitter(on_event)
                return Run(folder, plan, history, emitter, interrupts=interrupts).execute()
        finally:
            del self._running[folder.id]
            folder.unlock()


def _changed(plan: Plan, changes: Mapping[str, object] | None) -> Plan:
    """Return a plan whose job options are others.

    Raises:
        UsageError: One cannot be so.
    """
    if not changes:
        return plan
    job_options = msgspec.structs.replace(plan.spec.job_options, **changes)
    check_executor(job_options)
    spec = msgspec.structs.replace(plan.spec, job_options=job_options)
    return msgspec.structs.replace(plan, spec=spec)


def _check_retried(folder: JobFolder, plan: Plan, history: History) -> None:
    """Refuse to retry a job every file of which has a slide.

    Raises:
        JobError: That is so.
    """
    done = {id_ for id_, result in history.results.items() if isinstance(result, Done)}
    finished = history.ended is not None and history.ended.state in FINISHED
    if finished and all(task.failure is None and task.id in done for task in plan.tasks):
        raise JobError(
            f"No file of job {folder.id} failed; there is nothing to try again.",
            remedy="Convert the inputs again to make the output anew.",
        )
