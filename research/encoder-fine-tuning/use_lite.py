"""The Universal Sentence Encoder Lite in PyTorch, with the product's numbers.

x0 = 2 E[token] + timing; two pre-norm transformer layers; mean over tokens; tanh(W v + b); L2 norm.
Parameters keep the shapes of the TensorFlow.js graph (matrices are inputs x outputs), so that the
trained tensors can take the originals' places without being turned round.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

HEADS = 4
EPSILON = 1e-6
DIMENSION = 512
MAX_TOKENS = 128

_ENCODE = "Encoder_en/KonaTransformer/Encode/"
_STACK = f"module_apply_default/{_ENCODE}TransformerStack/"
_TIMING = f"{_STACK}Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1"
_CONCAT = "ConcatPartitions/concat"


def graph_names():
    """Parameter of `UseLite` -> its name in the TensorFlow.js graph."""
    names = {
        "table": "module/Embeddings_en",
        "projection.kernel": "module/Encoder_en/hidden_layers/tanh_layer_0/weights",
        "projection.bias": "module/Encoder_en/hidden_layers/tanh_layer_0/bias",
    }
    for layer in (0, 1):
        own = f"module_apply_default/{_ENCODE}Layer_{layer}/TransformerLayer/"
        kernels = f"module/{_ENCODE}Layer_{layer}/TransformerLayer/MultiheadAttention/"
        ffn = f"{_STACK}Layer_{layer}/TransformerLayer/FFN/"
        norm = "layer_prepostprocess/layer_norm/layer_norm_"
        here = f"layers.{layer}."
        names |= {
            f"{here}attention_norm.weight": f"{own}{norm}scale/{_CONCAT}",
            f"{here}attention_norm.bias": f"{own}{norm}bias/{_CONCAT}",
            f"{here}qkv.kernel": f"{kernels}qkv_transform_single/kernel/part_0",
            f"{here}qkv.bias": f"{own}MultiheadAttention/qkv_transform_single/bias/{_CONCAT}",
            f"{here}output.kernel": f"{kernels}output_transform_single/kernel/part_0",
            f"{here}output.bias": f"{own}MultiheadAttention/output_transform_single/bias/{_CONCAT}",
            f"{here}ffn_norm.weight": f"{own}FFN/{norm}scale/{_CONCAT}",
            f"{here}ffn_norm.bias": f"{own}FFN/{norm}bias/{_CONCAT}",
            f"{here}ffn1.kernel": f"{ffn}conv1/Tensordot/Reshape_1",
            f"{here}ffn1.bias": f"{own}FFN/conv1/bias/{_CONCAT}",
            f"{here}ffn2.kernel": f"{ffn}conv2/Tensordot/Reshape_1",
            f"{here}ffn2.bias": f"{own}FFN/conv2/bias/{_CONCAT}",
        }
        if layer == 0:
            names[f"{here}widen.kernel"] = f"{own}dense/kernel/{_CONCAT}"
            names[f"{here}widen.bias"] = f"{own}dense/bias/{_CONCAT}"
    return names


class Linear(nn.Module):
    """x W + b with W as inputs x outputs."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.kernel = nn.Parameter(torch.empty(inputs, outputs))
        self.bias = nn.Parameter(torch.empty(outputs))

    def forward(self, x):
        return F.linear(x, self.kernel.t(), self.bias)


class TransformerLayer(nn.Module):
    """Pre-norm: y = residual(x) + Attention(LN x), then y + FFN(LN y)."""

    def __init__(self, inputs, dropout):
        super().__init__()
        self.attention_norm = nn.LayerNorm(inputs, EPSILON)
        self.qkv = Linear(inputs, 3 * inputs)
        self.output = Linear(inputs, DIMENSION)
        if inputs != DIMENSION:
            self.widen = Linear(inputs, DIMENSION)
        self.ffn_norm = nn.LayerNorm(DIMENSION, EPSILON)
        self.ffn1 = Linear(DIMENSION, 3 * DIMENSION)
        self.ffn2 = Linear(3 * DIMENSION, DIMENSION)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, padding):
        """x [B, T, inputs]; padding [B, 1, 1, T] is -1e9 where there is no token, or None."""
        batch, length, width = x.shape
        qkv = self.qkv(self.attention_norm(x)).reshape(batch, length, 3, HEADS, width // HEADS)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        scores = (q * (width // HEADS) ** -0.5) @ k.transpose(-1, -2)
        if padding is not None:
            scores = scores + padding.to(scores.dtype)
        heads = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, width)
        residual = self.widen(x) if hasattr(self, "widen") else x
        # Under autocast products are bfloat16; the residual stream stays in float32.
        y = residual.float() + self.dropout(self.output(heads))
        return y + self.dropout(self.ffn2(F.relu(self.ffn1(self.ffn_norm(y)))))


class UseLite(nn.Module):
    """Token ids -> unit vectors."""

    def __init__(self, weights, dropout=0.0):
        super().__init__()
        self.table = nn.Parameter(torch.empty(weights["module/Embeddings_en"].shape))
        self.layers = nn.ModuleList(
            [TransformerLayer(width, dropout) for width in (DIMENSION // 2, DIMENSION)]
        )
        self.projection = Linear(DIMENSION, DIMENSION)
        with torch.no_grad():
            parameters = dict(self.named_parameters())
            for own, name in graph_names().items():
                values = torch.from_numpy(np.ascontiguousarray(weights[name]))
                parameters[own].copy_(values.reshape(parameters[own].shape))
        positions = np.arange(MAX_TOKENS, dtype=np.float32)[:, None]
        angles = (positions * weights[_TIMING]).astype(np.float64)
        timing = np.concatenate([np.sin(angles), np.cos(angles)], 1).astype(np.float32)
        self.register_buffer("timing", torch.from_numpy(timing), persistent=False)

    def forward(self, tokens, lengths, positions=None):
        """tokens [B, T] padded with anything, lengths [B] -> [B, 512] of unit norm.

        `positions` [B, T] says where in the window each token stood, if not side by side.
        """
        width = tokens.shape[1]
        timing = self.timing[:width] if positions is None else self.timing[positions]
        x = 2 * F.embedding(tokens, self.table) + timing
        present = padding = None
        if int(lengths.min()) < width:
            present = torch.arange(width) < lengths[:, None]
            padding = torch.where(present, 0.0, -1e9)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, padding)
        x = x.float()
        if present is not None:
            x = x * present[:, :, None]
        mean = x.sum(1) / lengths[:, None]
        return F.normalize(torch.tanh(self.projection(mean).float()), dim=1)
