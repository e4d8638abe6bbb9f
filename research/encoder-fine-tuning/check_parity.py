"""Checks the reimplementation against vectors of the product's fp32 encoder.

    python3 check_parity.py EXPORT_DIR
"""

import sys
from pathlib import Path

import numpy as np
import torch

from dataset import load_dataset, load_weights
from use_lite import DIMENSION, UseLite

TOLERANCE = 1e-5


def worst_difference(folder):
    """Largest absolute difference over all values of all windows that the product encoded."""
    dataset = load_dataset(folder)
    model = UseLite(load_weights(folder)).eval()
    rows = np.fromfile(Path(folder) / "parity_rows.i32", dtype=np.int32)
    expected = np.fromfile(Path(folder) / "parity_vectors.f32", dtype=np.float32)
    expected = expected.reshape(-1, DIMENSION)
    worst, at = 0.0, 0
    with torch.no_grad():
        for row in rows:
            windows = torch.from_numpy(dataset.windows(row).astype(np.int64))
            # Padding by one column, where there is room, checks the mask too.
            if windows.shape[1] < 128:
                windows = torch.nn.functional.pad(windows, (0, 1))
            lengths = torch.full((len(windows),), int(dataset.window_length[row]))
            vectors = model(windows, lengths).numpy()
            worst = max(worst, np.abs(vectors - expected[at : at + len(vectors)]).max())
            at += len(vectors)
    return float(worst), at


if __name__ == "__main__":
    difference, count = worst_difference(sys.argv[1])
    print(f"{count} windows, largest difference {difference:.2e}")
    sys.exit(difference > TOLERANCE)
