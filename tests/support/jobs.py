"""Jobs run by processes of their own, to be watched and killed."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from svg2pptx_batch.batch.manifest import Done, records

ROOT = Path(__file__).resolve().parents[2]

RUN = """
import json
import sys
import msgspec
from svg2pptx_batch import Job, JobOptions
from svg2pptx_batch.errors import Svg2PptxError

def tell(event):
    sys.stdout.buffer.write(msgspec.json.encode(event) + b"\\n")
    sys.stdout.buffer.flush()

def main(source, output, fields, function=""):
    if function:
        from svg2pptx_batch.batch import pool
        pool.FUNCTION = function
    options = JobOptions(**json.loads(fields))
    try:
        report = Job.create(source, output, job_options=options).run(tell)
    except Svg2PptxError as error:
        print(error, file=sys.stderr)
        return int(error.exit_code)
    return int(report.exit_code)

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
"""


def make_icons(folder: Path, count: int, *, seed: int = 1) -> Path:
    """Write small drawings, no two alike."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    for number in range(count):
        x, y = chance.randrange(10), chance.randrange(10)
        (folder / f"icon{number}.svg").write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
            f'<path fill="#{number:06x}" d="M{x} {y}h8v8l-3 {number % 7}z"/>'
            f'<circle cx="{x + 4}" cy="12" r="{1 + number % 5}"/></svg>'
        )
    return folder


def environment(state: Path, **more: str) -> dict[str, str]:
    """Return the environment of a process that keeps its jobs in `state`."""
    return {
        **os.environ,
        "SVG2PPTX_STATE_DIR": str(state),
        "SVG2PPTX_CACHE_DIR": str(state / "cache"),
        "PYTHONPATH": str(ROOT),
        **more,
    }


def start(
    state: Path,
    source: Path | str,
    output: Path,
    *,
    workers: int = 2,
    timeout_s: float = 60,
    function: str = "",
    env: Mapping[str, str] = {},
    **fields: object,
) -> subprocess.Popen[bytes]:
    """Start `convert` in a process; events go to its standard output, fields are JobOptions."""
    fields = {"jobs": workers, "timeout_s": timeout_s, **fields}
    script = state / "run_job.py"
    state.mkdir(parents=True, exist_ok=True)
    script.write_text(RUN)
    return subprocess.Popen(
        [
            sys.executable,
            str(script),
            *(str(source), str(output), json.dumps(fields)),
            *([function] if function else []),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(state, **env),
        cwd=state,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[bytes], timeout: float = 180) -> tuple[int, list[dict]]:
    """Wait for a process; return its exit code and the events it told."""
    out, err = process.communicate(timeout=timeout)
    assert b"Traceback" not in err, err.decode()
    return process.returncode, [json.loads(line) for line in out.splitlines()]


def convert(state: Path, source: Path | str, output: Path, **options) -> tuple[int, list[dict]]:
    """Run `convert` in a process to its end."""
    return finish(start(state, source, output, **options))


def only_job(state: Path) -> Path:
    """Return the folder of the one job there is."""
    (folder,) = (state / "jobs").iterdir()
    return folder


def done_ids(state: Path) -> list[str]:
    """Return the ids of the conversions the journals speak of, in order, repetitions kept."""
    ids = []
    for journal in (state / "jobs").glob("*/journal.jsonl"):
        ids += [r.id for r in records(journal.read_bytes()) if isinstance(r, Done)]
    return ids


def wait_for_done(state: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the journal holds so many conversions, or the process has ended."""
    while len(done_ids(state)) < count and process.poll() is None:
        time.sleep(0.002)


def tree(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Return a process and all its descendants."""
    try:
        parent = psutil.Process(process.pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its descendants, all at once."""
    for each in tree(process):
        with contextlib.suppress(psutil.NoSuchProcess):
            each.send_signal(signal.SIGKILL)
    process.communicate()


def all_gone(processes: list[psutil.Process], timeout: float = 60) -> bool:
    """Wait until none of the processes lives any more."""
    _, alive = psutil.wait_procs(processes, timeout=timeout)
    return not [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
