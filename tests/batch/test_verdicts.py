"""What is said of a file whose conversion did not end by itself."""

from __future__ import annotations

import pytest

from svg2pptx_batch.batch.verdicts import verdict
from svg2pptx_batch.executors.base import Crashed, OutOfMemory, TimedOut


@pytest.mark.parametrize(
    ("outcome", "state", "code", "words"),
    [
        (TimedOut("1", 2.5), "timeout", "timeout", "within 2.5 s"),
        (OutOfMemory("1", 5), "out-of-memory", "out-of-memory", "more memory than allowed"),
        (Crashed("1", -9), "crashed", "crashed", "(SIGKILL)"),
        (Crashed("1", -77), "crashed", "crashed", "(signal 77)"),
        (Crashed("1", 3), "crashed", "crashed", "(exit status 3)"),
        (Crashed("1", None), "crashed", "crashed", "(it vanished)"),
    ],
)
def test_every_end_has_state_words_and_remedy(outcome, state, code, words):
    failure = verdict("a/b.svg", outcome)
    assert (failure.state, failure.code) == (state, code)
    assert words in failure.message
    assert "a/b.svg" in failure.message
    assert failure.remedy
