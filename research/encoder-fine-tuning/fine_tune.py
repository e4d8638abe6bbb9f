"""Fine-tunes the whole encoder through the response model.

The heads are trained on the frozen encoder first (Kumar et al. 2022: fine-tuning from a random head
distorts pretrained features and costs out of domain); then encoder, heads and abilities learn
together. After every epoch the running average of all parameters is written as a checkpoint.

    python3 fine_tune.py --data EXPORT --original EMBEDDINGS --out RUN [--left-out SOURCE] [--all]
"""

import argparse
import copy
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch

from batches import drop_tokens, length_sorted_batches, pad
from checkpoints import write_checkpoint
from dataset import load_dataset, load_weights
from frozen_head import load_embeddings, network_inputs, train_heads
from response_model import Outcomes, standardised_features
from schedule import one_cycle
from splits import split_queries
from use_lite import DIMENSION, UseLite

ENCODER_RATE = 6e-5
HEAD_RATE = 5e-4
ABILITY_RATE = 2.5e-3
BATCH = 48
WARM_START_EPOCHS = 4
AVERAGING = 0.99


def pool_windows(model, dataset, rows, generator):
    """[mean | last | first window] of queries with equally many windows, [B, 3 * 512].

    The gradient flows through the last and the first window; those between enter the mean as they
    are, at a third of the cost. Windows that occur twice (shared few-shot heads) are read once.
    """
    count = int(dataset.window_count[rows[0]])
    windows = [dataset.windows(row) for row in rows]
    ends = [own[place] for own in windows for place in sorted({0, count - 1})]
    vectors = _encode_distinct(model, ends, generator).reshape(len(rows), -1, DIMENSION)
    first, last = vectors[:, 0], vectors[:, -1]
    mean = vectors.mean(1)
    if count > 2:
        with torch.no_grad():
            inner = [own[place] for own in windows for place in range(1, count - 1)]
            between = _encode_distinct(model, inner, generator)
        between = between.reshape(len(rows), -1, DIMENSION)
        mean = (first + last + between.sum(1)) / count
    return torch.cat([mean, last, first], 1) * DIMENSION**0.5


def _encode_distinct(model, windows, generator):
    numbers = {}
    place = [numbers.setdefault(window.tobytes(), len(numbers)) for window in windows]
    distinct = [np.frombuffer(key, dtype=windows[0].dtype) for key in numbers]
    tokens, kept = drop_tokens(distinct, generator)
    padded, lengths = pad(tokens)
    positions, _ = pad(kept)
    with torch.autocast("cpu", torch.bfloat16):
        vectors = model(padded, lengths, positions)
    return vectors[torch.tensor(place)]


class RunningAverage:
    """Exponential average of parameters; its start's weight is taken out (as Adam does)."""

    def __init__(self, parameters):
        self.sums = [torch.zeros_like(parameter) for parameter in parameters]
        self.weight = 0.0

    @torch.no_grad()
    def add(self, parameters):
        for total, parameter in zip(self.sums, parameters):
            total.mul_(AVERAGING).add_(parameter, alpha=1 - AVERAGING)
        self.weight = AVERAGING * self.weight + 1 - AVERAGING

    @torch.no_grad()
    def copy_to(self, parameters):
        for total, parameter in zip(self.sums, parameters):
            parameter.copy_(total / self.weight)


def mean_log_loss(fits):
    """Over cells, from (mean log-loss, cells) of batches."""
    losses, cells = zip(*fits)
    return float(np.average(losses, weights=cells))


def fine_tune(arguments):
    dataset = load_dataset(arguments.data)
    weights = load_weights(arguments.data)
    if arguments.all:
        rows = np.arange(len(dataset))
    else:
        rows, _ = split_queries(dataset, arguments.seed, arguments.left_out)
    outcomes = Outcomes(dataset, rows)
    features = standardised_features(dataset, rows)
    inputs = network_inputs(dataset, load_embeddings(arguments.original, len(dataset)), rows)
    heads, theta = train_heads(
        outcomes, inputs, rows, arguments.seed, epochs=WARM_START_EPOCHS
    )
    print(f"{len(rows)} queries, heads warm", flush=True)

    generator = np.random.default_rng(arguments.seed)
    torch.manual_seed(arguments.seed)
    model = UseLite(weights).train()
    heads.train()
    parameters = [*model.parameters(), *heads.parameters(), theta]
    optimizer = torch.optim.AdamW(
        [
            {"params": model.parameters(), "lr": arguments.encoder_rate, "weight_decay": 0.01},
            {"params": heads.parameters(), "lr": HEAD_RATE, "weight_decay": 0.01},
            {"params": [theta], "lr": ABILITY_RATE, "weight_decay": 0.0},
        ]
    )
    steps = arguments.epochs * len(length_sorted_batches(dataset, rows, BATCH, generator))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: one_cycle(step, steps))
    average = RunningAverage(parameters)
    log = []
    for epoch in range(1, arguments.epochs + 1):
        begun, fits = time.time(), []
        batches = length_sorted_batches(dataset, rows, BATCH, generator)
        for number, own in enumerate(batches):
            pooled = pool_windows(model, dataset, own, generator)
            outputs = heads(torch.cat([pooled, features[own]], 1))
            loss, fit = outcomes.loss(own, outputs, theta)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            average.add(parameters)
            fits.append((float(fit), len(outcomes.cells_of(own)[0])))
            if number % 20 == 19:
                recent = mean_log_loss(fits[-20:])
                print(
                    f"epoch {epoch} batch {number + 1}/{len(batches)} log-loss {recent:.4f}"
                    f" {time.time() - begun:.0f} s",
                    flush=True,
                )
        log.append({"epoch": epoch, "training_log_loss": mean_log_loss(fits)})
        log[-1]["minutes"] = (time.time() - begun) / 60
        averaged = copy.deepcopy((model, heads, theta))
        average.copy_to([*averaged[0].parameters(), *averaged[1].parameters(), averaged[2]])
        write_checkpoint(Path(arguments.out) / f"epoch-{epoch}", weights, *averaged)
        (Path(arguments.out) / "log.json").write_text(json.dumps(log, indent=1))


def parse_arguments(values):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--original", required=True, help="embeddings of the original encoder")
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--encoder-rate", type=float, default=ENCODER_RATE)
    parser.add_argument("--left-out", help="a source whose queries are not learnt from")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="learn from every query")
    return parser.parse_args(values)


if __name__ == "__main__":
    options = parse_arguments(sys.argv[1:])
    torch.set_num_threads(options.threads)
    fine_tune(options)
