#!/usr/bin/python3
"""A training step of the benchmark's transformer as it is usually written in PyTorch.

The same model, batch and protocol as bench/torch_step.py, which squeezes PyTorch by hand. Here stand modules of
torch.nn, attention as a product, a softmax and a product, gradients by autograd, torch.optim.Adam, and as many
threads inside an operation as there are cores.

Use: /usr/bin/python3 bench/torch_plain.py S 40 [--batch 64]
"""

import argparse
import json
import math
import os
import resource
import sys
import time

from torch_environment import prepare

SIZES = {"S": (4, 64, 4), "M": (8, 128, 4), "B": (12, 256, 8)}
INPUTS = 8


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description="A plain PyTorch training step, timed on request.")
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("tokens", type=int)
    parser.add_argument("--batch", type=int, default=64)
    return parser.parse_args()


OPTIONS = arguments()
prepare(os.cpu_count(), OPTIONS.tokens, tuned=False)

import torch  # noqa: E402  (after the environment is right)
from torch import nn  # noqa: E402


class Block(nn.Module):
    """Attention and an MLP, each behind a norm."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.merged, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, state, mask):
        """[B,T,M] to [B,T,M]."""
        batch, tokens, width = state.shape
        query, key, value = (part.view(batch, tokens, self.heads, -1).transpose(1, 2)
                             for part in self.merged(self.norm1(state)).split(width, dim=2))
        scores = query @ key.transpose(2, 3) / math.sqrt(width // self.heads)
        mixed = torch.softmax(scores.masked_fill(mask, -math.inf), dim=-1) @ value
        state = state + self.output(mixed.transpose(1, 2).reshape(batch, tokens, width))
        return state + self.mlp(self.norm2(state))


class Model(nn.Module):
    """Tokens [B,T,D+1] to a prediction at each input [B,K]."""

    def __init__(self, layers, width, heads, tokens):
        super().__init__()
        self.embed, self.positions = nn.Linear(INPUTS + 1, width), nn.Parameter(0.02 * torch.randn(tokens, width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, 1)
        self.register_buffer("mask", torch.triu(torch.ones(tokens, tokens, dtype=torch.bool), 1))

    def forward(self, tokens):
        """The whole pass."""
        state = self.embed(tokens) + self.positions
        for block in self.blocks:
            state = block(state, self.mask)
        return self.head(self.norm(state[:, ::2]))[..., 0]


def sample(batch, tokens):
    """Fresh linear tasks: tokens [B,T,D+1] and labels [B,K]."""
    x = torch.randn(batch, (tokens + 1) // 2, INPUTS)
    y = (x * torch.randn(batch, 1, INPUTS)).sum(-1)
    pairs = torch.zeros(batch, x.shape[1], 2, INPUTS + 1)
    pairs[:, :, 0, 1:] = x
    pairs[:, :, 1, 0] = y
    return pairs.view(batch, -1, INPUTS + 1)[:, :tokens], y


def main():
    """Says that it is ready, then answers requests."""
    torch.manual_seed(1)
    model = Model(*SIZES[OPTIONS.size], OPTIONS.tokens)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.9, 0.98))

    def step():
        tokens, y = sample(OPTIONS.batch, OPTIONS.tokens)
        loss = ((model(tokens) - y) ** 2).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        return loss

    for _ in range(2):
        step()
    parameters = sum(parameter.numel() for parameter in model.parameters())
    print(json.dumps({"ready": True, "torch": torch.__version__, "threads": torch.get_num_threads(),
                      "parameters": parameters}), flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(json.loads(line)["steps"]):
            start = time.perf_counter()
            loss = step()
            times.append(round((time.perf_counter() - start) * 1e3, 3))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"ms": times, "loss": loss.item(), "peak_mb": round(peak, 1)}), flush=True)


if __name__ == "__main__":
    main()
