"""Results that go elsewhere: made on this disk, and sent to their address when complete."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from msgspec.structs import replace

from svg2pptx_batch.batch.outputs import check_absent
from svg2pptx_batch.batch.plan import Plan
from svg2pptx_batch.batch.storage import Storage, is_address
from svg2pptx_batch.deck.target import output_error


@contextmanager
def delivered(plan: Plan, folder: Path, look: Callable[[], None]) -> Iterator[Plan]:
    """Give a plan whose result goes to this disk; what was written is then sent to its address.

    Args:
        plan: The job.
        folder: Where a result that goes elsewhere is made; not there yet.
        look: Called between pieces that are sent; may end it by raising.

    Yields:
        The plan itself, unless its output is an address.

    Raises:
        OutputError: It cannot be made or sent, or is there already and may not be replaced.
    """
    address = plan.spec.output
    if not is_address(address):
        yield plan
        return
    made = folder / PurePosixPath(address).name
    try:
        shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise output_error(folder, error) from error
        yield replace(plan, spec=replace(plan.spec, output=str(made)))
        sent = [made] if made.is_file() else sorted(f for f in made.rglob("*") if f.is_file())
        names = ["" if file == made else file.relative_to(made).as_posix() for file in sent]
        if not plan.spec.job_options.overwrite:
            check_absent(address, names)
        storage = Storage(address)
        for file, name in zip(sent, names, strict=True):
            storage.write(file, name, look)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
