"""Every route and every error of a server, asked over HTTP."""

import contextlib
import io
import json
import socket
import time
import zipfile

import pytest
from pptx import Presentation

from tests.support.servers import BROKEN, GOOD, drawing, zipped
from tests.support.zips import Archive, Member

SVG = "image/svg+xml"


def is_problem(answer, status, code=None):
    """Tell whether an answer is a whole and harmless set of problem details."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    told = answer.json()
    assert told["status"] == status
    assert told["type"] and told["title"] and told["detail"]
    for leak in ("Traceback", "/tmp", "/root", "site-packages", ".py"):
        assert leak not in answer.text
    return code is None or told["code"] == code


def send_files(server, *files, **options):
    parts = [("files", file) for file in files]
    return server.client.post("/batch/convert-files", files=parts, **options)


def test_a_zip_becomes_a_deck(server):
    answer = server.send_zip(zipped(5))
    assert answer.status_code == 202
    job = answer.json()["id"]
    assert answer.headers["location"] == f"/batch/status/{job}"
    assert int(answer.headers["retry-after"]) >= 1
    status = server.ended(job)
    assert (status["state"], status["progress"]) == ("done", 1.0)
    assert [file["name"] for file in status["files"]] == [f"icons/icon{n}.svg" for n in range(5)]
    answer = server.client.get(status["links"]["download"])
    assert answer.status_code == 200
    assert "presentationml" in answer.headers["content-type"]
    assert 'filename="icons.pptx"' in answer.headers["content-disposition"]
    assert len(Presentation(io.BytesIO(answer.content)).slides) == 5


def test_a_raw_zip_becomes_a_zip_of_decks(server):
    answer = server.client.post(
        "/batch/convert-zip",
        params={"options": json.dumps({"mode": "zip"}), "name": "logos"},
        content=zipped(3),
        headers={"Content-Type": "application/zip"},
    )
    job = answer.json()["id"]
    status = server.ended(job)
    assert status["result"]["name"] == "logos.zip"
    data = server.client.get(f"/batch/download/{job}").content
    assert len(data) == status["result"]["bytes"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == [f"icons/icon{number}.pptx" for number in range(3)]


def test_drawings_become_a_deck_and_each_has_its_row(server):
    answer = send_files(
        server,
        ("b.svg", GOOD, SVG),
        ("a.svg", BROKEN, SVG),
        data={"options": json.dumps({"text": "outline", "slide-size": "4:3"})},
    )
    status = server.ended(answer.json()["id"])
    assert status["state"] == "partial"
    broken, good = status["files"]
    assert (broken["name"], broken["state"], broken["code"], broken["line"]) == (
        *("a.svg", "invalid", "xml", 3),
    )
    assert (good["name"], good["state"]) == ("b.svg", "done")
    deck = Presentation(io.BytesIO(server.client.get(status["links"]["download"]).content))
    assert deck.slide_width / deck.slide_height == pytest.approx(4 / 3)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../../etc/passwd.svg", "passwd.svg"),
        ("C:\\Windows\\evil.svg", "evil.svg"),
        ("/absolute/x.svg", "x.svg"),
        (".hidden.svg", "_.hidden.svg"),
        ("CON.svg", "_CON.svg"),
        ("a\u202egvs.svg", "a_gvs.svg"),
        ("..", "drawing.svg"),
        ("zwölf 図.svg", "zwölf 図.svg"),
    ],
)
def test_a_name_that_was_sent_is_never_a_path(server, sent, kept):
    boundary = b"xyz"
    body = (
        b'--xyz\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n'
        b"Content-Type: image/svg+xml\r\n\r\n%s\r\n--xyz--\r\n"
    ) % (sent.replace("\\", "\\\\").encode(), GOOD)
    answer = server.client.post(
        "/batch/convert-files",
        content=body,
        headers={"Content-Type": f"multipart/form-data; boundary={boundary.decode()}"},
    )
    assert answer.status_code == 202, answer.text
    (row,) = server.ended(answer.json()["id"])["files"]
    assert (row["name"], row["state"]) == (kept, "done")


def test_drawings_of_the_same_name_are_kept_apart(server):
    answer = send_files(server, *((name, GOOD, SVG) for name in ("a.svg", "x/a.svg", "A.SVG")))
    status = server.ended(answer.json()["id"])
    assert status["counts"]["done"] == 3


def test_ranges(server):
    job = server.accepted(zipped(2))
    server.ended(job)
    path = f"/batch/download/{job}"
    whole = server.client.get(path)
    part = server.client.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole.content)}"
    last = server.client.get(path, headers={"Range": "bytes=-5"})
    assert last.content == whole.content[-5:]
    changed = server.client.get(path, headers={"Range": "bytes=0-1", "If-Range": '"other"'})
    assert changed.status_code == 200
    assert server.client.head(path).headers["content-length"] == str(len(whole.content))
    answer = server.client.get(path, headers={"Range": f"bytes={len(whole.content)}-"})
    assert is_problem(answer, 416)
    assert answer.headers["content-range"] == f"bytes */{len(whole.content)}"
    assert is_problem(server.client.get(path, headers={"Range": "bytes=x"}), 400)


def test_events(server):
    job = server.accepted(zipped(4, first=9_000))
    heard, ids, name = [], [], ""
    with server.client.stream("GET", f"/batch/{job}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "id":
                ids.append(value)
            elif field == "data":
                heard.append((name, json.loads(value)))
    names = [name for name, _ in heard]
    assert (names[0], names[-1]) == ("status", "status")
    assert heard[-1][1]["state"] == "done"
    if "start" in names:  # the job had not ended before it was listened to
        assert names.count("task") == 4
        assert names[-2] == "summary"
        assert len(set(ids)) == len(names) - 2
    text = json.dumps(heard)
    assert "/tmp" not in text and '"folder"' not in text and '"output"' not in text
    with server.client.stream("GET", f"/batch/{job}/events") as answer:
        assert answer.read().count(b"event: status") == 1


def test_a_job_that_waits_or_runs_is_cancelled_and_then_removed(server):
    jobs = [server.accepted(zipped(400, first=n * 1000)) for n in range(3)]
    for job in reversed(jobs):
        answer = server.client.delete(f"/batch/{job}")
        assert answer.status_code == 202, answer.text
    for job in jobs:
        status = server.ended(job)
        assert status["state"] == "cancelled"
        assert status["error"]["code"] == "cancelled"
        assert is_problem(server.client.get(f"/batch/download/{job}"), 409, "no-result")
        assert server.client.delete(f"/batch/{job}").status_code == 204
        assert is_problem(server.client.get(f"/batch/status/{job}"), 404, "no-job")
        assert is_problem(server.client.delete(f"/batch/{job}"), 404)
        assert not list((server.state / "server" / "jobs").glob(job))


def test_nothing_to_download_before_the_end(server):
    job = server.accepted(zipped(300, first=50_000))
    answer = server.client.get(f"/batch/download/{job}")
    assert is_problem(answer, 409, "unfinished")
    assert "retry-after" in answer.headers
    server.client.delete(f"/batch/{job}")


def test_idempotency(server):
    key = {"Idempotency-Key": "abc-1"}
    first = server.send_zip(zipped(2), headers=key)
    again = server.send_zip(zipped(2), headers=key)
    assert again.status_code == 202
    assert first.json()["id"] == again.json()["id"]
    other = server.send_zip(zipped(3), headers=key)
    assert is_problem(other, 422, "idempotency-key")
    options = server.send_zip(zipped(2), headers=key, data={"options": '{"fit": "cover"}'})
    assert is_problem(options, 422, "idempotency-key")
    assert server.send_zip(zipped(2)).json()["id"] != first.json()["id"]
    too_long = server.send_zip(zipped(2), headers={"Idempotency-Key": "x" * 300})
    assert is_problem(too_long, 422)


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        ("{", 400, "no JSON object"),
        ("[1]", 400, "no JSON object"),
        ('{"colour": "red"}', 422, "no such option"),
        ('{"slide_size": "a4"}', 422, "did you mean slide-size?"),
        ('{"template": "/etc/passwd"}', 422, "clients cannot choose it"),
        ('{"font-dir": ["/"]}', 422, "clients cannot choose it"),
        ('{"resource-root": "/"}', 422, "clients cannot choose it"),
        ('{"append-to": "x"}', 422, "clients cannot choose it"),
        ('{"jobs": 99}', 422, "clients cannot choose it"),
        ('{"max-total-size": "9GB"}', 422, "clients cannot choose it"),
        ('{"fit": "bent"}', 422, "is none of"),
        ('{"fit": null}', 422, "is wanted"),
        ('{"margin": "3em"}', 422, "margin"),
        ('{"margin": %s}' % ("9" * 400), 422, "margin"),
        ('{"mode": "folder"}', 422, "cannot be downloaded"),
        ('{"slide-size": "huge"}', 422, "huge"),
        ('{"grid": "0x0"}', 422, "0x0"),
        ('{"grid": "2x2", "mode": "zip"}', 422, "Contact sheets"),
        ('{"name-template": "../{stem}"}', 422, "name template"),
        ('{"background": "%s"}' % ("x" * 500), 422, "200 characters"),
    ],
)
def test_options_that_cannot_be(server, options, status, words):
    answer = server.send_zip(zipped(1), data={"options": options})
    assert is_problem(answer, status)
    assert words in answer.text


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b"", 415),
        ({"Content-Type": "text/plain"}, b"x", 415),
        ({"Content-Type": "application/json"}, b"{}", 415),
        ({"Content-Type": "application/zip", "Content-Encoding": "gzip"}, b"x", 415),
        ({"Content-Type": "application/zip"}, b"", 400),
        ({"Content-Type": "application/zip"}, b"no zip", 400),
        ({"Content-Type": "application/zip"}, zipped(3)[:-30], 400),
        ({"Content-Type": "multipart/form-data"}, b"x", 400),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"x", 400),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"--x--\r\n", 400),
        ({"Content-Type": f"multipart/form-data; boundary={'x' * 999}"}, b"x", 400),
        ({"Content-Type": "application/zip"}, b"x" * (2 << 20) + b"x", 413),
    ],
)
def test_bodies_that_cannot_be(server, headers, body, status):
    assert is_problem(
        server.client.post("/batch/convert-zip", headers=headers, content=body), status
    )


@pytest.mark.parametrize("name", ["file", "files", "other"])
def test_parts_that_cannot_be(server, name):
    parts = {name: ("a.png", b"\x89PNG", "image/png")}
    answer = server.client.post("/batch/convert-files", files=parts)
    assert is_problem(answer, 422 if name == "other" else 415)
    many = [("file", ("a.zip", zipped(1))), ("file", ("b.zip", zipped(1)))]
    assert is_problem(server.client.post("/batch/convert-zip", files=many), 413)
    headers = "".join(f"x{n}: y\r\n" for n in range(100))
    body = f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n{headers}\r\nx\r\n--x--'
    answer = server.client.post(
        "/batch/convert-files",
        content=body.encode(),
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert is_problem(answer, 400)


def test_too_large_even_where_the_length_is_not_told(server):
    def pieces():
        for _ in range(50):
            yield b"x" * 65_536

    answer = server.client.post(
        "/batch/convert-zip", content=pieces(), headers={"Content-Type": "application/zip"}
    )
    assert is_problem(answer, 413, "too-large")
    options = server.send_zip(zipped(1), data={"options": '{"fit": "%s"}' % ("x" * 70_000)})
    assert is_problem(options, 413, "options-too-large")


def test_a_zip_bomb_costs_its_own_job(server):
    bomb = bytes(Archive([Member(name=b"bomb.svg", data=b"\0" * (80 << 20))]))
    status = server.ended(server.accepted(bomb))
    assert status["state"] == "failed"
    climbing = bytes(Archive([Member(name=b"../../climber.svg"), Member(name=b"good.svg")]))
    status = server.ended(server.accepted(climbing))
    assert (status["state"], status["counts"]["done"]) == ("partial", 1)
    assert not list(server.state.rglob("climber*"))
    overlapping = Archive([Member(name=b"a.svg"), Member(name=b"b.svg", offset=0)])
    status = server.ended(server.accepted(bytes(overlapping)))
    assert (status["state"], status["error"]["code"]) == ("failed", "archive")
    assert "/" not in status["error"]["message"].replace("and/or", "")


def test_an_upload_that_breaks_off_or_stands_still(server):
    host, port = server.url.removeprefix("http://").split(":")
    head = (
        f"POST /batch/convert-zip HTTP/1.1\r\nHost: {host}:{port}\r\n"
        "Content-Type: application/zip\r\nContent-Length: 1000\r\n\r\nPK"
    ).encode()
    with socket.create_connection((host, int(port)), timeout=60) as slow:
        slow.sendall(head)
        with socket.create_connection((host, int(port)), timeout=60) as broken:
            broken.sendall(head)
        answer = slow.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"application/problem+json" in answer
    end = time.monotonic() + 60
    while list((server.state / "server" / "uploads").iterdir()):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_heads_that_are_too_large(server):
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as client:
        with contextlib.suppress(ConnectionError):
            client.sendall(b"GET /livez HTTP/1.1\r\nX-Much: " + b"x" * (4 << 20))
        with contextlib.suppress(ConnectionError):
            assert client.recv(65_536)[:12] in (b"HTTP/1.1 400", b"")
    assert server.client.get("/livez").status_code == 200


def test_unknown_routes_methods_and_jobs(server):
    assert is_problem(server.client.get("/nowhere"), 404)
    assert is_problem(server.client.get("/batch/status/"), 404)
    answer = server.client.put("/livez")
    assert is_problem(answer, 405)
    assert answer.headers["allow"] == "GET"
    for job in ("0b7e6a52-3a0c-4a53-9d0c-6d2b1f0a7c11", "x", "..%2f..%2fkeys", "%00"):
        assert is_problem(server.client.get(f"/batch/status/{job}"), 404)
        assert is_problem(server.client.get(f"/batch/download/{job}"), 404)
        assert is_problem(server.client.get(f"/batch/{job}/events"), 404)
        assert is_problem(server.client.delete(f"/batch/{job}"), 404)


def test_other_pages_are_not_answered_on_a_server_without_keys(server):
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
        answer = server.send_zip(zipped(1), headers=headers)
        assert is_problem(answer, 400, "origin")
    assert server.send_zip(zipped(1), headers={"Origin": server.url}).status_code == 202


def test_health_and_figures(server):
    assert server.client.get("/livez").text == "ok\n"
    assert server.client.get("/readyz").text == "ok\n"
    server.ended(server.accepted(zipped(1)))
    text = server.client.get("/metrics").text
    assert 'svg2pptx_jobs_total{state="done"}' in text
    assert 'svg2pptx_requests_total{method="GET",route="/livez",status="200"}' in text
    assert "svg2pptx_jobs_waiting 0.0" in text


def test_the_page_holds_no_code_inline(server):
    page = server.client.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "<script>" not in page.text and " style=" not in page.text and "onclick" not in page.text
    for path in ("/page.js", "/page.css"):
        assert server.client.get(path).status_code == 200
        assert path in page.text


def test_a_drawing_too_large_is_told(serving):
    server = serving("--isolated")
    big = b"<svg" + b" " * (65 << 20)
    assert is_problem(send_files(server, ("a.svg", big, SVG)), 413, "file-too-large")
    rows = [(f"{n}.svg", drawing(n), SVG) for n in range(20)]
    assert server.ended(send_files(server, *rows).json()["id"])["counts"]["done"] == 20
