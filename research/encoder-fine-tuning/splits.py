"""Which queries are learnt from and which are held out."""

import hashlib

import numpy as np

SHARE_HELD_OUT = 0.2


def _uniform(seed, stem):
    digest = hashlib.sha256(f"{seed} {stem}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def stem_position(dataset, seed):
    """A uniform number of each query's stem, [N]: every copy of a question has the same one."""
    return np.array([_uniform(seed, stem) for stem in dataset.stem])


def split_queries(dataset, seed, left_out=None):
    """(training rows, held-out rows).

    Without `left_out` a fifth of the stems is held out. With it the whole source is held out, and
    the held-out fifth of the other sources stays out of training too, so that runs compare.
    """
    position = stem_position(dataset, seed)
    held_out = position < SHARE_HELD_OUT
    if left_out is not None:
        away = dataset.source == left_out
        known_stems = set(dataset.stem[away])
        shared = np.array([stem in known_stems for stem in dataset.stem])
        return np.flatnonzero(~held_out & ~shared), np.flatnonzero(away)
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)
