"""The events of a job on their way from the thread that runs it to those who listen (SSE).

A channel keeps the last few hundred events. Who connects hears those first; who comes back with
`Last-Event-ID` hears what it missed. A slow listener holds up nobody: it skips what it is too late
for.
"""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections import deque
from collections.abc import AsyncIterator

from svg2pptx_batch.batch.events import Event

_KEPT = 500


class Channel:
    """The events of one job while it waits or runs.

    Attributes:
        ended: Whether the last event has been told.
    """

    def __init__(self) -> None:
        self.ended = False
        self._name = uuid.uuid4().hex[:8]
        self._events: deque[Event] = deque(maxlen=_KEPT)
        self._told = 0
        self._mutex = threading.Lock()
        self._waiting: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    def hear(self, event: Event) -> None:
        """Take an event; called by the thread that runs the job."""
        with self._mutex:
            self._events.append(event)
            self._told += 1
        self._wake()

    def end(self) -> None:
        """Say that there will be no more."""
        self.ended = True
        self._wake()

    def place_of(self, event_id: str) -> int:
        """Return the place after an event, 0 where it is none of ours."""
        name, _, number = event_id.partition("-")
        if name == self._name and number.isascii() and number.isdigit() and len(number) < 10:
            return min(int(number), self._told)
        return 0

    async def listen(
        self, place: int, heartbeat_s: float
    ) -> AsyncIterator[tuple[str, Event] | None]:
        """Yield events with their ids, None where there has been none for a while.

        Args:
            place: Events up to there are known already.
            heartbeat_s: How long a while is.
        """
        news = asyncio.Event()
        self._waiting[news] = asyncio.get_running_loop()
        try:
            while True:
                news.clear()
                ended = self.ended
                with self._mutex:
                    missed = list(self._events)[-(self._told - place) :]
                    missed = missed if place < self._told else []
                    first = self._told - len(missed)
                    place = self._told
                for number, event in enumerate(missed, first + 1):
                    yield f"{self._name}-{number}", event
                if ended:
                    return
                try:
                    async with asyncio.timeout(heartbeat_s):
                        await news.wait()
                except TimeoutError:
                    yield None
        finally:
            del self._waiting[news]

    def _wake(self) -> None:
        for news, loop in list(self._waiting.items()):
            if not news.is_set() and not loop.is_closed():
                loop.call_soon_threadsafe(news.set)
