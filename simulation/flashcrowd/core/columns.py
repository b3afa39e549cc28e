"""Arrow arrays over the memory of numpy arrays.

`pa.array` would import pandas first, which takes half a second: in a live run, from the members.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa


def arrow_column(values: Any, kind: pa.DataType) -> pa.Array:
    """The array of numbers or booleans of an Arrow type; the memory is shared where it can be.

    >>> arrow_column([True, False], pa.bool_()).to_pylist()
    [True, False]
    """
    column = np.ascontiguousarray(values, dtype=kind.to_pandas_dtype())
    memory = np.packbits(column, bitorder="little") if pa.types.is_boolean(kind) else column
    return pa.Array.from_buffers(kind, len(column), [None, pa.py_buffer(memory)])


@lru_cache(maxsize=64)
def arrow_words(words: tuple[str, ...]) -> pa.Array:
    """The array of some words.

    >>> arrow_words(("a", "bé")).to_pylist()
    ['a', 'bé']
    """
    encoded = [word.encode() for word in words]
    ends = np.cumsum([0, *(len(word) for word in encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(words), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))


def arrow_table(columns: Mapping[str, Any]) -> pa.Table:
    """The table of some numpy columns of numbers or booleans, in their own types."""
    arrays = [arrow_column(values, pa.from_numpy_dtype(values.dtype)) for values in columns.values()]
    return pa.Table.from_arrays(arrays, names=list(columns))
