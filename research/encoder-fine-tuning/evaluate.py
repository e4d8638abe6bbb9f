"""Compares encoders on held-out queries: AUC (mean over models) and log-loss by source.

    python3 evaluate.py --data EXPORT --original FILE --run RUN --tuned NAME=FILE… [--left-out SOURCE]

Arms: `original` (fresh heads on the original embeddings), `NAME own` (the heads that were trained
with the encoder), `NAME fresh` (fresh heads on the tuned embeddings), and averages of logits.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch

from checkpoints import read_heads
from dataset import load_dataset
from frozen_head import load_embeddings, network_inputs, predict_logits, train_heads
from metrics import best_slope, log_losses, mean_auc
from response_model import Heads, Outcomes
from splits import split_queries, stem_position


class Judge:
    """Held-out cells and how forecasts of them are scored."""

    def __init__(self, dataset, outcomes, seed, left_out):
        self.dataset, self.outcomes = dataset, outcomes
        _, home = split_queries(dataset, seed)
        self.rows = home
        if left_out is not None:
            # Its own source's queries are judged; the temperature comes from the other sources'.
            home = home[dataset.source[home] != left_out]
            self.rows = np.concatenate([home, np.flatnonzero(dataset.source == left_out)])
        cells, local = outcomes.cells_of(self.rows)
        self.query = self.rows[local.numpy()]
        self.subject = outcomes.subject[cells].numpy()
        self.score = outcomes.score[cells].numpy().astype(np.float64)
        self.source = dataset.source[self.query]
        self.half = stem_position(dataset, f"{seed} temperature")[self.query] < 0.5
        self.left_out = left_out

    def abilities(self, theta):
        """A subject that was not trained has its model's mean over other harnesses, or the mean."""
        outcomes, theta = self.outcomes, theta.detach().clone()
        trained = outcomes.trained
        for subject in torch.nonzero(~trained).flatten():
            kin = trained & (outcomes.group == outcomes.group[subject])
            theta[subject] = theta[kin if kin.any() else trained].mean(0)
        return theta

    def known(self):
        """Whether each cell's model was trained on, under any harness."""
        group = self.outcomes.group
        kin = set(group[self.outcomes.trained].tolist())
        return np.array([int(g) in kin for g in group])[self.subject]

    def calibrate(self, logits):
        """Logits times a slope that never saw the cell that it scales."""
        scaled = np.empty_like(logits)
        away = self.source == self.left_out
        for side in (self.half, ~self.half):
            slope = best_slope(self.score[~side & ~away], logits[~side & ~away])
            scaled[side & ~away] = slope * logits[side & ~away]
        slope = best_slope(self.score[~away], logits[~away])
        scaled[away] = slope * logits[away]
        return scaled, slope

    def figures(self, logits):
        scaled, slope = self.calibrate(logits)
        table = {"slope": round(float(slope), 3)}
        for name in dict.fromkeys(self.source):
            own = (self.source == name) & self.known()
            table[name] = {
                "auc": round(mean_auc(self.subject[own], self.score[own], logits[own]), 4),
                "log_loss": round(float(log_losses(self.score[own], scaled[own]).mean()), 4),
            }
        return table


def evaluate(arguments):
    dataset = load_dataset(arguments.data)
    rows, _ = split_queries(dataset, arguments.seed, arguments.left_out)
    outcomes = Outcomes(dataset, rows)
    judge = Judge(dataset, outcomes, arguments.seed, arguments.left_out)
    logits = {}

    def fresh(path):
        inputs = network_inputs(dataset, load_embeddings(path, len(dataset)), rows)
        heads, theta = train_heads(outcomes, inputs, rows, arguments.seed)
        return predict_logits(outcomes, heads, judge.abilities(theta), inputs, judge.rows)[1]

    def own(path, checkpoint):
        inputs = network_inputs(dataset, load_embeddings(path, len(dataset)), rows)
        heads = Heads(inputs.shape[1]).eval()
        theta = judge.abilities(read_heads(checkpoint, heads))
        return predict_logits(outcomes, heads, theta, inputs, judge.rows)[1]

    def report(name, values):
        logits[name] = values
        print(json.dumps({"arm": name, **judge.figures(values)}), flush=True)

    report("original", fresh(arguments.original))
    for entry in arguments.tuned:
        name, path = entry.split("=")
        report(f"{name} fresh", fresh(path))
        report(f"original + {name} fresh", (logits["original"] + logits[f"{name} fresh"]) / 2)
        checkpoint = Path(arguments.run) / name
        if checkpoint.exists():
            report(f"{name} own", own(path, checkpoint))
            report(f"original + {name} own", (logits["original"] + logits[f"{name} own"]) / 2)
    if arguments.out is not None:
        np.savez(
            arguments.out,
            query=judge.query,
            subject=judge.subject,
            score=judge.score,
            known=judge.known(),
            **{name.replace(" ", "_"): judge.calibrate(z)[0] for name, z in logits.items()},
        )


def parse_arguments(values):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--original", required=True)
    parser.add_argument("--run", default=".")
    parser.add_argument("--tuned", nargs="*", default=[], help="NAME=EMBEDDINGS")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--left-out")
    parser.add_argument("--out", help="where the calibrated logits are kept (.npz)")
    return parser.parse_args(values)


if __name__ == "__main__":
    torch.set_num_threads(1)  # small matrices: a second thread mostly waits
    evaluate(parse_arguments(sys.argv[1:]))
