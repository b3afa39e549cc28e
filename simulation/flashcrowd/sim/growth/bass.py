"""Bass's diffusion: some sign up unprompted, the others the sooner the more are there."""

from typing import Any

import numpy as np

from flashcrowd.core.growth import Growth


def sign_ups(settings: Growth, u: Any, circle: Any) -> Any:
    """The times at which Bass's curve has reached each share `u`.

    F(t) = (1 - e^-(p+q)t) / (1 + q/p e^-(p+q)t), solved for t (Bass, Management Science 1969, equation 9).
    The default p 0.03 and q 0.38 a year are the means over many products (Sultan, Farley & Lehmann, Journal
    of Marketing Research 1990), known through secondary texts.
    """
    p, q = settings.innovation, settings.imitation
    return settings.period * np.log((1.0 + q / p * u) / (1.0 - u)) / (p + q)
