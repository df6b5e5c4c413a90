"""Carries a job out: slides from the cache, files through the workers, slides into the output.

What runs the files is `converting`, what keeps the records is `books`, what ends a run before its
time is `brakes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic

from svg2pptx_batch.batch.assemble import Advance, check_plan, write_outputs
from svg2pptx_batch.batch.books import Books
from svg2pptx_batch.batch.brakes import Brakes, Halt
from svg2pptx_batch.batch.cluster import LOCAL, cluster, is_remote
from svg2pptx_batch.batch.converting import Converting
from svg2pptx_batch.batch.events import Emitter, Error, Ingest, Merge, Start, Summary
from svg2pptx_batch.batch.interrupts import Interrupts
from svg2pptx_batch.batch.manifest import Ended, History
from svg2pptx_batch.batch.outlets import delivered
from svg2pptx_batch.batch.outputs import DeckName, check_output
from svg2pptx_batch.batch.parts import write_part
from svg2pptx_batch.batch.plan import Plan, Spec
from svg2pptx_batch.batch.pool import pool
from svg2pptx_batch.batch.report import FINISHED, JobState, Report
from svg2pptx_batch.batch.workdir import JobFolder
from svg2pptx_batch.errors import ExitCode, Svg2PptxError
from svg2pptx_batch.executors.base import Executor
from svg2pptx_batch.options import OutputMode

_LOOK_S = 0.02

ExecutorFactory = Callable[[Spec, int], Executor]


def executor_for(spec: Spec, tasks: int) -> Executor:
    """Return the workers of a job, on this machine or on others.

    Args:
        spec: What was asked for.
        tasks: How many there are to run; where there are none, nobody is asked.
    """
    if tasks and is_remote(spec.job_options.executor):
        return cluster(spec.options, spec.job_options)
    return pool(spec.job_options, tasks)


class _Halted(BaseException):
    """The assembly ends before its time; no `except Exception` on its way is meant for it."""

    def __init__(self, halt: Halt) -> None:
        super().__init__(halt.message)
        self.halt = halt


class Run:
    """One run of a job whose lock is held.

    Args:
        folder: The job's.
        plan: With tasks made of the files as they are now.
        history: What the journal says of earlier runs.
        emitter: Hears the events.
        executor: Makes the workers.
        interrupts: Counts what asks the run to end; signals alone when None.
    """

    def __init__(
        self,
        folder: JobFolder,
        plan: Plan,
        history: History,
        emitter: Emitter,
        executor: ExecutorFactory = executor_for,
        interrupts: Interrupts | None = None,
    ) -> None:
        self._folder = folder
        self._plan = plan
        self._options = plan.spec.job_options
        self._history = history
        self._emitter = emitter
        self._make_executor = executor
        self._interrupts = interrupts or Interrupts()
        self._books: Books

    def execute(self) -> Report:
        """Run the job.

        Returns:
            The report, also of a job that was interrupted or has nothing usable.

        Raises:
            OutputError: The output or the job's folder cannot be written.
            Svg2PptxError: Whatever else concerns the whole job.
        """
        try:
            with self._interrupts as interrupts:
                brakes = Brakes(self._plan.spec, self._folder, interrupts)
                report = self._execute(brakes)
        except Svg2PptxError as error:
            self._emitter.fail(error)
            raise
        except Exception as error:
            self._emitter.emit(
                Error,
                code="defect",
                message=f"{type(error).__name__}: {error}",
                exit_code=int(ExitCode.DEFECT),
            )
            raise
        self._emitter.emit(Summary, report=report)
        return report

    def _execute(self, brakes: Brakes) -> Report:
        self._folder.make_work()
        self._books = Books(self._folder, self._plan, self._history, self._emitter)
        try:
            if self._options.cache:
                self._books.recall()
            pending = self._books.ledger.pending()
            executor = self._make_executor(self._plan.spec, len(pending))
            known = pending and not is_remote(self._options.executor)
            self._announce(executor.capacity if known else 0)
            spec = self._plan.spec
            check_output(spec.output, spec.form, overwrite=self._options.overwrite)
            check_plan(self._plan)
            self._books.snapshot(first=True)
            halt = brakes.halt(self._books.ledger.counts)
            if pending and halt is None:
                with executor:
                    work = Converting(self._folder, self._plan, self._books, executor, brakes)
                    halt = work.run(pending, self._attempts(pending))
            self._books.tell()
            if self._options.cache:
                self._books.remember()
            ended = self._finish(brakes, halt)
        except BaseException as error:
            self._abandon(error)
            raise
        self._books.close(ended)
        if ended.state in FINISHED:
            self._folder.withdraw_cancel()
            self._folder.drop_work()
        return self._report(ended)

    def _announce(self, workers: int) -> None:
        """Tell what is about to happen."""
        spec = self._plan.spec
        self._emitter.emit(
            Start,
            job=self._folder.id,
            folder=str(self._folder.root),
            output=spec.output,
            mode=str(self._options.mode),
            workers=workers,
            resumed=self._history.runs > 0,
        )
        counts = self._books.ledger.counts
        self._emitter.emit(
            Ingest,
            files=counts.total,
            bytes=sum(task.file.size_bytes for task in self._plan.tasks if task.file),
            done=counts.done,
            failed=counts.failed,
            cached=counts.cached,
        )
        for note in self._plan.notes:
            self._books.warn("input", note)
        if self._history.damaged:
            self._books.warn(
                "journal-damaged",
                "Part of the journal was damaged; the files it spoke of are done again.",
            )
        self._books.tell_planned_failures()

    def _attempts(self, pending: Mapping[int, int]) -> dict[int, int]:
        """Return the attempts earlier runs have made, where there were any."""
        tasks = self._plan.tasks
        return {
            index: reached - 1
            for index in pending
            if (reached := self._history.attempts.get(tasks[index].id, 1)) > 1
        }

    def _finish(self, brakes: Brakes, halt: Halt | None) -> Ended:
        """Write the output, if every file has its result and any is usable."""
        counts = self._books.ledger.counts
        halt = halt or brakes.halt(counts)
        if halt is not None:
            return _halted(halt)
        if not counts.done and not self._options.shard:
            return Ended(JobState.FAILED, int(ExitCode.NO_INPUT))
        merged = self._options.mode is OutputMode.MERGED
        self._books.enter(JobState.MERGING if merged else JobState.PACKAGING)
        told = monotonic()
        looked = 0.0

        def advance(done: int) -> None:
            nonlocal told, looked
            now = monotonic()
            if done == counts.done or now - told >= 1.0:
                told = now
                self._emitter.emit(Merge, done=done, total=counts.done)
            if done == counts.done or now - looked >= _LOOK_S:
                looked = now
                look()

        def look() -> None:
            if halt := brakes.halt(counts):
                raise _Halted(halt)

        self._emitter.emit(Merge, done=0, total=counts.done)
        try:
            with delivered(self._plan, self._folder.staging, look) as plan:
                decks = self._write(plan, advance)
        except _Halted as halted:
            return _halted(halted.halt)
        self._books.place(decks)
        outputs = (self._plan.spec.output,)
        if counts.failed:
            return Ended(JobState.PARTIAL, int(ExitCode.SOME_FAILED), outputs)
        code = ExitCode.SOME_FAILED if counts.objected else ExitCode.OK
        return Ended(JobState.DONE, int(code), outputs)

    def _write(self, plan: Plan, advance: Advance) -> dict[int, DeckName]:
        """Write the output, or the part of it that a share comes to; return the names of decks."""
        ledger, objects = self._books.ledger, self._folder.objects
        if not self._options.shard:
            return write_outputs(plan, ledger.results, objects, advance)
        write_part(plan, ledger.rows, ledger.results, objects, advance)
        return {}

    def _abandon(self, error: BaseException) -> None:
        """Leave a job that something stopped so that it can be resumed."""
        code = error.exit_code if isinstance(error, Svg2PptxError) else ExitCode.DEFECT
        message = str(error) or type(error).__name__
        self._books.abandon(Ended(JobState.INTERRUPTED, int(code), error=message))

    def _report(self, ended: Ended) -> Report:
        resume = ""
        if ended.state is JobState.INTERRUPTED:
            elsewhere = f" --executor {LOCAL}" if is_remote(self._options.executor) else ""
            resume = f"svg2pptx-batch resume {self._folder.id}{elsewhere}"
        ledger = self._books.ledger
        return Report(
            job=self._folder.id,
            folder=str(self._folder.root),
            state=ended.state,
            exit_code=ExitCode(ended.exit_code),
            counts=ledger.counts,
            fidelity=ledger.fidelity,
            fail_on=self._options.fail_on,
            seconds=round(ledger.seconds, 3),
            converted=self._books.converted,
            outputs=ended.outputs,
            error=ended.error,
            resume_command=resume,
            files=tuple(ledger.rows),
        )


def _halted(halt: Halt) -> Ended:
    return Ended(halt.state, int(halt.exit_code), error=halt.message)
