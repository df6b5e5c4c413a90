"""Log files: lines that nobody can forge, the workers' records, a file a job."""

import json
import logging
import threading

import pytest

from svg2pptx_batch.executors.pool import PoolExecutor
from svg2pptx_batch.logs import JsonFormatter, LogFile, attached, job_log, name_task, task_scope
from tests.executors.calls import FUNCTION, run

LOG = logging.getLogger("svg2pptx_batch.tests")
EVIL = "a\n2026-01-01T00:00:00.000Z ERROR\x1b[2J\x85\u2028\u202egnp\u2066\udcff.svg"


@pytest.fixture
def written(tmp_path):
    """Log inside a block, return what the file holds."""

    def write(work, formatter=None):
        file = tmp_path / "run.log"
        with attached(LogFile(file, formatter), level=logging.DEBUG):
            work()
        return file.read_text("utf-8")

    return write


def evil():
    with task_scope("7", EVIL):
        LOG.warning("%s is bad", EVIL)
        try:
            raise ValueError(EVIL)
        except ValueError:
            LOG.exception("caught")


def test_no_name_forges_a_line_of_text(written):
    lines = written(evil).split("\n")
    told = "a\\n2026-01-01T00:00:00.000Z ERROR\\x1b[2J\\x85\\u2028\\u202egnp\\u2066\\udcff.svg"
    stamp, level, process, logger, rest = lines[0].split(maxsplit=4)
    assert stamp.endswith("Z") and process.isdigit()
    assert (level, logger, rest) == ("WARNING", LOG.name, f"#7 {told}: {told} is bad")
    assert lines[1].endswith(f"#7 {told}: caught")
    assert lines[2] == "    | Traceback (most recent call last):"
    assert all(line.startswith("    | ") for line in lines[2:-1])
    assert lines[-1] == ""
    assert all(line.isprintable() for line in lines)


def test_no_name_forges_a_line_of_json(written):
    text = written(evil, JsonFormatter())
    assert text.isascii() and text.count("\n") == 2
    first, second = map(json.loads, text.splitlines())
    assert first["message"] == f"{EVIL} is bad"
    assert (first["level"], first["logger"]) == ("warning", LOG.name)
    assert (first["task"], first["file"]) == ("7", EVIL)
    assert "details" not in first
    assert second["details"].startswith("Traceback (most recent call last)")
    assert set(first) == {"ts", "level", "logger", "message", "process", "task", "file"}


def test_details_may_be_given_as_text(written):
    text = written(lambda: LOG.error("died", extra={"details": "last\nwords", "task": "1"}))
    assert text.splitlines()[0].endswith("#1: died")
    assert text.splitlines()[1:] == ["    | last", "    | words"]


def test_records_of_the_workers_come_with_task_and_details(written):
    def work():
        with PoolExecutor(FUNCTION, workers=1) as executor:
            run(executor, ("log", EVIL, 2), ("log_error", "b.svg", "oops"), ("warn", "mind\nit"))

    records = [json.loads(line) for line in written(work, JsonFormatter()).splitlines()]
    assert [record["message"] for record in records[:2]] == [EVIL] * 2
    assert {record["task"] for record in records[:2]} == {"0"}
    assert (records[2]["task"], records[2]["file"]) == ("1", "b.svg")
    assert records[2]["details"].endswith("ValueError: oops")
    assert records[3]["logger"] == "py.warnings"
    assert "mind\nit" in records[3]["message"]
    assert len({record["process"] for record in records}) == 1


def test_a_task_s_file_is_forgotten_with_the_task(written):
    def work():
        with task_scope("1"):
            name_task("a.svg")
            LOG.info("within")
        name_task("b.svg")
        LOG.info("without")

    within, without = map(json.loads, written(work, JsonFormatter()).splitlines())
    assert within["file"] == "a.svg"
    assert "file" not in without and "task" not in without


def test_jobs_of_several_threads_have_logs_of_their_own(tmp_path):
    together = threading.Barrier(2, timeout=60)

    def job(name):
        with job_log(tmp_path / name):
            together.wait()
            LOG.warning("from %s", name)
            together.wait()

    threads = [threading.Thread(target=job, args=(name,)) for name in ("a.log", "b.log")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    LOG.warning("from nobody")
    for name in ("a.log", "b.log"):
        (line,) = (tmp_path / name).read_text().splitlines()
        assert line.endswith(f"from {name}")


def test_there_is_no_log_where_nothing_is_logged(tmp_path):
    with job_log(tmp_path / "job.log"):
        LOG.debug("not of interest")
    assert list(tmp_path.iterdir()) == []


def test_a_log_grows_and_the_level_is_put_back(tmp_path):
    before = logging.getLogger("svg2pptx_batch").level
    for number in range(2):
        with attached(LogFile(tmp_path / "run.log"), level=logging.DEBUG):
            LOG.debug("run %d", number)
        LOG.debug("between")
    lines = (tmp_path / "run.log").read_text().splitlines()
    assert [line.rpartition(": ")[2] for line in lines] == ["run 0", "run 1"]
    assert logging.getLogger("svg2pptx_batch").level == before


def test_a_log_that_cannot_be_written_disturbs_nobody(tmp_path, capsys):
    handler = LogFile(tmp_path / "gone" / "run.log")
    with attached(handler):
        LOG.warning("lost")
    assert isinstance(handler.failure, FileNotFoundError)
    assert capsys.readouterr() == ("", "")
    with pytest.raises(FileNotFoundError):
        LogFile(tmp_path / "gone" / "run.log").open()
