"""Every exception of the package, and the exit codes they end a command with.

    Svg2PptxError
      InputError        NoInputError, ArchiveError
      SvgError          XmlError, NotSvgError, InvalidSizeError, LimitError, UnreadableError
      TaskError         TaskTimeoutError, WorkerCrashedError, MemoryLimitError
      JobError          JobLockedError, ManifestError
      OutputError
      ExecutorError     ResourceError, ClusterError
      UsageError
      MissingExtraError

SvgError and TaskError belong to one file: the batch records them and goes on.
The rest stop the job. A message names the file and the remedy.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit status of every command; never a count."""

    OK = 0
    SOME_FAILED = 1
    USAGE = 2
    NO_INPUT = 3
    OUTPUT = 4
    LOCKED = 5
    STOPPED = 6
    DEFECT = 70
    INTERRUPTED = 130
    TERMINATED = 143


class Svg2PptxError(Exception):
    """Base of all errors raised on purpose.

    Args:
        message: What is wrong, naming the file or value.
        line: 1-based line in the input, where one is known.
        remedy: What the user can do, an imperative sentence.
    """

    code = "error"
    exit_code = ExitCode.DEFECT

    def __init__(self, message: str, *, line: int | None = None, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.remedy = remedy


class InputError(Svg2PptxError):
    """An input cannot be used."""

    code = "input"
    exit_code = ExitCode.NO_INPUT


class NoInputError(InputError):
    """Nothing usable was found at all."""

    code = "no-input"


class ArchiveError(InputError):
    """An archive breaks a rule of the archive policy; names the entry and the rule."""

    code = "archive"


class SvgError(Svg2PptxError):
    """One SVG cannot be converted."""

    code = "svg"
    exit_code = ExitCode.SOME_FAILED


class XmlError(SvgError):
    """The source is not well-formed XML."""

    code = "xml"


class NotSvgError(SvgError):
    """The source is something other than an SVG document."""

    code = "not-svg"


class InvalidSizeError(SvgError):
    """The drawing's size disables rendering."""

    code = "invalid-size"


class LimitError(SvgError):
    """The source exceeds a limit on bytes, depth, nodes or expansion."""

    code = "limit"


class UnreadableError(SvgError):
    """The file is gone, is no regular file or may not be read."""

    code = "unreadable"


class TaskError(Svg2PptxError):
    """Converting one file did not end by itself."""

    code = "task"
    exit_code = ExitCode.SOME_FAILED


class TaskTimeoutError(TaskError):
    """A file took longer than its time limit."""

    code = "timeout"


class WorkerCrashedError(TaskError):
    """The process converting a file died."""

    code = "crashed"


class MemoryLimitError(TaskError):
    """A file needed more memory than allowed."""

    code = "out-of-memory"


class JobError(Svg2PptxError):
    """A job cannot be run or found."""

    code = "job"
    exit_code = ExitCode.USAGE


class JobLockedError(JobError):
    """A living run holds the job."""

    code = "job-locked"
    exit_code = ExitCode.LOCKED


class ManifestError(JobError):
    """A job's plan or journal cannot be understood."""

    code = "manifest"


class OutputError(Svg2PptxError):
    """The output cannot be written."""

    code = "output"
    exit_code = ExitCode.OUTPUT


class ExecutorError(Svg2PptxError):
    """No worker process can be started, or none stays alive."""

    code = "executor"
    exit_code = ExitCode.DEFECT


class ResourceError(ExecutorError):
    """No worker process can be started for want of memory, disk, descriptors or processes."""

    code = "resources"
    exit_code = ExitCode.STOPPED


class ClusterError(ExecutorError):
    """A cluster is lost, or has no worker that gets on; what is done is kept."""

    code = "cluster"
    exit_code = ExitCode.STOPPED


class UsageError(Svg2PptxError):
    """An argument or setting is wrong."""

    code = "usage"
    exit_code = ExitCode.USAGE


class MissingExtraError(Svg2PptxError):
    """What is asked for needs a library that only an extra installs.

    Args:
        what: What needs it, the beginning of a sentence.
        extra: The extra's name.
    """

    code = "missing-extra"
    exit_code = ExitCode.USAGE

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs the extra {extra}, which is not installed.",
            remedy=f"pip install 'svg2pptx-batch[{extra}]'",
        )
