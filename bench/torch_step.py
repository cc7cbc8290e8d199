#!/usr/bin/python3
"""A training step of the benchmark's transformer in PyTorch, as fast as this machine lets it be.

The model: causal, pre-norm with a final norm, exact GELU, MLP ratio 4, learned positions, tokens of
D = 8 inputs and a label. A step samples fresh linear tasks, runs forward and backward in float32, and
applies Adam. Sizes: S (4 layers, width 64, 4 heads), M (8, 128, 4), B (12, 256, 8).

Protocol: one line {"ready":true,"torch":...,"threads":...,"parameters":...}, then for each line
{"steps":n} on standard input one line {"ms":[n times],"loss":...,"peak_mb":...}; the end of the input
ends the process. While it waits it uses no processor time.

What made it fast, with PyTorch 1.13 on CPU:
* Two Python threads, each with half of the batch and one thread inside PyTorch, beat one batch whose
  operations are split in two (--parallel ops): products of small matrices run one after the other
  there, and every operation pays a fork and a join. The optimiser is split by parameters.
* Time-major activations [T,B,M]; queries, keys and values from one product; attention with its own
  backward pass on contiguous operands; residuals added inside the products.
* Parameters, gradients and Adam's moments in flat vectors, updated in pieces that fit the cache.
* Memory stays with the process (GLIBC_TUNABLES), OpenBLAS picks its own kernels (OPENBLAS_* unset).

Use: /usr/bin/python3 bench/torch_step.py S 40 [--batch 64] [--parallel batch|ops] [--threads 2]
"""

import argparse
import json
import math
import os
import resource
import sys
import threading
import time

SIZES = {"S": (4, 64, 4), "M": (8, 128, 4), "B": (12, 256, 8)}
INPUTS = 8
OPENMP_BLAS = "/usr/lib/x86_64-linux-gnu/openblas-openmp"
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


def restart(options):
    """Starts this script again in the environment in which PyTorch is fastest; loaders read it only once."""
    inner = 1 if options.parallel == "batch" else options.threads
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith(("OPENBLAS_", "OMP_", "GOMP_", "MKL_", "MALLOC_"))}
    environment.update({
        "ICICLE_TORCH_READY": "1",
        "OMP_NUM_THREADS": str(inner),
        "OPENBLAS_NUM_THREADS": str(inner),
        # Softmax over 40 is slow in PyTorch's AVX-512 kernels, over a multiple of 16 it is fast.
        "ATEN_CPU_CAPABILITY": "default" if not has_flag("avx2") else
                               "avx512" if options.tokens % 16 == 0 and has_flag("avx512f") else "avx2",
        "GLIBC_TUNABLES": "glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=4294967296"
                          ":glibc.malloc.top_pad=67108864",
    })
    if os.path.isdir(OPENMP_BLAS):
        environment["LD_LIBRARY_PATH"] = OPENMP_BLAS
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)


def has_flag(name):
    """Whether the processor has an instruction set."""
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:
        return any(line.startswith("flags") and name in line.split() for line in lines)


OPTIONS = arguments()
if not OPTIONS.keep_environment and "ICICLE_TORCH_READY" not in os.environ:
    restart(OPTIONS)

import torch  # noqa: E402  (after the restart)
import torch.nn.functional as F  # noqa: E402


class Attention(torch.autograd.Function):
    """Causal softmax attention; its input [T*B, H*3*w] holds query, key, value of a head side by side."""

    @staticmethod
    def forward(ctx, merged, mask, heads, tokens):
        width = merged.shape[1] // heads
        parts = merged.view(tokens, -1, width).transpose(0, 1)
        head = width // 3
        query = parts[..., :head].contiguous().mul_(1 / math.sqrt(head))
        key = parts[..., head:2 * head].transpose(1, 2).contiguous()
        value = parts[..., 2 * head:].contiguous()
        pattern = torch.softmax(torch.bmm(query, key).add_(mask), -1)
        ctx.save_for_backward(query, key, value, pattern)
        ctx.heads = heads
        return torch.bmm(pattern, value).transpose(0, 1).reshape(merged.shape[0], -1)

    @staticmethod
    def backward(ctx, gradient):
        query, key, value, pattern = ctx.saved_tensors
        sequences, tokens, head = query.shape
        gradient = gradient.view(tokens, sequences, head).transpose(0, 1).contiguous()
        scores = torch._softmax_backward_data(
            torch.bmm(gradient, value.transpose(1, 2).contiguous()), pattern, -1, torch.float32)
        result = torch.empty(tokens, sequences, 3 * head)
        parts = result.transpose(0, 1)
        torch.mul(torch.bmm(scores, key.transpose(1, 2).contiguous()), 1 / math.sqrt(head), out=parts[..., :head])
        parts[..., head:2 * head] = torch.bmm(scores.transpose(1, 2), query)
        parts[..., 2 * head:] = torch.bmm(pattern.transpose(1, 2), gradient)
        return result.view(-1, ctx.heads * 3 * head), None, None, None


class Model:
    """Parameters as views of one flat vector, and the loss of a batch."""

    def __init__(self, layers, width, heads, tokens):
        self.layers, self.width, self.heads, self.tokens = layers, width, heads, tokens
        self.examples = (tokens + 1) // 2
        self.mask = torch.full((tokens, tokens), -math.inf).triu(1)
        norm, columns = [((width,), 1), ((width,), 0)], lambda *shape: [(shape, None), (shape[1:], 0)]
        block = [*norm, *columns(width, 3 * width), *columns(width, width),
                 *norm, *columns(width, 4 * width), *columns(4 * width, width)]
        shapes = [*columns(INPUTS + 1, width), ((tokens, 1, width), None), *block * layers, *norm, *columns(width, 1)]
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
        """The sum of squared errors divided by the number of predictions in this part of the batch."""
        width, batch = self.width, tokens.shape[1]
        embed, embed_bias, positions, *rest = self.parameters
        state = torch.addmm(embed_bias, tokens.reshape(-1, INPUTS + 1), embed)
        state = (state.view(self.tokens, batch, width) + positions).view(-1, width)
        for layer in range(self.layers):
            gain, bias, merged, merged_bias, output, output_bias, gain2, bias2, up, up_bias, down, down_bias = \
                rest[12 * layer:12 * layer + 12]
            normal = F.layer_norm(state, (width,), gain, bias)
            mixed = Attention.apply(torch.addmm(merged_bias, normal, merged), self.mask, self.heads, self.tokens)
            state = torch.addmm(state, mixed, output).add_(output_bias)
            hidden = F.gelu(torch.addmm(up_bias, F.layer_norm(state, (width,), gain2, bias2), up))
            state = torch.addmm(state, hidden, down).add_(down_bias)
        gain, bias, head, head_bias = rest[-4:]
        state = state.view(self.tokens, batch, width)[::2].reshape(-1, width)
        predictions = torch.addmm(head_bias, F.layer_norm(state, (width,), gain, bias), head)
        return ((predictions.view(-1, batch) - y) ** 2).mean()


class Trainer:
    """Steps on one or two threads. Thread r computes part r of the batch and updates part r of the vector."""

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
        self.begin, self.meet = threading.Semaphore(0), threading.Barrier(self.parts)
        for part in range(1, self.parts):
            threading.Thread(target=self.follow, args=(part,), daemon=True).start()

    def follow(self, part):
        """The second thread: waits for a step, takes its share."""
        torch.set_num_threads(1)
        while True:
            self.begin.acquire()
            self.work(part)

    def work(self, part):
        """One thread's share of a step."""
        loss = self.model.loss(*self.model.sample(self.batch, self.generators[part]))
        gradients = torch.autograd.grad(loss, self.model.parameters)
        torch.cat([gradient.view(-1) for gradient in gradients], out=self.gradients[part])
        self.losses[part] = loss.detach()
        self.meet.wait()
        self.update(part)
        self.meet.wait()

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
        if self.parts == 2:
            self.begin.release()
        self.work(0)
        return sum(self.losses) / self.parts


def main():
    """Says that it is ready, then answers requests."""
    torch.set_num_threads(1 if OPTIONS.parallel == "batch" else OPTIONS.threads)
    torch.manual_seed(1)
    trainer = Trainer(OPTIONS)
    for _ in range(2):
        trainer.step()
    ready = {"ready": True, "torch": torch.__version__, "threads": OPTIONS.threads,
             "parameters": trainer.model.flat.numel()}
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
