"""Heads on frozen embeddings, trained like the product's: what a latent space makes of an encoder."""

import numpy as np
import torch

from response_model import Heads, read_items, standardised_features
from schedule import one_cycle

BATCH = 256
LEARNING_RATE = 1e-3
ABILITY_RATE = 5 * LEARNING_RATE
EPOCHS = 12


def load_embeddings(path, count):
    """[mean | last | first window] of every query, scaled to unit coordinates, [N, 3 * 512]."""
    blocks = np.fromfile(path, dtype=np.float32).reshape(3, count, -1)
    return torch.from_numpy(np.concatenate(blocks, 1) * np.sqrt(blocks.shape[2]))


def network_inputs(dataset, embeddings, training_rows):
    return torch.cat([embeddings, standardised_features(dataset, training_rows)], 1)


def train_heads(outcomes, inputs, rows, seed, epochs=EPOCHS, stop_after=None):
    """(heads, theta) after `stop_after` epochs of a schedule that is laid out for `epochs`."""
    torch.manual_seed(seed)
    generator = np.random.default_rng(seed)
    heads = Heads(inputs.shape[1])
    theta = outcomes.initial_abilities()
    optimizer = torch.optim.AdamW(
        [
            {"params": heads.parameters(), "lr": LEARNING_RATE, "weight_decay": 0.01},
            {"params": [theta], "lr": ABILITY_RATE, "weight_decay": 0.0},
        ]
    )
    batches = -(-len(rows) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: one_cycle(step, epochs * batches)
    )
    heads.train()
    for _ in range(stop_after or epochs):
        order = generator.permutation(rows)
        for start in range(0, len(order), BATCH):
            own = order[start : start + BATCH]
            loss, _ = outcomes.loss(own, heads(inputs[own]), theta)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
    return heads.eval(), theta


@torch.no_grad()
def predict_logits(outcomes, heads, theta, inputs, rows):
    """Ensemble's logits of the observed cells of `rows`: mean item parameters, as the product's."""
    alpha, difficulty, _ = read_items(heads(inputs[rows]))
    alpha, difficulty = alpha.mean(0), difficulty.mean(0)
    cells, local = outcomes.cells_of(rows)
    z = (alpha[local] * theta[outcomes.subject[cells]]).sum(-1) - difficulty[local]
    return cells.numpy(), z.numpy().astype(np.float64)
