"""Checkpoints: the encoder's tensors under their names in the TensorFlow.js graph, and the heads.

`weights.f32` holds every float32 tensor of the original graph, one after the other (little-endian,
row-major), the trained ones in the originals' places; `weights.json` says {name: {offset, shape}},
offsets in values. It is the map that the product builds its ONNX graphs from.
"""

import json
from pathlib import Path

import numpy as np
import torch

from use_lite import graph_names


def pack_weights(folder, weights):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    layout, offset = {}, 0
    for name, values in weights.items():
        layout[name] = {"offset": offset, "shape": list(values.shape)}
        offset += values.size
    packed = np.concatenate([values.reshape(-1) for values in weights.values()])
    packed.astype("<f4").tofile(folder / "weights.f32")
    (folder / "weights.json").write_text(json.dumps(layout))


def trained_weights(weights, model):
    """The original graph's tensors with the trained ones in their places."""
    parameters = dict(model.named_parameters())
    trained = dict(weights)
    for own, name in graph_names().items():
        values = parameters[own].detach().numpy()
        trained[name] = values.reshape(weights[name].shape)
    return trained


def write_checkpoint(folder, weights, model, heads, theta):
    pack_weights(folder, trained_weights(weights, model))
    torch.save({"heads": heads.state_dict(), "theta": theta.detach()}, Path(folder) / "heads.pt")


def read_heads(folder, heads):
    """Loads the heads; returns theta."""
    state = torch.load(Path(folder) / "heads.pt")
    heads.load_state_dict(state["heads"])
    return state["theta"]
