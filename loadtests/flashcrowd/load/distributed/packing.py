"""Columns as bytes for a message, in pieces of bounded size."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa

from flashcrowd.core.columns import arrow_table
from flashcrowd.load.recorder import Columns

PIECE_ROWS: Final = 4096
"""Rows of one message: some hundred kB, so that heartbeats never wait long behind one."""

PIECE_BYTES: Final = 256 * 1024

OPTIONS: Final = pa.ipc.IpcWriteOptions(compression="zstd")


def pieces(columns: Columns, rows: int = PIECE_ROWS) -> Iterator[bytes]:
    """The rows of a table, at most `rows` a piece, as Arrow streams."""
    table = arrow_table(columns)
    for begin in range(0, table.num_rows, rows):
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema, options=OPTIONS) as stream:
            stream.write_table(table.slice(begin, rows))
        yield sink.getvalue().to_pybytes()


def columns_of(piece: bytes) -> Columns:
    """The columns of a piece."""
    table = pa.ipc.open_stream(piece).read_all()
    return {name: table[name].to_numpy() for name in table.column_names}


def slices(data: bytes, size: int = PIECE_BYTES) -> list[bytes]:
    """Bytes in pieces of at most `size`, at least one.

    >>> slices(b"abcde", 2)
    [b'ab', b'cd', b'e']
    """
    return [data[begin : begin + size] for begin in range(0, len(data), size)] or [b""]


def joined(tables: list[Columns]) -> dict[str, Any]:
    """The rows of several tables with the same columns, one after the other."""
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
