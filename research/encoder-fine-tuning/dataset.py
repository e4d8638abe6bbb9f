"""The exported training data in memory."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Dataset:
    """Queries with their windows of token ids, features and outcomes, as the product sees them."""

    source: np.ndarray
    """Data folder of each query, [N] of str."""
    benchmark: np.ndarray
    stem: np.ndarray
    """Hash of the question's stem, [N] of str: the same question has the same one everywhere."""
    tokens: np.ndarray
    """Token ids of all windows of all queries, one after the other."""
    window_count: np.ndarray
    window_length: np.ndarray
    token_start: np.ndarray
    """Where the tokens of query i begin, [N]."""
    features: np.ndarray
    """Structural features, [N, F]."""
    log_length: np.ndarray
    """Log output tokens with the models' own offsets taken out, [N]; NaN where unknown."""
    subjects: list
    """Names `<source>/<model>`."""
    subject_group: np.ndarray
    """Subjects that are one model under several harnesses share a number."""
    cell_query: np.ndarray
    cell_subject: np.ndarray
    cell_score: np.ndarray

    def __len__(self):
        return len(self.source)

    def windows(self, row):
        """The windows of one query, [W, T]."""
        count, length = self.window_count[row], self.window_length[row]
        start = self.token_start[row]
        return self.tokens[start : start + count * length].reshape(count, length)


def load_dataset(folder):
    folder = Path(folder)

    def array(name, dtype):
        return np.fromfile(folder / name, dtype=dtype)

    queries = json.loads((folder / "queries.json").read_text())
    subjects = json.loads((folder / "subjects.json").read_text())
    count = array("window_count.i32", np.int32)
    length = array("window_length.i32", np.int32)
    start = np.concatenate([[0], np.cumsum(count.astype(np.int64) * length)[:-1]])
    return Dataset(
        source=np.array(queries["source"]),
        benchmark=np.array(queries["benchmark"]),
        stem=np.array(queries["stem"]),
        tokens=array("tokens.i16", np.int16),
        window_count=count,
        window_length=length,
        token_start=start,
        features=array("features.f32", np.float32).reshape(len(count), -1),
        log_length=array("log_length.f64", np.float64).astype(np.float32),
        subjects=subjects["name"],
        subject_group=np.array(subjects["group"]),
        cell_query=array("cell_query.i32", np.int32),
        cell_subject=array("cell_subject.i32", np.int32),
        cell_score=array("cell_score.f64", np.float64).astype(np.float32),
    )


def load_weights(folder):
    """The encoder's tensors by their name in the TensorFlow.js graph."""
    folder = Path(folder)
    packed = np.fromfile(folder / "weights.f32", dtype=np.float32)
    layout = json.loads((folder / "weights.json").read_text())
    return {
        name: packed[entry["offset"] :][: int(np.prod(entry["shape"]))].reshape(entry["shape"])
        for name, entry in layout.items()
    }
