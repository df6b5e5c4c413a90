"""A job divided over machines: every one plans the whole and converts its share.

The files of shard I of N are those whose place in the plan, counted from 0, gives I - 1 when
divided by N: shares are of one size, and neighbours, which are often alike, are spread out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from svg2pptx_batch.errors import UsageError

if TYPE_CHECKING:
    from svg2pptx_batch.batch.plan import Task
    from svg2pptx_batch.options import JobOptions

MOST_SHARDS = 10_000
PART_SUFFIX = ".svg2pptx-part"

_SHARD = re.compile(r"([0-9]{1,5})/([0-9]{1,5})")
_DECKS = (".pptx", ".zip")


class Shard(NamedTuple):
    """One share of a job.

    Attributes:
        number: Which, from 1.
        shares: Of how many.
    """

    number: int
    shares: int

    def __str__(self) -> str:
        return f"{self.number}/{self.shares}"

    def place(self, index: int) -> int:
        """Return the place in the whole plan of what has a place in this share."""
        return index * self.shares + self.number - 1

    def size(self, total: int) -> int:
        """Return how many files of a whole belong to this share."""
        return len(range(self.number - 1, total, self.shares))


def parse_shard(text: str) -> Shard | None:
    """Read `I/N`; None for an empty text, which stands for a whole job.

    Raises:
        UsageError: It is nothing of the kind.
    """
    if not text:
        return None
    found = _SHARD.fullmatch(text.strip())
    shard = Shard(int(found[1]), int(found[2])) if found else Shard(0, 0)
    if not 1 <= shard.number <= shard.shares <= MOST_SHARDS:
        raise UsageError(
            f"{text!r} is no share of a job.",
            remedy=f"Give --shard I/N with I from 1 to N, and N at most {MOST_SHARDS:,}: 1/4.",
        )
    return shard


def check_shard(job_options: JobOptions, output: str) -> None:
    """Refuse a share that cannot be written.

    Args:
        job_options: How the job runs.
        output: Absolute path of the result.

    Raises:
        UsageError: It is no share, has the name of a deck, or goes against another option.
    """
    shard = parse_shard(job_options.shard)
    if shard is None:
        return
    if output.lower().endswith(_DECKS):
        raise UsageError(
            f"Shard {shard} makes a part of the result, not {output}.",
            remedy=f"Name a part, such as -o {shard.number}{PART_SUFFIX}; "
            "`svg2pptx-batch merge` makes the result of all parts.",
        )
    if job_options.append_to:
        raise UsageError(
            f"A part cannot be appended to {job_options.append_to}.",
            remedy="Leave --append-to or --shard out.",
        )


def share(tasks: Sequence[Task], shard: Shard | None) -> tuple[tuple[Task, ...], tuple[Task, ...]]:
    """Divide the tasks of a whole job.

    Returns:
        Those of the share, with their places in it, and the others as they are.
    """
    if shard is None:
        return tuple(tasks), ()
    own = tasks[shard.number - 1 :: shard.shares]
    others = (task for task in tasks if task.index % shard.shares != shard.number - 1)
    return tuple(replace(task, index=place) for place, task in enumerate(own)), tuple(others)


def whole(own: Sequence[Task], others: Sequence[Task], shard: Shard | None) -> tuple[Task, ...]:
    """Put together again what `share` has divided."""
    if shard is None:
        return tuple(own)
    tasks = [replace(task, index=shard.place(task.index)) for task in own]
    return tuple(sorted((*tasks, *others), key=lambda task: task.index))
