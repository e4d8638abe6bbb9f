"""The one-cycle schedule of the product's trainer."""

import math


def one_cycle(step, steps, warm_up=0.15):
    """Factor on the learning rate: a cosine rise to 1, a cosine fall to almost nothing."""
    rise = max(1.0, warm_up * steps)
    if step < rise:
        return 0.04 + 0.96 * 0.5 * (1 - math.cos(math.pi * step / rise))
    progress = min(1.0, (step - rise) / max(1.0, steps - rise))
    return 1e-4 + (1 - 1e-4) * 0.5 * (1 + math.cos(math.pi * progress))
