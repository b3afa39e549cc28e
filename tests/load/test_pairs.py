"""Sets of pairs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.load.pairs import Pairs

MEMBER = st.one_of(st.integers(0, 5), st.integers(0, 2**31 - 1))


@given(st.lists(st.tuples(st.booleans(), st.tuples(MEMBER, MEMBER))), st.lists(st.tuples(MEMBER, MEMBER)))
def test_pairs_are_a_set_of_tuples(changes, asked):
    """What was added and not taken out is there, and nothing else is."""
    pairs, known = Pairs(), set()
    for comes, pair in changes:
        (pairs.add if comes else pairs.discard)(*pair)
        (known.add if comes else known.discard)(pair)
    asked += [pair for _, pair in changes] or [(0, 0)]
    first, second = np.array(asked, np.int32).T
    assert pairs.holds(first, second).tolist() == [pair in known for pair in asked]
    assert set(pairs) == known
    pairs.clear()
    assert list(pairs) == []
