"""What damaged and hostile archives do to those who read them."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib

BAD_MEMBER = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    IndexError,
    struct.error,
)
"""What reading a damaged or hostile archive raises, beside OSError, which is bzip2's word for it,
and MemoryError: an LZMA member says itself how much memory it is unpacked with."""
