"""Content codings of HTTP bodies, decoded up to a limit so that a compressed bomb stays small."""

import zlib
from importlib import import_module
from typing import Any, Final

from flashcrowd.core.errors import PlatformError

try:
    brotli: Any = import_module("brotli")
except ImportError:  # an optional coding: without it we do not offer it
    brotli = None

ACCEPTED: Final = b"gzip, deflate, br" if brotli is not None else b"gzip, deflate"
"""The value of our Accept-Encoding header."""

ANY_ZLIB: Final = zlib.MAX_WBITS | 32  # gzip or zlib, told apart by their first bytes
RAW_DEFLATE: Final = -zlib.MAX_WBITS  # what some servers send as "deflate"


def decoded(body: bytes, coding: bytes, limit: int) -> bytes:
    """The body without its content coding.

    Args:
        coding: value of the Content-Encoding header, lower case.
        limit: most bytes that may come out.

    Raises:
        PlatformError: when the coding is unknown, the body damaged, or more than `limit` comes out.
    """
    if coding in (b"", b"identity") or not body:
        return body
    if coding in (b"gzip", b"x-gzip", b"deflate"):
        return _inflated(body, coding, limit)
    if coding == b"br" and brotli is not None:
        return _unbrotlied(body, limit)
    raise PlatformError(f"content coding {coding[:40]!r} was not asked for")


def _inflated(body: bytes, coding: bytes, limit: int) -> bytes:
    try:
        return _unzipped(body, ANY_ZLIB, limit)
    except zlib.error:
        if coding != b"deflate":
            raise PlatformError("damaged gzip body") from None
    try:
        return _unzipped(body, RAW_DEFLATE, limit)
    except zlib.error:
        raise PlatformError("damaged deflate body") from None


def _unzipped(body: bytes, window: int, limit: int) -> bytes:
    unzip = zlib.decompressobj(window)
    plain = unzip.decompress(body, limit + 1)
    _refuse_large(plain, limit)
    if not unzip.eof:
        raise PlatformError("compressed body ends early")
    return plain


def _unbrotlied(body: bytes, limit: int) -> bytes:
    decompressor: Any = brotli.Decompressor()
    try:
        plain: bytes = decompressor.process(body, output_buffer_limit=limit + 1)
    except brotli.error:
        raise PlatformError("damaged br body") from None
    _refuse_large(plain, limit)
    if not decompressor.is_finished():
        raise PlatformError("compressed body ends early")
    return plain


def _refuse_large(plain: bytes, limit: int) -> None:
    if len(plain) > limit:
        raise PlatformError(f"body decompresses to more than {limit} bytes")
