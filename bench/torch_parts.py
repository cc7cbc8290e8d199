"""Parts that the PyTorch benchmarks share: attention with its own backward pass, work shared by threads."""

import math
import threading

import torch


class Attention(torch.autograd.Function):
    """Causal softmax attention, time-major.

    The input [T*B, H*3*w] holds query, key and value of a head side by side; the output is [T*B, H*w].
    Products of many small matrices are fastest on contiguous operands of which none is transposed. Softmax is
    fast over rows that fill vector registers: keys and values are padded to the mask's width.
    """

    @staticmethod
    def forward(ctx, merged, mask, heads):
        tokens, padded = mask.shape
        head = merged.shape[1] // (3 * heads)
        parts = merged.view(tokens, -1, 3 * head).transpose(0, 1)
        query = parts[..., :head].contiguous().mul_(1 / math.sqrt(head))
        key = pad(parts[..., head:2 * head].transpose(1, 2), 2, padded)
        value = pad(parts[..., 2 * head:], 1, padded)
        pattern = torch.softmax(torch.bmm(query, key).add_(mask), -1)
        ctx.save_for_backward(query, key, value, pattern)
        ctx.heads = heads
        return torch.bmm(pattern, value).transpose(0, 1).reshape(merged.shape[0], -1)

    @staticmethod
    def backward(ctx, gradient):
        query, key, value, pattern = ctx.saved_tensors
        sequences, tokens, head = query.shape
        gradient = gradient.reshape(tokens, sequences, head).transpose(0, 1).contiguous()
        scores = torch._softmax_backward_data(
            torch.bmm(gradient, value.transpose(1, 2).contiguous()), pattern, -1, query.dtype)
        result = query.new_empty(tokens, sequences, 3 * head)
        parts = result.transpose(0, 1)
        torch.mul(torch.bmm(scores, key.transpose(1, 2).contiguous()), 1 / math.sqrt(head), out=parts[..., :head])
        parts[..., head:2 * head] = torch.bmm(scores.transpose(1, 2)[:, :tokens], query)
        parts[..., 2 * head:] = torch.bmm(pattern.transpose(1, 2)[:, :tokens], gradient)
        return result.view(-1, ctx.heads * 3 * head), None, None


def pad(tensor, axis, size):
    """A contiguous copy, with zeros behind it along an axis."""
    if tensor.shape[axis] == size:
        return tensor.contiguous()
    shape = list(tensor.shape)
    shape[axis] = size
    result = tensor.new_zeros(shape)
    result.narrow(axis, 0, tensor.shape[axis]).copy_(tensor)
    return result


def causal_mask(tokens):
    """What is added to the scores: [T, T rounded up to a multiple of 8]."""
    return torch.full((tokens, -(-tokens // 8) * 8), -math.inf).triu(1)


class Crew:
    """Runs work(part) for every part at once, one Python thread and one PyTorch thread each."""

    def __init__(self, parts, work):
        self.parts, self.work = parts, work
        self.begin, self.meet = threading.Semaphore(0), threading.Barrier(parts)
        for part in range(1, parts):
            threading.Thread(target=self.follow, args=(part,), daemon=True).start()

    def follow(self, part):
        """Waits, works, waits again."""
        torch.set_num_threads(1)
        while True:
            self.begin.acquire()
            self.work(part)
            self.meet.wait()

    def run(self):
        """One round; returns when every part is done."""
        for _ in range(1, self.parts):
            self.begin.release()
        self.work(0)
        self.meet.wait()
