"""Messages between the parent and one worker: two pipes, and a parent that never blocks.

The worker's side reads and writes blocking. The parent's side neither waits for the rest of a
message (a worker may be stopped in the middle of writing it) nor for room in a full pipe.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from multiprocessing.connection import Connection

_SIZE_BYTES = 4
_CHUNK_BYTES = 65536
_MESSAGE_PIPES = sys.platform == "win32"
"""Windows' pipes keep messages whole by themselves, and their handles are no file descriptors."""


class Channel:
    """One end of a pair of pipes.

    Args:
        reader: Where messages come from.
        writer: Where messages go.
        blocking: False for the parent's end.
    """

    def __init__(self, reader: Connection, writer: Connection, *, blocking: bool) -> None:
        self.reader = reader
        self._writer = writer
        self._inbox = bytearray()
        self._outbox: deque[memoryview] = deque()
        self.at_end = False
        self._input = reader.fileno()
        self._output = writer.fileno()
        if not blocking and not _MESSAGE_PIPES:
            os.set_blocking(self._input, False)
            os.set_blocking(self._output, False)

    @property
    def clogged(self) -> bool:
        """Whether posted messages still wait for room in the pipe."""
        return bool(self._outbox)

    def send(self, message: bytes) -> None:
        """Write a message, waiting for room; not safe for several threads at once.

        Raises:
            OSError: If the other end is gone.
        """
        if _MESSAGE_PIPES:
            self._writer.send_bytes(message)
            return
        rest: bytes | memoryview = _framed(message)
        while (written := os.write(self._output, rest)) < len(rest):
            rest = memoryview(rest)[written:]

    def receive(self) -> bytes:
        """Wait for the next message.

        Raises:
            EOFError: If the other end is gone.
        """
        if _MESSAGE_PIPES:
            return self.reader.recv_bytes()
        while (message := self._next()) is None:
            data = os.read(self._input, _CHUNK_BYTES)
            if not data:
                raise EOFError
            self._inbox += data
        return message

    def post(self, message: bytes) -> None:
        """Write a message as far as there is room; `flush` writes the rest.

        Nothing is said about an other end that is gone: `collect` will find it.
        """
        self.enqueue(message)
        self.flush()

    def enqueue(self, message: bytes) -> None:
        """Keep a message for the next `flush`, which writes it together with others.

        Pipes that keep messages whole write it at once.
        """
        if _MESSAGE_PIPES:
            try:
                self._writer.send_bytes(message)
            except OSError:
                self.at_end = True
            return
        self._outbox.append(memoryview(_framed(message)))

    def flush(self) -> None:
        """Write what is posted and unwritten, as far as there is room."""
        if len(self._outbox) > 1:
            joined = memoryview(b"".join(self._outbox))
            self._outbox.clear()
            self._outbox.append(joined)
        while self._outbox:
            try:
                written = os.write(self._output, self._outbox[0])
            except BlockingIOError:
                return
            except OSError:
                self._outbox.clear()
                return
            if written == len(self._outbox[0]):
                self._outbox.popleft()
            else:
                self._outbox[0] = self._outbox[0][written:]

    def collect(self) -> list[bytes]:
        """Take the whole messages that have come; sets `at_end` when the other end is gone."""
        self._read()
        messages = []
        while (message := self._next()) is not None:
            messages.append(message)
        return messages

    def drain(self) -> list[bytes]:
        """Take all whole messages of a process that has ended."""
        while self._read():
            pass
        return self.collect()

    def close(self) -> None:
        """Close both pipes; the other end meets the end of the file."""
        self.reader.close()
        self._writer.close()
        self._input = self._output = -1
        self._outbox.clear()

    def _read(self) -> bool:
        """Take in some of what has come; False when there was nothing."""
        if _MESSAGE_PIPES:
            try:
                if not self.reader.poll(0):
                    return False
                self._inbox += _framed(self.reader.recv_bytes())
            except (EOFError, OSError):
                self.at_end = True
            return not self.at_end
        try:
            data = os.read(self._input, _CHUNK_BYTES)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        self._inbox += data
        self.at_end = not data
        return not self.at_end

    def _next(self) -> bytes | None:
        """Cut the first whole message out of the inbox."""
        if len(self._inbox) < _SIZE_BYTES:
            return None
        end = _SIZE_BYTES + int.from_bytes(self._inbox[:_SIZE_BYTES], "little")
        if len(self._inbox) < end:
            return None
        message = bytes(self._inbox[_SIZE_BYTES:end])
        del self._inbox[:end]
        return message


def _framed(message: bytes) -> bytes:
    return len(message).to_bytes(_SIZE_BYTES, "little") + message
