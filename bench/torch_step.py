#!/usr/bin/python3
"""A training step of the benchmark's transformer in PyTorch, as fast as one CPU lets it be.

The model: causal, pre-norm with a final norm, exact GELU, MLP ratio 4, learned positions, tokens of
D = 8 inputs and a label. A step samples fresh linear tasks, runs forward and backward in float32, and
applies Adam. Sizes: S (4 layers, width 64, 4 heads), M (8, 128, 4), B (12, 256, 8).

Protocol: one line {"ready":true,"torch":...,"threads":...,"parameters":...}, then for each line
{"steps":n} on standard input one line {"ms":[n times],"loss":...,"peak_mb":...}; the end of the input
ends the process. While it waits it uses no processor time.

Two ways to use two cores. `--parallel ops` is how PyTorch is usually run: one batch, every operation
split in two. `--parallel batch` is faster: two Python threads, each with half of the batch and one
thread inside PyTorch, because products of small matrices run one after the other in one thread, and
every operation pays for a fork and a join. Both use everything else that was found to help: time-major
activations, one product for queries, keys and values, attention with its own backward pass, residuals
added inside the products, and parameters, gradients and Adam's moments in flat vectors, updated in
pieces that fit the cache.

Use: /usr/bin/python3 bench/torch_step.py S 40 [--batch 64] [--parallel batch|ops] [--threads 2]
"""

import argparse
import json
import math
import resource
import sys
import time

from torch_environment import prepare

SIZES = {"S": (4, 64, 4), "M": (8, 128, 4), "B": (12, 256, 8)}
INPUTS = 8
PIECE = 1 << 16


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description="A PyTorch training step, timed on request.")
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("tokens", type=int)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, choices=(1, 2), default=2)
    parser.add_argument("--parallel", choices=("batch", "ops"), default="batch")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--keep-environment", action="store_true", help="measure with the environment as it is")
    return parser.parse_args()


OPTIONS = arguments()
INNER = 1 if OPTIONS.parallel == "batch" else OPTIONS.threads
if not OPTIONS.keep_environment:
    prepare(INNER, OPTIONS.tokens)

import torch  # noqa: E402  (after the environment is right)
import torch.nn.functional as F  # noqa: E402

from torch_parts import Attention, Crew, causal_mask  # noqa: E402


class Model:
    """Parameters as views of one flat vector, and the loss of a batch."""

    def __init__(self, layers, width, heads, tokens):
        self.layers, self.width, self.heads, self.tokens = layers, width, heads, tokens
        self.examples = (tokens + 1) // 2
        self.mask = causal_mask(tokens)
        norm = [((width,), 1), ((width,), 0)]
        block = [*norm, *linear(width, 3 * width), *linear(width, width),
                 *norm, *linear(width, 4 * width), *linear(4 * width, width)]
        shapes = [*linear(INPUTS + 1, width), ((tokens, 1, width), None), *block * layers, *norm, *linear(width, 1)]
        self.flat = torch.empty(sum(math.prod(shape) for shape, _ in shapes))
        self.parameters, offset = [], 0
        for shape, constant in shapes:
            view = self.flat[offset:offset + math.prod(shape)].view(shape)
            if constant is None:
                view.normal_(0, 0.02 if len(shape) == 3 else 1 / math.sqrt(shape[0]))
            else:
                view.fill_(constant)
            self.parameters.append(view.detach().requires_grad_())
            offset += view.numel()

    def sample(self, batch, generator):
        """Fresh linear tasks: tokens [T,B,D+1] and labels [K,B]."""
        x = torch.randn(self.examples, batch, INPUTS, generator=generator)
        weights = torch.randn(batch, INPUTS, generator=generator)
        y = (x * weights).sum(-1)
        tokens = torch.zeros(self.examples, 2, batch, INPUTS + 1)
        tokens[:, 0, :, 1:] = x
        tokens[:, 1, :, 0] = y
        return tokens.view(2 * self.examples, batch, INPUTS + 1)[:self.tokens], y

    def loss(self, tokens, y):
        """The mean squared error of this part of the batch."""
        width, batch = self.width, tokens.shape[1]
        embed, embed_bias, positions, *rest = self.parameters
        state = torch.addmm(embed_bias, tokens.reshape(-1, INPUTS + 1), embed)
        state = (state.view(self.tokens, batch, width) + positions).view(-1, width)
        for layer in range(self.layers):
            gain, bias, merged, merged_bias, output, output_bias, gain2, bias2, up, up_bias, down, down_bias = \
                rest[12 * layer:12 * layer + 12]
            normal = F.layer_norm(state, (width,), gain, bias)
            mixed = Attention.apply(torch.addmm(merged_bias, normal, merged), self.mask, self.heads)
            state = torch.addmm(state, mixed, output).add_(output_bias)
            hidden = F.gelu(torch.addmm(up_bias, F.layer_norm(state, (width,), gain2, bias2), up))
            state = torch.addmm(state, hidden, down).add_(down_bias)
        gain, bias, head, head_bias = rest[-4:]
        state = state.view(self.tokens, batch, width)[::2].reshape(-1, width)
        predictions = torch.addmm(head_bias, F.layer_norm(state, (width,), gain, bias), head)
        return ((predictions.view(-1, batch) - y) ** 2).mean()


def linear(rows, columns):
    """Shapes and constant values (None: random) of a weight and its bias."""
    return [((rows, columns), None), ((columns,), 0)]


class Trainer:
    """Steps on one or two threads. Part r computes its share of the batch and updates its share of the vector."""

    def __init__(self, options):
        self.model = Model(*SIZES[options.size], options.tokens)
        self.parts = options.threads if options.parallel == "batch" else 1
        self.batch, self.rate, self.count = options.batch // self.parts, options.rate, 0
        size = self.model.flat.numel()
        self.gradients = [torch.zeros(size) for _ in range(self.parts)]
        self.first, self.second = torch.zeros(size), torch.zeros(size)
        self.scratch = [torch.empty(PIECE) for _ in range(self.parts)]
        self.generators = [torch.Generator().manual_seed(7 + part) for part in range(self.parts)]
        self.losses = [None] * self.parts
        self.crew = Crew(self.parts, self.work)

    def work(self, part):
        """One thread's share of a step."""
        loss = self.model.loss(*self.model.sample(self.batch, self.generators[part]))
        gradients = torch.autograd.grad(loss, self.model.parameters)
        torch.cat([gradient.view(-1) for gradient in gradients], out=self.gradients[part])
        self.losses[part] = loss.detach()
        self.crew.meet.wait()
        self.update(part)

    def update(self, part):
        """Adam (.9, .98) on this thread's share of the flat vector."""
        size = self.model.flat.numel()
        step = self.rate / (1 - 0.9 ** self.count)
        root = 1 / math.sqrt(1 - 0.98 ** self.count)
        end = size * (part + 1) // self.parts
        for start in range(size * part // self.parts, end, PIECE):
            piece = slice(start, min(start + PIECE, end))
            gradient = self.gradients[0][piece]
            if self.parts == 2:
                gradient.add_(self.gradients[1][piece]).mul_(0.5)
            first, second = self.first[piece], self.second[piece]
            first.lerp_(gradient, 0.1)
            second.mul_(0.98).addcmul_(gradient, gradient, value=0.02)
            scale = torch.sqrt(second, out=self.scratch[part][:gradient.numel()]).mul_(root).add_(1e-8)
            self.model.flat[piece].addcdiv_(first, scale, value=-step)

    def step(self):
        """One training step; returns the loss."""
        self.count += 1
        self.crew.run()
        return sum(self.losses) / self.parts


def main():
    """Says that it is ready, then answers requests."""
    torch.set_num_threads(INNER)
    torch.manual_seed(1)
    trainer = Trainer(OPTIONS)
    for _ in range(2):
        trainer.step()
    ready = {"ready": True, "torch": torch.__version__, "threads": OPTIONS.threads,
             "parallel": OPTIONS.parallel, "parameters": trainer.model.flat.numel()}
    print(json.dumps(ready), flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(json.loads(line)["steps"]):
            start = time.perf_counter()
            loss = trainer.step()
            times.append(round((time.perf_counter() - start) * 1e3, 3))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"ms": times, "loss": loss.item(), "peak_mb": round(peak, 1)}), flush=True)


if __name__ == "__main__":
    main()
