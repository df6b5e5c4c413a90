"""A part: what one share of a job has come to, in one file, to be put together on any machine.

    8 bytes  "s2p-part"
    4 bytes  version of the format, little-endian
    8 bytes  length of the head
    32 bytes SHA-256 of the head
    head     a `PartHead`, MessagePack
    template of the first share, where the job has one
    slides   packed, one after the other, in the order of the head's files

Nothing in it names a folder of the machine it was made on.
"""

from __future__ import annotations

import hashlib
import os
import struct
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from msgspec.structs import replace

from svg2pptx_batch.batch.assemble import Advance
from svg2pptx_batch.batch.fingerprint import converter_fingerprint
from svg2pptx_batch.batch.manifest import Done
from svg2pptx_batch.batch.objects import ObjectReader
from svg2pptx_batch.batch.plan import Plan, Spec, Task
from svg2pptx_batch.batch.report import CONVERTED, FileReport
from svg2pptx_batch.batch.shards import MOST_SHARDS, Shard, parse_shard
from svg2pptx_batch.deck import unpack
from svg2pptx_batch.deck.size import MAX_SIDE_EMU
from svg2pptx_batch.deck.target import TargetFile
from svg2pptx_batch.errors import InputError, OutputError, Svg2PptxError
from svg2pptx_batch.frame import Frame
from svg2pptx_batch.options import ConvertOptions, JobOptions, SlideSize
from svg2pptx_batch.version import __version__

FORMAT = 1

_MAGIC: Final = b"s2p-part"
_FIXED: Final = struct.Struct("<8sIQ32s")
_AGAIN = "Convert that share again."


class PartFile(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One file of a share.

    Attributes:
        row: What it came to; its index is the place in the whole.
        digest: SHA-256, hex, of its content.
        slide: Size of its slide.
        bytes: Length of the packed slide; 0 where there is none.
        slide_digest: SHA-256, hex, of the packed slide.
    """

    row: FileReport
    digest: str
    slide: SlideSize
    bytes: int = 0
    slide_digest: str = ""


class PartHead(msgspec.Struct, frozen=True, kw_only=True):
    """What a part says of itself.

    Attributes:
        converter: Version of the converter.
        plan: Digest of the whole job: only parts of equal ones fit.
        number: Which share this is, from 1.
        count: Of how many.
        total: Files of the whole.
        options: What the slides are like, without folders.
        job_options: What shapes the output.
        slide: Size of the slides of a merged deck.
        frame: What their layout leaves to a drawing.
        fonts: Digest of the fonts of the machine, empty where no text was set.
        template: SHA-256, hex, of the template; empty for our own.
        template_bytes: How much of it follows the head.
        files: In order.
    """

    converter: str
    plan: str
    number: int
    count: int
    total: int
    options: ConvertOptions
    job_options: JobOptions
    slide: SlideSize
    frame: Frame
    fonts: str = ""
    template: str = ""
    template_bytes: int = 0
    files: tuple[PartFile, ...] = ()

    @property
    def shard(self) -> Shard:
        """Which share this is."""
        return Shard(self.number, self.count)


class Part(msgspec.Struct, frozen=True):
    """A part that was read and found whole.

    Attributes:
        path: The file.
        head: What it says.
        start: Where the slides begin.
    """

    path: Path
    head: PartHead
    start: int

    @property
    def template(self) -> bytes:
        """The template; empty where this part has none."""
        with self.path.open("rb") as stream:
            stream.seek(self.start - self.head.template_bytes)
            return stream.read(self.head.template_bytes)


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(PartHead)


def write_part(
    plan: Plan,
    rows: Sequence[FileReport],
    results: Mapping[int, Done],
    objects: Path,
    advance: Advance,
) -> None:
    """Write what a share has come to, under the name of the job's output.

    Args:
        plan: The job, which has a share.
        rows: A row a file.
        results: By the file's index: what was converted.
        objects: Folder of the packed slides.
        advance: Hears the progress.

    Raises:
        OutputError: It cannot be written, or a packed slide is missing.
    """
    template = _read_template(plan.spec.options.template)
    head = _head_of(plan, rows, results, template)
    if not head.template_bytes:
        template = b""
    encoded = _ENCODER.encode(head)
    target = TargetFile(Path(plan.spec.output))
    try:
        digest = hashlib.sha256(encoded).digest()
        target.write(_FIXED.pack(_MAGIC, FORMAT, len(encoded), digest))
        target.write(encoded)
        target.write(template)
        with ObjectReader(objects) as reader:
            done = [task for task in plan.tasks if task.index in results]
            for number, task in enumerate(done, 1):
                target.write(_stored(reader, task, results[task.index]))
                advance(number)
    except BaseException:
        target.discard()
        raise
    target.commit()


def read_part(path: Path) -> Part:
    """Read a part, and see to it that all of it is there.

    Raises:
        InputError: It is no part, is damaged or incomplete, or of another version.
    """
    try:
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            head = _read_head(stream, path, size)
            start = stream.tell() + head.template_bytes
            if size != start + sum(file.bytes for file in head.files):
                raise _damaged(path, "it was cut short, or written to")
            template = stream.read(head.template_bytes)
            if head.template_bytes and hashlib.sha256(template).hexdigest() != head.template:
                raise _damaged(path, "its template is not the one that was stored")
            _check_slides(stream, path, head.files)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}.",
            remedy="Name the parts that `convert --shard` has written.",
        ) from error
    return Part(path, head, start)


def _read_head(stream: BinaryIO, path: Path, size: int) -> PartHead:
    """Read and check what a part says of itself."""
    fixed = stream.read(_FIXED.size)
    if not fixed.startswith(_MAGIC) or len(fixed) < _FIXED.size:
        raise InputError(
            f"{path} is no part of a job.",
            remedy="Name the parts that `convert --shard` has written.",
        )
    _, version, length, digest = _FIXED.unpack(fixed)
    if version != FORMAT:
        raise InputError(
            f"{path} is a part of version {version}; this program understands {FORMAT}.",
            remedy="Merge with the version that made the parts.",
        )
    encoded = stream.read(length) if length <= size else b""
    if len(encoded) != length or hashlib.sha256(encoded).digest() != digest:
        raise _damaged(path, "its head is not what was written")
    try:
        head = _DECODER.decode(encoded)
    except (msgspec.DecodeError, Svg2PptxError) as error:
        raise _damaged(path, str(error).rstrip(".")) from error
    if head.converter != __version__:
        raise InputError(
            f"{path} was made by version {head.converter}; this is {__version__}.",
            remedy="Merge with the version that made the parts.",
        )
    if not _is_sound(head):
        raise _damaged(path, "it contradicts itself")
    return head


def _is_sound(head: PartHead) -> bool:
    """Tell whether what a part says can be."""
    shard = head.shard
    if (
        not 1 <= shard.number <= shard.shares <= MOST_SHARDS
        or head.total < 0
        or head.template_bytes < 0
    ):
        return False
    if head.total > sys.maxsize or len(head.files) != shard.size(head.total):
        return False
    sizes = (head.slide, *(file.slide for file in head.files if file.bytes))
    if not all(0 < side <= MAX_SIDE_EMU for size in sizes for side in size):
        return False
    if head.template_bytes and not head.template:
        return False
    return all(
        file.row.index == shard.place(place)
        and file.bytes >= 0
        and (file.row.failed if not file.bytes else file.row.state in CONVERTED)
        for place, file in enumerate(head.files)
    )


def _check_slides(stream: BinaryIO, path: Path, files: Iterable[PartFile]) -> None:
    """Look at each slide, one at a time."""
    for file in files:
        if not file.bytes:
            continue
        data = stream.read(file.bytes)
        try:
            if hashlib.sha256(data).hexdigest() != file.slide_digest:
                raise ValueError("it is not the one that was stored")
            unpack(data)
        except ValueError as error:
            raise _damaged(path, f"the slide of {file.row.name}: {error}") from error


def _damaged(path: Path, why: str) -> InputError:
    return InputError(f"{path} is damaged: {why}.", remedy=_AGAIN)


def _head_of(
    plan: Plan, rows: Sequence[FileReport], results: Mapping[int, Done], template: bytes
) -> PartHead:
    spec = plan.spec
    shard = parse_shard(spec.job_options.shard)
    assert shard is not None
    scrub = _Scrubber(plan)
    options = replace(spec.options, template="", font_dirs=(), resource_root="")
    asked = spec.job_options
    job_options = JobOptions(
        mode=asked.mode,
        sections=asked.sections,
        grid=asked.grid,
        name_template=asked.name_template,
        fail_on=asked.fail_on,
    )
    digest = hashlib.sha256(template).hexdigest() if spec.options.template else ""
    files = []
    for task, row in zip(plan.tasks, rows, strict=True):
        done = results.get(task.index)
        told = scrub.row(task, row, shard.place(task.index))
        stored = (done.slide.size, done.slide.digest) if done else (0, "")
        files.append(PartFile(told, task.digest, task.slide, *stored))
    return PartHead(
        converter=__version__,
        plan=_digest_of(plan, options, job_options, digest),
        number=shard.number,
        count=shard.shares,
        total=len(plan.tasks) + len(plan.others),
        options=options,
        job_options=job_options,
        slide=plan.slide,
        frame=plan.frame,
        fonts=_fonts_of(spec.options, results),
        template=digest,
        template_bytes=len(template) if shard.number == 1 else 0,
        files=tuple(files),
    )


def _digest_of(plan: Plan, options: ConvertOptions, job_options: JobOptions, template: str) -> str:
    """Return a SHA-256, hex, that is the same for all shares of a job, wherever it is run."""
    shape = replace(job_options, fail_on=JobOptions().fail_on)
    tasks = [(task.name, task.digest, task.slide) for task in plan.whole]
    shard = parse_shard(plan.spec.job_options.shard)
    told = (
        FORMAT,
        converter_fingerprint(),
        shard.shares if shard else 1,
        options,
        shape,
        template,
        plan.slide,
        plan.frame,
        tasks,
    )
    return hashlib.sha256(_ENCODER.encode(told)).hexdigest()


def _fonts_of(options: ConvertOptions, results: Mapping[int, Done]) -> str:
    """Return what tells the fonts of a share from those of another, if any was asked for."""
    if not any(done.dependencies.fonts for done in results.values()):
        return ""
    from svg2pptx_batch.fonts import FontCatalog

    return FontCatalog(options.font_dirs, system=options.system_fonts).portable_digest


def _read_template(path: str) -> bytes:
    """Return a template's content; nothing for our own.

    Raises:
        OutputError: It is gone.
    """
    try:
        return Path(path).read_bytes() if path else b""
    except OSError as error:
        raise OutputError(
            f"The template {path} cannot be read any more: {error.strerror or error}.",
            remedy="Put it back, then resume the job.",
        ) from error


def _stored(reader: ObjectReader, task: Task, done: Done) -> bytes:
    data = reader.get(done.slide)
    if data is None:
        raise OutputError(
            f"The stored slide of {task.name} is missing or damaged.",
            remedy="Resume the job: it is converted again.",
        )
    return data


class _Scrubber:
    """Takes the folders of this machine out of what is said about files.

    Args:
        plan: The job.
    """

    def __init__(self, plan: Plan) -> None:
        spec = plan.spec
        files = [task.file for task in plan.tasks if task.file]
        named = [os.path.dirname(source) for source in _absolute(spec)]  # noqa: PTH120  of text
        options = spec.options
        folders = {
            *named,
            spec.folder,
            options.resource_root,
            *options.font_dirs,
            os.path.dirname(options.template),  # noqa: PTH120
            *(file.folder for file in files),
            *(file.root for file in files),
            *(os.path.dirname(file.path) for file in files),  # noqa: PTH120
        }
        longest_first = sorted((f for f in folders if len(f) > 1), key=len, reverse=True)
        self._starts = [folder.rstrip(os.sep) + os.sep for folder in longest_first]

    def row(self, task: Task, row: FileReport, index: int) -> FileReport:
        """Return a row as it may leave the machine."""
        diagnostics = tuple(
            replace(each, message=self._text(each.message)) for each in row.diagnostics
        )
        message = row.message
        if task.file is not None:
            for name in (task.file.path, task.file.archive):
                message = message.replace(name, task.name) if name else message
        return replace(
            row,
            index=index,
            message=self._text(message),
            remedy=self._text(row.remedy) if row.remedy else row.remedy,
            diagnostics=diagnostics,
            quarantine="",
        )

    def _text(self, text: str) -> str:
        for start in self._starts if os.sep in text else ():
            text = text.replace(start, "")
        return text


def _absolute(spec: Spec) -> Iterator[str]:
    for source in spec.sources:
        yield os.path.normpath(os.path.join(spec.folder, source))  # noqa: PTH118  of text
