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

from svg2pptx_batch.batch.manifest import Done, Ended, Opened, Staged, records
from svg2pptx_batch.batch.report import JobState

ROOT = Path(__file__).resolve().parents[2]

RUN = """
import json
import sys
import msgspec
from svg2pptx_batch import ConvertOptions, Job, JobOptions
from svg2pptx_batch.errors import Svg2PptxError

def tell(event):
    sys.stdout.buffer.write(msgspec.json.encode(event) + b"\\n")
    sys.stdout.buffer.flush()

def main(order):
    if order["function"]:
        from svg2pptx_batch.batch import pool
        from svg2pptx_batch.batch import cluster
        pool.FUNCTION = cluster.FUNCTION = order["function"]
    if order["patience_s"]:
        from svg2pptx_batch.batch import brakes
        brakes.PATIENCE_S = order["patience_s"]
    options = JobOptions(**order["options"])
    if order["descriptors"]:
        import resource
        resource.setrlimit(resource.RLIMIT_NOFILE, (order["descriptors"],) * 2)
    try:
        if order["resume"]:
            report = Job.open(order["resume"]).resume(
                tell if order["heard"] else None, executor=options.executor
            )
        else:
            slides = ConvertOptions(**order["slides"])
            job = Job.create(order["source"], order["output"], options=slides, job_options=options)
            report = job.run(tell if order["heard"] else None)
    except Svg2PptxError as error:
        print(error, file=sys.stderr)
        return int(error.exit_code)
    return int(report.exit_code)

if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
"""

PHASES = ("planning", "converting", "merging", "end")


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
    """Return the environment of a process that keeps jobs, cache and marks in `state`."""
    return {
        **os.environ,
        "SVG2PPTX_STATE_DIR": str(state),
        "SVG2PPTX_CACHE_DIR": str(state / "cache"),
        "JOB_MARKS": str(state),
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
    resume: str = "",
    heard: bool = True,
    descriptors: int = 0,
    patience_s: float = 0,
    script: Path | None = None,
    env: Mapping[str, str] = {},
    slides: Mapping[str, object] = {},
    **fields: object,
) -> subprocess.Popen[bytes]:
    """Start a job in a process.

    Args:
        state: Where it is kept.
        source: What is converted.
        output: What is made.
        workers: How many.
        timeout_s: Time limit of a file.
        function: Task function instead of the usual one, `module:qualname`.
        resume: Id of a job to be resumed instead.
        heard: Whether events go to standard output; who does not read it must not hear them.
        descriptors: How many files each process may have open, 0 for the usual number.
        patience_s: How long a run waits for what it is short of, 0 for the usual time.
        script: Where the program is put; in the state folder if nothing is said.
        env: More of the environment.
        slides: ConvertOptions.
        fields: More JobOptions; the guard on the disk is off if nothing is said.
    """
    script = script or state / "run_job.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    if not script.exists():  # another process may be about to read it
        script.write_text(RUN)
    order = {
        "source": str(source),
        "output": str(output),
        "options": {
            "jobs": workers,
            "timeout_s": timeout_s,
            "disk_free_bytes": 0,
            **fields,
        },
        "function": function,
        "resume": resume,
        "heard": heard,
        "descriptors": descriptors,
        "slides": dict(slides),
        "patience_s": patience_s,
    }
    return subprocess.Popen(
        [sys.executable, str(script), json.dumps(order)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(state, **env),
        cwd=script.parent,
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


def done_count(state: Path) -> int:
    """Return how many conversions the journals speak of; quicker than `done_ids`."""
    journals = (state / "jobs").glob("*/journal.jsonl")
    return sum(journal.read_bytes().count(b'"e":"done"') for journal in journals)


def phase(state: Path) -> str:
    """Return in which phase the one job of a state folder is or was left, one of PHASES.

    Its journal says so. What comes before the first record is planning: the process may not even
    have its folder.
    """
    last = "planning"
    for journal in (state / "jobs").glob("*/journal.jsonl"):
        for record in records(journal.read_bytes()):
            match record:
                case Opened():
                    last = "converting"
                case Staged(JobState.MERGING):
                    last = "merging"
                case Ended(ended) if ended is not JobState.INTERRUPTED:
                    last = "end"
    return last


def wait_for_done(state: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the journal holds so many conversions, or the process has ended."""
    while done_count(state) < count and process.poll() is None:
        time.sleep(0.002)


def tree(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Return a process and all its descendants."""
    try:
        parent = psutil.Process(process.pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def session(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Return the processes left of those a job has started, itself included, dead or alive."""
    members = []
    for each in psutil.process_iter():
        with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
            if os.getsid(each.pid) == process.pid and each.status() != psutil.STATUS_ZOMBIE:
                members.append(each)
    return members


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
