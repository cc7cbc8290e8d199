#!/usr/bin/python3
"""How fast a small transformer learns in-context least squares in PyTorch: the recipe of the learning benchmark.

The paper's tokens [0,x], [y,0], softmax attention, noiseless linear tasks of 2d+1 examples, batch 64.
Pre-norm with a final norm, exact GELU, MLP ratio 1, learned positions. Fan-in initial values, residual
outputs scaled by 1/sqrt(2L), positions 0.02. Muon on the matrices of the blocks, Adam (.9, .98) on the
rest, 5 % warm-up then linear to 0, gradients clipped at a global norm of 1, evaluation with an average of
the weights (.99).

Prints JSON lines {"seconds","step","spd"} (spd: squared difference to minimum-norm least squares, divided
by d, mean over 1..2d examples of 1024 held-out tasks), then {"crossings":{"0.1":[seconds, step],...}}.
Seconds are training time: evaluation does not count.

Use: /usr/bin/python3 bench/torch_learn.py --dims 5 --layers 8 --width 32 --heads 4 --seconds 75
"""

import argparse
import json
import math
import time

from torch_environment import prepare

LEVELS = (0.1, 0.05, 0.02, 0.01)


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description="Trains the benchmark's in-context learner.")
    parser.add_argument("--dims", type=int, default=5)
    parser.add_argument("--layers", type=int, default=8)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seconds", type=float, help="total budget as training time")
    parser.add_argument("--steps", type=int, help="total budget as steps")
    parser.add_argument("--every", type=int, default=100, help="steps from one evaluation to the next")
    parser.add_argument("--threads", type=int, choices=(1, 2), default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--weighting", type=float,
                        help="divide a point's error by what is left to learn there plus this share of the variance")
    parser.add_argument("--lr-muon", type=float, default=0.02)
    parser.add_argument("--lr-adam", type=float, help="default: 0.004 up to 5 inputs, 0.003 above")
    options = parser.parse_args()
    if (options.seconds is None) == (options.steps is None):
        parser.error("give --seconds or --steps: the schedule needs a total budget")
    if options.lr_adam is None:
        options.lr_adam = 0.004 if options.dims <= 5 else 0.003
    return options


OPTIONS = arguments()
prepare(1, 4 * OPTIONS.dims + 1)

import torch  # noqa: E402  (after the environment is right)
import torch.nn.functional as F  # noqa: E402

from torch_parts import Attention, Crew, causal_mask  # noqa: E402


class Model:
    """Parameters stacked over layers, as views of one flat vector: the blocks' matrices first, then the rest."""

    def __init__(self, inputs, examples, layers, width, heads, generator):
        self.inputs, self.examples, self.layers, self.width, self.heads = inputs, examples, layers, width, heads
        self.tokens = 2 * examples - 1
        self.mask = causal_mask(self.tokens)
        fan, residual = 1 / math.sqrt(width), 1 / math.sqrt(width * 2 * layers)
        # shape, spread of the initial values, their mean
        kinds = {
            "matrices": ((layers, 6, width, width), None, 0),  # query, key, value, output, up, down
            "embed": ((inputs + 1, width), 1 / math.sqrt(inputs + 1), 0),
            "embed_bias": ((width,), 0, 0),
            "positions": ((self.tokens, 1, width), 0.02, 0),
            "biases": ((layers, 6, width), 0, 0),
            "gains": ((layers, 2, width), 0, 1),
            "shifts": ((layers, 2, width), 0, 0),
            "gain": ((width,), 0, 1),
            "shift": ((width,), 0, 0),
            "head": ((width, 1), fan, 0),
            "head_bias": ((1,), 0, 0),
        }
        self.flat = torch.empty(sum(math.prod(shape) for shape, _, _ in kinds.values()))
        self.parts, offset = {}, 0
        for name, (shape, spread, mean) in kinds.items():
            view = self.flat[offset:offset + math.prod(shape)].view(shape)
            offset += view.numel()
            view.normal_(0, 1, generator=generator)
            if spread is None:
                spread = torch.tensor([fan, fan, fan, residual, fan, residual]).view(6, 1, 1)
            view.mul_(spread).add_(mean)
            self.parts[name] = view.detach().requires_grad_()
        self.matrices = self.parts["matrices"].numel()

    def merged(self, matrices, biases):
        """Weights and biases of queries, keys and values, those of a head side by side."""
        layers, width, heads = self.layers, self.width, self.heads
        weight = matrices[:, :3].reshape(layers, 3, width, heads, width // heads).permute(0, 2, 3, 1, 4)
        bias = biases[:, :3].reshape(layers, 3, heads, width // heads).transpose(1, 2)
        return (weight.reshape(layers, width, 3 * width).unbind(0), bias.reshape(layers, 3 * width).unbind(0))

    def predict(self, x, y):
        """Predictions [K,B] for x [K,B,D] and y [K,B]."""
        parts, width, batch = self.parts, self.width, x.shape[1]
        tokens = torch.zeros(self.examples, 2, batch, self.inputs + 1)
        tokens[:, 0, :, 1:] = x
        tokens[:, 1, :, 0] = y
        tokens = tokens.view(-1, self.inputs + 1)[:self.tokens * batch]
        matrices, biases = parts["matrices"], parts["biases"]
        weights, offsets = self.merged(matrices, biases)
        single, single_biases = matrices[:, 3:].unbind(0), biases[:, 3:].unbind(0)
        gains, shifts = parts["gains"].unbind(0), parts["shifts"].unbind(0)
        state = torch.addmm(parts["embed_bias"], tokens, parts["embed"])
        state = (state.view(self.tokens, batch, width) + parts["positions"]).view(-1, width)
        for layer in range(self.layers):
            output, up, down = single[layer].unbind(0)
            output_bias, up_bias, down_bias = single_biases[layer].unbind(0)
            (gain, gain2), (shift, shift2) = gains[layer].unbind(0), shifts[layer].unbind(0)
            normal = F.layer_norm(state, (width,), gain, shift)
            mixed = Attention.apply(torch.addmm(offsets[layer], normal, weights[layer]), self.mask, self.heads)
            state = torch.addmm(state, mixed, output).add_(output_bias)
            hidden = F.gelu(torch.addmm(up_bias, F.layer_norm(state, (width,), gain2, shift2), up))
            state = torch.addmm(state, hidden, down).add_(down_bias)
        state = state.view(self.tokens, batch, width)[::2].reshape(-1, width)
        normal = F.layer_norm(state, (width,), parts["gain"], parts["shift"])
        return torch.addmm(parts["head_bias"], normal, parts["head"]).view(-1, batch)


def sample(examples, batch, inputs, generator):
    """Noiseless linear tasks: x [K,B,D], y [K,B]."""
    x = torch.randn(examples, batch, inputs, generator=generator)
    return x, (x * torch.randn(batch, inputs, generator=generator)).sum(-1)


def least_squares(x, y):
    """Minimum-norm least squares from the examples before each place: [K,B]."""
    x, y = x.transpose(0, 1).double(), y.t().double()
    result = torch.zeros_like(y)
    for place in range(1, y.shape[1]):
        weights = torch.linalg.pinv(x[:, :place]) @ y[:, :place, None]
        result[:, place] = (x[:, place, None] @ weights)[:, 0, 0]
    return result.t().float()


def orthogonalise(matrices):
    """Five Newton-Schulz iterations on a stack of square matrices."""
    value = matrices / (matrices.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(5):
        square = torch.bmm(value, value.transpose(1, 2))
        value = torch.baddbmm(value, torch.baddbmm(square, square, square, beta=-4.775, alpha=2.0315), value,
                              beta=3.4445)
    return value


class Trainer:
    """The recipe."""

    def __init__(self, options):
        self.options, self.count, self.seconds = options, 0, 0.0
        generator = torch.Generator().manual_seed(options.seed)
        self.model = Model(options.dims, 2 * options.dims + 1, options.layers, options.width, options.heads, generator)
        size = self.model.flat.numel()
        self.average = self.model.flat.clone()
        self.momentum = torch.zeros(self.model.matrices)
        self.first, self.second = torch.zeros(size - self.model.matrices), torch.zeros(size - self.model.matrices)
        self.gradients = [torch.zeros(size) for _ in range(options.threads)]
        self.generators = [torch.Generator().manual_seed(1000 * options.seed + part) for part in range(options.threads)]
        left = (options.dims - torch.arange(self.model.examples)).clamp(min=0)
        weights = torch.ones(self.model.examples)
        if options.weighting is not None:
            weights = 1 / (left + options.weighting * options.dims)
        self.weights = (weights / weights.mean())[:, None]
        self.crew = Crew(options.threads, self.work)
        self.x, self.y = sample(self.model.examples, 1024, options.dims, torch.Generator().manual_seed(99))
        self.target = least_squares(self.x, self.y)

    def work(self, part):
        """Gradients of one share of the batch."""
        options = self.options
        x, y = sample(self.model.examples, options.batch // options.threads, options.dims, self.generators[part])
        loss = (self.weights * (self.model.predict(x, y) - y) ** 2).mean()
        gradients = torch.autograd.grad(loss, list(self.model.parts.values()))
        torch.cat([gradient.reshape(-1) for gradient in gradients], out=self.gradients[part])

    def progress(self):
        """The used share of the budget, 0 to 1."""
        options = self.options
        return self.count / options.steps if options.steps else self.seconds / options.seconds

    def step(self):
        """One training step."""
        start = time.perf_counter()
        progress, model = self.progress(), self.model
        rate = min(progress / 0.05, (1 - progress) / 0.95) if self.count else 0.001
        self.count += 1
        self.crew.run()
        gradient = self.gradients[0]
        if self.options.threads == 2:
            gradient.add_(self.gradients[1]).mul_(0.5)
        gradient.mul_(min(1.0, 1 / (gradient.norm().item() + 1e-6)))
        matrices, rest = gradient[:model.matrices], gradient[model.matrices:]
        self.momentum.mul_(0.95).add_(matrices)
        update = orthogonalise(matrices.add(self.momentum, alpha=0.95).view(-1, model.width, model.width))
        model.flat[:model.matrices].sub_(update.view(-1), alpha=rate * self.options.lr_muon)
        self.first.lerp_(rest, 0.1)
        self.second.mul_(0.98).addcmul_(rest, rest, value=0.02)
        scale = self.second.sqrt().mul_(1 / math.sqrt(1 - 0.98 ** self.count)).add_(1e-8)
        adam = rate * self.options.lr_adam / (1 - 0.9 ** self.count)
        model.flat[model.matrices:].addcdiv_(self.first, scale, value=-adam)
        self.average.lerp_(model.flat, 0.01)
        self.seconds += time.perf_counter() - start

    @torch.no_grad()
    def evaluate(self):
        """The squared difference to least squares divided by d, with the averaged weights."""
        kept = self.model.flat.clone()
        self.model.flat.copy_(self.average)
        errors = (self.model.predict(self.x, self.y) - self.target) ** 2
        self.model.flat.copy_(kept)
        return errors[1:].mean().item() / self.options.dims


def main():
    """Trains until the budget is spent."""
    torch.set_num_threads(1)
    trainer, crossings = Trainer(OPTIONS), {}
    while trainer.progress() < 1:
        trainer.step()
        if trainer.count % OPTIONS.every == 0 or trainer.progress() >= 1:
            spd = trainer.evaluate()
            for level in LEVELS:
                if spd < level:
                    crossings.setdefault(str(level), [round(trainer.seconds, 2), trainer.count])
            print(json.dumps({"seconds": round(trainer.seconds, 2), "step": trainer.count, "spd": round(spd, 5)}),
                  flush=True)
    print(json.dumps({"crossings": crossings, "parameters": trainer.model.flat.numel(), "threads": OPTIONS.threads,
                      "torch": torch.__version__}), flush=True)


if __name__ == "__main__":
    main()
