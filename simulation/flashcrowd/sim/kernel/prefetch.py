"""A hint to the processor: a row of a table will be needed soon.

The members of a large society do not fit into the caches, and whoever comes next is known beforehand. Asked
for in time, its rows arrive while others are served. A hint changes no value, and may name a row beyond the
end.
"""

from typing import Any, Final

from llvmlite import ir
from numba.core import types
from numba.core.cgutils import get_item_pointer, get_or_insert_function
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

_READ, _KEEP_CLOSE, _DATA = 0, 3, 1
"""Arguments of LLVM's `prefetch`: what for, how close to the core, and from which cache."""


def _prefetch(_: Any, table: Any, row: Any) -> Any:
    """Numba's side of `prefetch`: its signature, and what generates its code."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = signature.args[0]
        array = make_array(kind)(context, builder, arguments[0])
        number = context.cast(builder, arguments[1], signature.args[1], types.intp)
        places = [number] + [context.get_constant(types.intp, 0)] * (kind.ndim - 1)
        byte, whole = ir.IntType(8).as_pointer(), ir.IntType(32)
        address = get_item_pointer(context, builder, kind, array, places, wraparound=False)
        hint = get_or_insert_function(
            builder.module, ir.FunctionType(ir.VoidType(), [byte, whole, whole, whole]), "llvm.prefetch.p0"
        )
        how = [whole(value) for value in (_READ, _KEEP_CLOSE, _DATA)]
        builder.call(hint, [builder.bitcast(address, byte), *how])
        return context.get_dummy_value()

    return types.void(table, row), generate


prefetch: Final[Any] = intrinsic(_prefetch)
"""`prefetch(table, row)`, from compiled code only: ask for the beginning of a row of an array."""
