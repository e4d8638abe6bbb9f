"""How good forecasts of outcomes are: AUC within a model, log-loss, temperature."""

import numpy as np


def auc(scores, forecasts):
    """Area under the ROC curve; NaN when all scores agree."""
    positive = scores > 0.5
    hits, misses = positive.sum(), (~positive).sum()
    if hits == 0 or misses == 0:
        return np.nan
    _, tie, size = np.unique(forecasts, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(size) - (size - 1) / 2)[tie]
    return (ranks[positive].sum() - hits * (hits + 1) / 2) / (hits * misses)


def mean_auc(subjects, scores, logits):
    """Mean over subjects of the AUC over their cells."""
    areas = [auc(scores[subjects == s], logits[subjects == s]) for s in np.unique(subjects)]
    return float(np.nanmean(areas))


def log_losses(scores, logits):
    return np.logaddexp(0, logits) - scores * logits


def best_slope(scores, logits):
    """The factor on the logits with the least log-loss, by Newton on a convex scalar."""
    slope = 1.0
    for _ in range(50):
        p = 1 / (1 + np.exp(-slope * logits))
        move = np.sum((scores - p) * logits) / (np.sum(p * (1 - p) * logits**2) + 1e-9)
        slope = max(0.05, slope + np.clip(move, -0.5, 0.5))
        if abs(move) < 1e-7:
            break
    return slope
