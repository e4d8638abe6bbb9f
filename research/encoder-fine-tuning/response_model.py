"""P(model solves query) = sigmoid(alpha . theta - d), with alpha and d read from a query's text.

The head is the product's (packages/latent-space/src/predictor): an ensemble of two-layer residual
perceptrons; one general dimension of positive discrimination and signed facets; a length target.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

FACETS = 8
DIMENSIONS = 1 + FACETS
OUTPUTS = DIMENSIONS + 2
LENGTH_CENTER = 5.0
LENGTH_WEIGHT = 0.1
ABILITY_PRECISION = 0.5


class Heads(nn.Module):
    """Members side by side: inputs [B, I] -> outputs [M, B, O]."""

    def __init__(self, inputs, members=3, hidden=256, dropout=0.35):
        super().__init__()
        self.dropout = dropout
        self.w1 = nn.Parameter(torch.randn(members, inputs, hidden) * inputs**-0.5)
        self.b1 = nn.Parameter(torch.zeros(members, 1, hidden))
        self.w2 = nn.Parameter(torch.randn(members, hidden, hidden) * hidden**-0.5)
        self.b2 = nn.Parameter(torch.zeros(members, 1, hidden))
        self.w3 = nn.Parameter(torch.randn(members, hidden, OUTPUTS) * 0.02)
        self.b3 = nn.Parameter(torch.zeros(members, 1, OUTPUTS))

    def forward(self, x):
        x = x.expand(len(self.w1), *x.shape)
        x = F.dropout(x, self.dropout / 2, self.training)
        first = torch.baddbmm(self.b1, x, self.w1).relu()
        first = F.dropout(first, self.dropout, self.training)
        second = first + torch.baddbmm(self.b2, first, self.w2).relu()
        second = F.dropout(second, self.dropout, self.training)
        return torch.baddbmm(self.b3, second, self.w3)


def read_items(outputs):
    """Outputs [..., O] -> discrimination [..., D], difficulty [...], log output tokens [...]."""
    general = torch.exp(0.5 * outputs[..., :1])
    alpha = torch.cat([general, outputs[..., 1:DIMENSIONS]], -1)
    return alpha, 2 * outputs[..., DIMENSIONS], LENGTH_CENTER + outputs[..., DIMENSIONS + 1]


class Outcomes:
    """Observed cells grouped by query, and the loss over a batch of queries."""

    def __init__(self, dataset, training_rows):
        order = np.argsort(dataset.cell_query, kind="stable")
        self.start = np.searchsorted(dataset.cell_query[order], np.arange(len(dataset) + 1))
        self.subject = torch.from_numpy(dataset.cell_subject[order].astype(np.int64))
        self.score = torch.from_numpy(dataset.cell_score[order])
        self.log_length = torch.from_numpy(dataset.log_length)
        self.group = torch.from_numpy(dataset.subject_group.astype(np.int64))
        cells, _ = self.cells_of(training_rows)
        self.training_cells = len(cells)
        self.subjects = len(dataset.subjects)
        subject, score = self.subject[cells], self.score[cells]
        count = torch.bincount(subject, minlength=self.subjects)
        total = torch.bincount(subject, weights=score, minlength=self.subjects)
        self.trained = count > 0
        self.mean_score = ((total + 1) / (count + 2)).clamp(0.03, 0.97).float()

    def cells_of(self, rows):
        """(cells, position in `rows` of each cell's query)."""
        cells = [np.arange(self.start[row], self.start[row + 1]) for row in rows]
        local = np.repeat(np.arange(len(rows)), [len(own) for own in cells])
        return torch.from_numpy(np.concatenate(cells)), torch.from_numpy(local)

    def initial_abilities(self):
        """theta starts at the logit of the subject's mean score, with noise to break symmetry."""
        theta = 0.3 * torch.randn(self.subjects, DIMENSIONS)
        theta[:, 0] += torch.logit(self.mean_score)
        return nn.Parameter(theta)

    def loss(self, rows, outputs, theta):
        """Mean cross-entropy over the batch's cells, the length's squared error, theta's prior."""
        alpha, difficulty, length = read_items(outputs)
        cells, local = self.cells_of(rows)
        z = (alpha[:, local] * theta[self.subject[cells]]).sum(-1) - difficulty[:, local]
        fit = F.binary_cross_entropy_with_logits(z, self.score[cells].expand(z.shape))
        total = fit + self._prior(theta) * ABILITY_PRECISION / self.training_cells
        target = self.log_length[torch.from_numpy(np.asarray(rows))]
        known = ~torch.isnan(target)
        if known.any():
            error = length[:, known] - target[known]
            total = total + LENGTH_WEIGHT * 0.5 * (error**2).mean()
        return total, fit.detach()

    def _prior(self, theta):
        """Half the squared distance of each subject to its group's centre, and that to 0."""
        groups = int(self.group.max()) + 1
        frozen = theta.detach()
        total = torch.zeros(groups, DIMENSIONS).index_add(0, self.group, frozen)
        count = torch.bincount(self.group, minlength=groups)[:, None]
        center = torch.where(count > 1, total / (count + 1), torch.zeros(()))
        return 0.5 * ((theta - center[self.group]) ** 2).sum()


def standardised_features(dataset, training_rows):
    """Features by the training rows' mean and deviation, clipped like the product's."""
    own = dataset.features[training_rows]
    deviation = np.maximum(0.02, own.std(0))
    scaled = ((dataset.features - own.mean(0)) / deviation).clip(-4, 4)
    return torch.from_numpy(scaled.astype(np.float32))
