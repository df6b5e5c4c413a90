"""Forms (RFC 7578) taken apart as they come: files into a folder, options aside."""

from __future__ import annotations

from collections.abc import Callable

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from svg2pptx_batch.server.problems import Problem
from svg2pptx_batch.server.uploads import Folder

_FILE_PARTS = frozenset({"file", "files", "files[]"})
_MAX_OTHER_PARTS = 16


class Form:
    """Takes a form.

    Args:
        content_type: Of the request, with its boundary.
        folder: Takes the files.

    Raises:
        Problem: 400, there is no boundary or one that cannot be.
    """

    def __init__(self, content_type: str, folder: Folder) -> None:
        self._folder = folder
        self._headers: dict[str, bytes] = {}
        self._field = b""
        self._value = b""
        self._take: Callable[[bytes], None] | None = None
        self._others = 0
        self._complete = False
        boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
        try:
            if not boundary:
                raise FormParserError("there is no boundary")
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._part_begin,
                    "on_part_data": self._part_data,
                    "on_part_end": self._part_end,
                    "on_header_field": self._header_field,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._headers_finished,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise _broken() from error

    def feed(self, data: bytes) -> None:
        """Take more of the form.

        Raises:
            Problem: 400 where it is broken, and what `Folder` raises.
        """
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _broken() from error

    def close(self) -> None:
        """See to it that the form has come to its end.

        Raises:
            Problem: 400, it has not.
        """
        if not self._complete:
            raise _broken()

    def _part_begin(self) -> None:
        self._headers = {}
        self._take = None

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._field.decode("latin-1").lower()] = self._value
        self._field = self._value = b""

    def _headers_finished(self) -> None:
        """Tell from its headers what a part is for."""
        disposition = self._headers.get("content-disposition", b"").decode("latin-1")
        options = parse_options_header(disposition)[1]
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if name in _FILE_PARTS:
            media_type, _ = parse_options_header(
                self._headers.get("content-type", b"").decode("latin-1")
            )
            file_name = options.get(b"filename", b"").decode("utf-8", "replace")
            self._folder.begin(file_name, media_type.decode("latin-1"))
            self._take = self._folder.write
            return
        self._others += 1
        if self._others > _MAX_OTHER_PARTS:
            raise Problem(400, "form", f"The form has more than {_MAX_OTHER_PARTS} other parts.")
        if name != "options":
            raise Problem(
                422,
                "form",
                f"The form has a part named {name[:80]!r}.",
                remedy="Name the parts file, files or options.",
            )
        self._take = self._folder.add_option

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._take is not None:
            self._take(data[start:end])

    def _part_end(self) -> None:
        self._folder.end()
        self._take = None

    def _end(self) -> None:
        self._complete = True


def _broken() -> Problem:
    return Problem(
        400,
        "form",
        "The form is broken, or has not come to its end.",
        remedy="Send multipart/form-data as RFC 7578 has it.",
    )
