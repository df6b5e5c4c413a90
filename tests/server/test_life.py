"""A server through its life: killed, stopped, started again; its keys, bounds and leavings."""

import io
import json
import os
import subprocess
import time

import pytest
from pptx import Presentation

from svg2pptx_batch.server.keys import KeyFile
from tests.server.test_routes import is_problem
from tests.support.jobs import environment
from tests.support.servers import LIMIT_S, slow_drawing, zipped

httpx = pytest.importorskip("httpx", reason="httpx is not installed")


def until(wanted):
    end = time.monotonic() + LIMIT_S
    while not wanted():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_killed_in_the_middle_of_ten_jobs_all_of_them_end(serving):
    server = serving()
    jobs = [
        server.accepted(
            zipped(12, first=100 * number, make=slow_drawing),
            headers={"Idempotency-Key": f"job {number}"},
        )
        for number in range(10)
    ]
    server.wait_for(jobs[0], lambda status: status["counts"]["done"] > 0)
    server.kill()
    (server.state / "server" / "uploads" / "half").mkdir()
    again = serving()
    assert not list((server.state / "server" / "uploads").iterdir())
    repeated = again.accepted(
        zipped(12, first=300, make=slow_drawing), headers={"Idempotency-Key": "job 3"}
    )
    assert repeated == jobs[3]
    for job in jobs:
        status = again.ended(job)
        failures = [file for file in status["files"] if file.get("code")]
        assert (status["state"], failures) == ("done", [])
        deck = again.client.get(f"/batch/download/{job}").content
        assert len(Presentation(io.BytesIO(deck)).slides) == 12
    assert again.stop() == 0


def test_stopped_in_order_jobs_are_left_to_go_on(serving):
    server = serving()
    running = server.accepted(zipped(40, make=slow_drawing))
    waiting = [server.accepted(zipped(3, first=500 * n)) for n in range(1, 4)]
    server.wait_for(running, lambda status: status["counts"]["done"] > 0)
    assert server.stop() == 0
    assert "go on with the next start" in server.told
    again = serving()
    before = again.status(running)["counts"]["done"]
    assert before > 0
    for job in (running, *waiting):
        assert again.ended(job)["state"] == "done"


def test_while_it_ends_a_server_takes_no_jobs(serving):
    server = serving()
    server.accepted(zipped(3, make=slow_drawing))
    job = server.accepted(zipped(30, first=50, make=slow_drawing))
    server.wait_for(job, lambda status: status["state"] == "running")
    server.client.get("/readyz")  # a connection that stays
    server.process.terminate()
    refused = []

    def answers():
        try:
            refused.append(server.client.get("/readyz"))
        except httpx.HTTPError:  # the server is gone
            return True
        return refused[-1].status_code == 503

    until(answers)
    if refused and refused[-1].status_code == 503:
        assert is_problem(refused[-1], 503, "stopping")
    assert server.process.wait(LIMIT_S) == 0


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_the_second_signal_ends_at_once_and_loses_nothing(serving):
    server = serving()
    job = server.accepted(zipped(30, make=slow_drawing))
    server.wait_for(job, lambda status: status["counts"]["done"] > 0)
    server.process.terminate()
    until(lambda: "Ending" in server.told)
    server.process.terminate()
    assert server.process.wait(LIMIT_S) in (0, 143)
    assert serving().ended(job)["state"] == "done"


def test_a_second_server_does_not_take_the_same_folder(serving, start, tmp_path):
    server = serving()
    process = start(
        "serve", "--port", "0", env=environment(server.state), stdout=subprocess.DEVNULL
    )
    _, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 5
    assert b"--data-dir" in err


def test_what_has_expired_is_gone(serving):
    server = serving("--keep", "2s")
    job = server.accepted(zipped(2), headers={"Idempotency-Key": "once"})
    server.ended(job)
    folder = server.state / "server" / "jobs" / job
    assert (folder / "output").exists()
    assert list((server.state / "jobs").iterdir())
    until(lambda: server.client.get(f"/batch/status/{job}").status_code != 200)
    assert is_problem(server.client.get(f"/batch/status/{job}"), 410, "expired")
    assert is_problem(server.client.get(f"/batch/download/{job}"), 410)
    assert is_problem(server.client.get(f"/batch/{job}/events"), 410)
    assert is_problem(server.client.delete(f"/batch/{job}"), 410)
    assert [path.name for path in folder.iterdir()] == ["record.json"]
    assert not list((server.state / "jobs").iterdir())
    assert server.accepted(zipped(2), headers={"Idempotency-Key": "once"}) != job
    until(lambda: server.client.get(f"/batch/status/{job}").status_code == 404)


def test_a_record_that_is_not_understood_costs_no_result(serving):
    server = serving()
    job, other = (server.accepted(zipped(1, first=n)) for n in range(2))
    server.ended(job)
    server.ended(other)
    assert server.stop() == 0
    folder = server.state / "server" / "jobs" / job
    (folder / "record.json").write_text('{"v": 2}')
    half = folder.with_name("half-removed")
    half.mkdir()
    again = serving()
    assert is_problem(again.client.get(f"/batch/status/{job}"), 404)
    assert again.status(other)["state"] == "done"
    assert list((folder / "output").iterdir())
    assert not half.exists()


def test_a_job_belongs_to_its_key(serving, new_key):
    ours, theirs = new_key("ours"), new_key("theirs")
    server = serving(key=ours)
    idempotent = {"Idempotency-Key": "the same"}
    job = server.accepted(zipped(2), headers=idempotent)
    server.ended(job)
    other = {"Authorization": f"Bearer {theirs}"}
    for method, path in (
        ("GET", f"/batch/status/{job}"),
        ("GET", f"/batch/download/{job}"),
        ("GET", f"/batch/{job}/events"),
        ("DELETE", f"/batch/{job}"),
    ):
        assert is_problem(server.client.request(method, path, headers=other), 404, "no-job")
        for bad in ("", "Bearer", f"Bearer {ours}x", f"Basic {ours}", "Bearer \xff"):
            answer = server.client.request(
                method, path, headers={"Authorization": bad.encode("latin-1")}
            )
            assert is_problem(answer, 401, "key")
            assert "Bearer" in answer.headers["www-authenticate"]
    assert server.accepted(zipped(2), headers={**idempotent, **other}) != job
    assert is_problem(server.send_zip(zipped(1), headers={"Authorization": ""}), 401)
    assert is_problem(server.client.get("/metrics", headers={"Authorization": ""}), 401)
    assert server.client.get("/livez", headers={"Authorization": ""}).status_code == 200
    assert server.status(job)["state"] == "done"
    KeyFile(server.state / "keys.json").revoke("ours")
    assert is_problem(server.client.get(f"/batch/status/{job}"), 401)


def test_with_keys_others_are_let_in_and_without_any_more_nobody(serving, new_key):
    key = new_key("portal")
    server = serving("--host", "0.0.0.0", key=key)
    assert server.ended(server.accepted(zipped(1)))["state"] == "done"
    KeyFile(server.state / "keys.json").revoke("portal")
    assert is_problem(server.client.get("/metrics", headers={"Authorization": ""}), 401)
    (server.state / "keys.json").write_text("broken")
    assert is_problem(server.client.get("/metrics"), 503, "keys")


def test_bounds_of_the_queue_and_of_a_key(serving, new_key):
    ours, theirs = new_key("ours"), new_key("theirs")
    other = {"Authorization": f"Bearer {theirs}"}
    server = serving("--max-queue", "4", "--quota-jobs", "3", "--quota-bytes", "1500kB", key=ours)
    jobs = [server.accepted(zipped(30, first=99 * n, make=slow_drawing)) for n in range(3)]
    full = server.send_zip(zipped(1))
    assert is_problem(full, 429, "too-many-jobs")
    assert int(full.headers["retry-after"]) >= 1
    theirs_job = server.accepted(zipped(30, first=900, make=slow_drawing), headers=other)
    full = server.send_zip(zipped(1), headers=other)
    assert is_problem(full, 503, "queue-full")
    assert int(full.headers["retry-after"]) >= 1
    for job in jobs:
        server.client.delete(f"/batch/{job}")
    for job in jobs:
        server.ended(job)
    large = zipped(20, make=lambda n: json.dumps([n * x for x in range(40_000)]).encode())
    assert len(large) > 1_500_000
    assert is_problem(server.send_zip(large), 429, "too-many-bytes")
    server.client.delete(f"/batch/{theirs_job}", headers=other)
    assert server.ended(server.accepted(zipped(1)))["state"] == "done"


def test_rates(serving):
    server = serving("--rate", "5/minute")
    answers = [server.client.get("/metrics") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert is_problem(answers[-1], 429, "too-many-requests")
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert server.client.get("/livez").status_code == 200


@pytest.mark.parametrize("waits", [False, True])
def test_a_job_being_read_is_cancelled(serving, waits):
    server = serving()
    first = [server.accepted(zipped(20, first=70 * n, make=slow_drawing)) for n in range(2)]
    job = server.accepted(zipped(2000, first=5000)) if waits else first[-1]
    assert server.client.delete(f"/batch/{job}").status_code == 202
    assert server.ended(job)["state"] == "cancelled"
    assert server.ended(first[0])["state"] == "done"


def test_events_are_heard_again_from_where_they_were_lost(serving):
    server = serving()
    job = server.accepted(zipped(12, make=slow_drawing))
    ids = []
    with server.client.stream("GET", f"/batch/{job}/events") as answer:
        for line in answer.iter_lines():
            if line.startswith("id: "):
                ids.append(line[4:])
            if len(ids) == 4:
                break
    with server.client.stream(
        "GET", f"/batch/{job}/events", headers={"Last-Event-ID": ids[-1]}
    ) as answer:
        later = [line[4:] for line in answer.iter_lines() if line.startswith("id: ")]
    assert not set(ids) & set(later)
    numbers = [int(each.partition("-")[2]) for each in (*ids, *later)]
    assert numbers == list(range(1, len(numbers) + 1))
