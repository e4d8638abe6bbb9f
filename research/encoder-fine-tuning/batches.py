"""Batches of queries of equal window count and nearly equal length, so that padding is rare."""

import numpy as np
import torch

TOKENS_DROPPED = 0.1


def length_sorted_batches(dataset, rows, size, generator):
    """Rows of every batch of an epoch, in random order; texts of a batch are of similar length."""
    batches = []
    for count in np.unique(dataset.window_count[rows]):
        own = generator.permutation(rows[dataset.window_count[rows] == count])
        jitter = generator.uniform(0.9, 1.1, len(own))
        own = own[np.argsort(dataset.window_length[own] * jitter, kind="stable")]
        batches += np.array_split(own, max(1, round(len(own) / size)))
    return [batches[i] for i in generator.permutation(len(batches))]


def drop_tokens(windows, generator):
    """Keeps a random part of each window's tokens, in order: (tokens, positions), lists of arrays."""
    kept = []
    for window in windows:
        keep = max(1, round(len(window) * (1 - TOKENS_DROPPED)))
        kept.append(np.sort(generator.choice(len(window), keep, replace=False)))
    return [window[own] for window, own in zip(windows, kept)], kept


def pad(arrays):
    """Arrays of ints -> (padded [B, T], lengths [B])."""
    lengths = torch.tensor([len(array) for array in arrays])
    padded = np.zeros((len(arrays), int(lengths.max())), np.int64)
    for row, array in enumerate(arrays):
        padded[row, : len(array)] = array
    return torch.from_numpy(padded), lengths
