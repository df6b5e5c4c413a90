"""The parts of one server, put together."""

from __future__ import annotations

import logging
import threading

from svg2pptx_batch.server.access import Access
from svg2pptx_batch.server.keys import KeyFile
from svg2pptx_batch.server.metrics import Metrics
from svg2pptx_batch.server.queue import Queue
from svg2pptx_batch.server.settings import ServerSettings, check_reach
from svg2pptx_batch.server.store import Store
from svg2pptx_batch.server.views import Scrubber

log = logging.getLogger(__name__)

_EXPIRE_S = 60.0
_DRAIN_S = 15.0


class House:
    """One server, without its HTTP.

    Args:
        settings: The operator's.

    Attributes:
        settings: The same.
        access: Lets requests in.
        store: Where the jobs are.
        queue: Runs them.
        metrics: Its figures.
        scrubber: Takes paths out of what clients are told.

    Raises:
        UsageError: A setting cannot be, or others could reach a server without keys.
        JobLockedError: Another server has the same data folder.
        OutputError: The data folder cannot be written.
    """

    def __init__(self, settings: ServerSettings) -> None:
        keys = KeyFile()
        check_reach(settings, len(keys.all()))
        self.settings = settings
        self.access = Access(settings, keys)
        self.store = Store(settings.data_dir)
        self.queue = Queue(
            settings, self.store, lambda record: self.metrics.count_job(str(record.state))
        )
        self.metrics = Metrics(self.queue.sizes)
        options = settings.options
        own = (options.template, options.resource_root, *options.font_dirs)
        self.scrubber = Scrubber(self.store, own)
        self._closing = threading.Event()

    def open(self) -> None:
        """Begin to work."""
        self.queue.start()
        threading.Thread(target=self._expire, name="expire", daemon=True).start()

    def drain(self) -> None:
        """Take no more jobs and leave those that run so that the next server goes on with them."""
        self.queue.drain(_DRAIN_S)

    def close(self) -> None:
        """Let the data folder go."""
        self._closing.set()
        self.store.close()

    def _expire(self) -> None:
        """Remove what is old, again and again; the life of a thread."""
        every_s = max(0.2, min(_EXPIRE_S, self.settings.keep_s / 4))
        while not self._closing.wait(every_s):
            try:
                self.queue.expire()
            except OSError as error:
                log.warning("what has expired cannot be removed: %s", error)
