"""Rows that wait for their part, on disk meanwhile: an Arrow stream that only grows.

What is added costs what it weighs, however much is there already. A stream that was torn in the middle of a
write, because its process was killed or the disk was full, is read up to its last whole batch.
"""

from pathlib import Path
from typing import Any, Final

import pyarrow as pa

SUFFIX: Final = ".open.arrows"


class OpenPart:
    """One part until it is closed.

    Args:
        path: of the stream; made when the first rows come.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path = path
        self._schema = schema
        self._file: Any = None
        self._stream: Any = None
        self.rows = 0

    def append(self, table: pa.Table) -> None:
        """Put rows on disk behind those that are there.

        Raises:
            OSError: when they cannot be written.
        """
        if self._stream is None:
            self._file = pa.OSFile(str(self._path), "wb")
            self._stream = pa.ipc.new_stream(self._file, self._schema)
        self._stream.write_table(table.combine_chunks())
        self.rows += table.num_rows

    def remove(self) -> None:
        """Take the stream away: its rows are elsewhere."""
        stream, self._stream = self._stream, None
        if stream is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)


def read_open_part(path: Path, schema: pa.Schema) -> pa.Table:
    """The rows of a stream, as far as they were written whole; none when not even its beginning was.

    Raises:
        FileNotFoundError: when there is no such stream (any more).
    """
    with pa.OSFile(str(path)) as file:
        batches: list[pa.RecordBatch] = []
        try:
            stream = pa.ipc.open_stream(file)
        except (OSError, pa.ArrowException):
            return schema.empty_table()
        while True:
            try:
                batches.append(stream.read_next_batch())
            except (StopIteration, OSError, pa.ArrowException):
                return pa.Table.from_batches(batches, stream.schema)
