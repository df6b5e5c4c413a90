"""A worker's supervisor and its one child, called as a cluster's worker calls them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from svg2pptx_batch.executors import guard
from svg2pptx_batch.executors.base import Call, Cancelled, Completed, Crashed, Failed, TimedOut
from svg2pptx_batch.executors.guard import Guarding, differences, run_guarded

WORK = "tests.executors.tasks:work"
TRAITS = "tests.executors.test_guard:own_traits"


def own_traits(about: bytes) -> dict[str, str]:
    return {"about": about.decode()}


def guarding(traits=None, about=b"this"):
    return Guarding(WORK, 0, (), TRAITS, about, traits or {"about": "this"})


def wanted():
    return False


def in_thread(work):
    """Run in a thread of its own, whose child is ended with it."""
    with ThreadPoolExecutor(1) as threads:
        try:
            return threads.submit(work).result(60)
        finally:
            threads.submit(guard._dismiss).result(60)


def run(*orders, timeout_s=30.0):
    return in_thread(
        lambda: [
            run_guarded(guarding(), Call(str(number), order, timeout_s), wanted)
            for number, order in enumerate(orders)
        ]
    )


def test_calls_come_back_and_what_breaks_the_child_costs_its_own_call():
    orders = [("echo", 1), ("pid",), ("raise", "no"), ("os_exit", 3), ("echo", 2)]
    outcomes = run(*orders)
    kinds = [type(each) for each in outcomes]
    assert kinds == [Completed, Completed, Failed, Crashed, Completed]
    assert (outcomes[0].value, outcomes[4].value) == (1, 2)


def test_a_call_beyond_its_limit_is_ended():
    (outcome,) = run(("sleep", 60.0), timeout_s=0.5)
    assert isinstance(outcome, TimedOut)


def test_an_unwanted_call_is_never_begun_or_is_killed():
    assert run_guarded(guarding(), Call("a", ("echo", 1)), lambda: True) == Cancelled("a")
    end = time.monotonic() + 1.0
    call = Call("b", ("sleep", 60.0))
    outcome = in_thread(lambda: run_guarded(guarding(), call, lambda: time.monotonic() > end))
    assert outcome == Cancelled("b")


def test_what_is_not_the_same_on_both_machines_is_named():
    assert differences(guarding()) == ()
    assert differences(guarding({"about": "this", "fonts": "f"})) == ("fonts",)
    assert differences(guarding(about=b"other")) == ("about",)
