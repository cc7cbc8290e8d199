#!/usr/bin/python3
"""Writes reference values, computed by PyTorch in float64, to src/model/testdata.

Two kinds of files, all safetensors with a JSON text under __metadata__.config:

* models: one file for each case of MODELS, which together use every option of the model. Each holds
  `parameters/<name>`, `x` [E,K,D], `y` [E,K], `predictions` [E,K], `loss`, `gradients/<name>` and
  `activations/<name>`.
* optimisers: one file for each case of OPTIMISERS: five steps on a tiny model, each with its own batch.
  Batch s is `x/<s>`, `y/<s>`. Parameters before the first step are `parameters/0/<name>`, after step s
  `parameters/<s>/<name>`; `loss/<s>`, `norm/<s>` and `gradients/<s>/<name>` are what step s saw, before
  clipping. So an optimiser can be checked alone, fed with the stored gradients, or with the model.

Use: /usr/bin/python3 scripts/reference_models.py [folder]
"""

import json
import math
import struct
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

MAX_BYTES = 60_000

BASE = {
    "inputs": 3, "points": 4, "tokens": "separate", "layers": 2, "width": 8, "heads": 2, "headWidth": 4,
    "mlpRatio": 1, "positions": "learned", "norm": "pre", "activation": "gelu", "attention": "softmax",
    "looped": False,
}

# Differences from BASE. `episodes` and `examples` (which may be fewer than points) belong to the data.
MODELS = {
    "separate-pre-softmax-gelu": {"mlpRatio": 4},
    "separate-replace-bottleneck-tanh": {
        "norm": "replace", "activation": "gelu-tanh", "headWidth": 2, "mlpRatio": 4},
    "separate-none-linear-relu": {
        "norm": "none", "attention": "linear", "activation": "relu", "positions": "none"},
    "separate-pre-relu-relu": {"attention": "relu", "activation": "relu", "heads": 4, "headWidth": 2},
    "combined-pre-linear-gelu": {"tokens": "combined", "attention": "linear"},
    "combined-none-softmax-tanh": {"tokens": "combined", "norm": "none", "activation": "gelu-tanh"},
    "combined-replace-relu-gelu": {
        "tokens": "combined", "norm": "replace", "attention": "relu", "positions": "none"},
    "looped-pre-softmax-gelu": {"looped": True, "layers": 3, "mlpRatio": 4},
    "looped-replace-linear-relu": {
        "looped": True, "layers": 2, "norm": "replace", "attention": "linear", "activation": "relu",
        "headWidth": 2, "tokens": "combined"},
    "short-prefix-one-head": {
        "inputs": 2, "points": 6, "examples": 4, "heads": 1, "headWidth": 8, "episodes": 2},
    "one-input-one-example": {
        "inputs": 1, "points": 1, "examples": 1, "width": 4, "headWidth": 2, "episodes": 2},
}

TINY = {
    **BASE, "inputs": 2, "points": 3, "layers": 1, "width": 4, "headWidth": 2, "mlpRatio": 2,
}

OPTIMISERS = {
    "adam": {"rate": 0.01, "betas": [0.9, 0.98], "epsilon": 1e-8},
    "adamw": {"rate": 0.01, "betas": [0.9, 0.98], "epsilon": 1e-8, "decay": 0.1},
    "adam-clip": {
        "rate": 0.01, "betas": [0.9, 0.98], "epsilon": 1e-8, "clip": {"norm": 1, "epsilon": 1e-6}},
    "muon": {
        "rate": 0.01, "betas": [0.9, 0.98], "epsilon": 1e-8,
        "muon": {"rate": 0.02, "momentum": 0.95, "nesterov": True, "iterations": 5,
                 "coefficients": [3.4445, -4.775, 2.0315], "epsilon": 1e-7}},
}


def save(path, tensors, config):
    """Writes tensors to a safetensors file, float64, with the config as its metadata."""
    header, chunks, offset = {"__metadata__": {"config": json.dumps(config)}}, [], 0
    for name, tensor in tensors.items():
        data = tensor.detach().contiguous().numpy().astype("<f8").tobytes()
        header[name] = {"dtype": "F64", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        chunks.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    content = struct.pack("<Q", len(text)) + text + b"".join(chunks)
    if len(content) > MAX_BYTES:
        raise ValueError(f"{path.name} has {len(content)} bytes, more than {MAX_BYTES}")
    path.write_bytes(content)
    print(f"{len(content):6d} {path.name}")


def shapes(config):
    """The parameters of a model: name to shape, in the order of the files."""
    width, attention = config["width"], config["heads"] * config["headWidth"]
    hidden = width * config["mlpRatio"]
    result = {}

    def norm(name):
        result[f"{name}.gain"] = [width]
        result[f"{name}.bias"] = [width]

    def linear(name, rows, columns):
        result[f"{name}.weight"] = [rows, columns]
        result[f"{name}.bias"] = [columns]

    linear("embed", config["inputs"] + 1, width)
    if config["positions"] == "learned":
        result["positions"] = [2 * config["points"] - 1, width]
    for layer in range(1 if config["looped"] else config["layers"]):
        block = f"blocks.{layer}"
        if config["norm"] != "none":
            norm(f"{block}.attention.norm")
        for name in ("query", "key", "value"):
            linear(f"{block}.attention.{name}", width, attention)
        linear(f"{block}.attention.output", attention, width)
        if config["norm"] != "none":
            norm(f"{block}.mlp.norm")
        linear(f"{block}.mlp.up", width, hidden)
        linear(f"{block}.mlp.down", hidden, width)
    if config["norm"] == "pre":
        norm("norm")
    linear("head", width, 1)
    return result


def draw_parameters(config, generator):
    """Seeded parameters: gains near 1, weights scaled by fan-in so that no activation saturates."""
    result, scale = {}, 0.8 if config["norm"] == "none" else 1.2
    for name, shape in shapes(config).items():
        noise = torch.randn(shape, generator=generator, dtype=torch.float64)
        if name.endswith(".gain"):
            value = 1 + 0.2 * noise
        elif name.endswith(".weight"):
            value = noise * scale / math.sqrt(shape[0])
        else:
            value = 0.3 * noise
        result[name] = value.requires_grad_()
    return result


def draw_data(config, episodes, examples, generator):
    """Linear tasks with a little noise."""
    x = torch.randn(episodes, examples, config["inputs"], generator=generator, dtype=torch.float64)
    weights = torch.randn(episodes, config["inputs"], 1, generator=generator, dtype=torch.float64)
    noise = torch.randn(episodes, examples, generator=generator, dtype=torch.float64)
    return x, (x @ weights)[..., 0] + 0.3 * noise


def interleave(config, x, y):
    """Tokens [E, 2K-1, D+1]: queries at even places, examples at odd ones, label first."""
    query = torch.cat([torch.zeros_like(y)[..., None], x], dim=2)
    inputs = x if config["tokens"] == "combined" else torch.zeros_like(x)
    example = torch.cat([y[..., None], inputs], dim=2)
    tokens = torch.stack([query, example], dim=2)
    return tokens.reshape(x.shape[0], 2 * x.shape[1], -1)[:, :-1]


ACTIVATIONS = {
    "gelu": F.gelu,
    "gelu-tanh": lambda value: F.gelu(value, approximate="tanh"),
    "relu": F.relu,
}


def predict(config, parameters, x, y):
    """Predictions [E,K] and the activations by name."""
    seen = {}
    width, heads, head_width = config["width"], config["heads"], config["headWidth"]

    def linear(name, value):
        return value @ parameters[f"{name}.weight"] + parameters[f"{name}.bias"]

    def norm(name, value):
        return F.layer_norm(value, (width,), parameters[f"{name}.gain"], parameters[f"{name}.bias"], 1e-5)

    def attend(block, value):
        episodes, count, _ = value.shape
        query, key, content = (
            linear(f"{block}.attention.{name}", value).reshape(episodes, count, heads, head_width).transpose(1, 2)
            for name in ("query", "key", "value"))
        scores = query @ key.transpose(2, 3) / math.sqrt(head_width)
        past = torch.ones(count, count, dtype=torch.bool).tril()
        if config["attention"] == "softmax":
            pattern = scores.masked_fill(~past, -math.inf).softmax(dim=3)
        else:
            weights = scores.relu() if config["attention"] == "relu" else scores
            positions = torch.arange(1, count + 1, dtype=torch.float64)
            pattern = (weights / positions[:, None]).masked_fill(~past, 0)
        mixed = (pattern @ content).transpose(1, 2).reshape(episodes, count, heads * head_width)
        return linear(f"{block}.attention.output", mixed), pattern

    def transform(block, value):
        hidden = ACTIVATIONS[config["activation"]](linear(f"{block}.mlp.up", value))
        return linear(f"{block}.mlp.down", hidden)

    state = linear("embed", interleave(config, x, y))
    if config["positions"] == "learned":
        state = state + parameters["positions"][: state.shape[1]]
    seen["embedded"] = state
    for layer in range(config["layers"]):
        block = "blocks.0" if config["looped"] else f"blocks.{layer}"
        if config["norm"] == "pre":
            change, pattern = attend(block, norm(f"{block}.attention.norm", state))
            state = state + change
            state = state + transform(block, norm(f"{block}.mlp.norm", state))
        elif config["norm"] == "replace":
            state = norm(f"{block}.attention.norm", state)
            change, pattern = attend(block, state)
            state = state + change
            state = norm(f"{block}.mlp.norm", state)
            state = state + transform(block, state)
        else:
            change, pattern = attend(block, state)
            state = state + change
            state = state + transform(block, state)
        seen[f"blocks.{layer}.attention.pattern"] = pattern
        seen[f"blocks.{layer}.residual"] = state
    if config["norm"] == "pre":
        state = norm("norm", state)
    return linear("head", state)[:, ::2, 0], seen


def loss_of(config, parameters, x, y):
    """The mean squared error, the predictions and the activations."""
    predictions, seen = predict(config, parameters, x, y)
    return ((predictions - y) ** 2).mean(), predictions, seen


def write_model(folder, number, name, options):
    """One model: predictions, loss, all gradients, two activations."""
    data = {"episodes": options.get("episodes", 3), "examples": options.get("examples", 4)}
    config = {**BASE, **{key: value for key, value in options.items() if key not in data}}
    generator = torch.Generator().manual_seed(1000 + number)
    parameters = draw_parameters(config, generator)
    x, y = draw_data(config, data["episodes"], data["examples"], generator)
    loss, predictions, seen = loss_of(config, parameters, x, y)
    gradients = torch.autograd.grad(loss, list(parameters.values()))
    tensors = {f"parameters/{key}": value for key, value in parameters.items()}
    tensors.update({"x": x, "y": y, "predictions": predictions, "loss": loss})
    tensors.update({f"gradients/{key}": value for key, value in zip(parameters, gradients)})
    for key in ("blocks.0.attention.pattern", "blocks.1.residual"):
        tensors[f"activations/{key}"] = seen[key]
    save(folder / f"model-{name}.safetensors", tensors, config)


def orthogonalise(matrix, options):
    """An approximate nearest orthogonal matrix, by Newton-Schulz iterations."""
    a, b, c = options["coefficients"]
    tall = matrix.shape[0] > matrix.shape[1]
    value = matrix.T if tall else matrix
    value = value / (value.norm() + options["epsilon"])
    for _ in range(options["iterations"]):
        square = value @ value.T
        value = a * value + (b * square + c * square @ square) @ value
    return value.T if tall else value


class Muon:
    """momentum <- mu momentum + g; step along the orthogonalised g + mu momentum.

    Jordan scales the step by sqrt(max(1, out / in)) on matrices [out, in]; the stored ones are [in, out].
    """

    def __init__(self, parameters, options):
        self.parameters, self.options = parameters, options
        self.momenta = [torch.zeros_like(parameter) for parameter in parameters]

    @torch.no_grad()
    def step(self):
        rate, mu = self.options["rate"], self.options["momentum"]
        for parameter, momentum in zip(self.parameters, self.momenta):
            momentum.mul_(mu).add_(parameter.grad)
            update = orthogonalise(parameter.grad + mu * momentum, self.options)
            inputs, outputs = parameter.shape
            parameter.sub_(rate * math.sqrt(max(1, outputs / inputs)) * update)


def write_optimiser(folder, name, options):
    """Five steps of one optimiser."""
    generator = torch.Generator().manual_seed(2000)
    parameters = draw_parameters(TINY, generator)
    with torch.no_grad():
        parameters["head.weight"].mul_(0.05)
        parameters["head.bias"].mul_(0.05)
    matrices = [key for key in parameters if key.startswith("blocks.") and key.endswith(".weight")]
    muon = options.get("muon")
    rest = [value for key, value in parameters.items() if muon is None or key not in matrices]
    kind = torch.optim.AdamW if "decay" in options else torch.optim.Adam
    optimisers = [kind(rest, lr=options["rate"], betas=options["betas"], eps=options["epsilon"],
                       weight_decay=options.get("decay", 0))]
    if muon is not None:
        optimisers.append(Muon([parameters[key] for key in matrices], muon))
    tensors = {f"parameters/0/{key}": value.detach().clone() for key, value in parameters.items()}
    for step in range(1, 6):
        x, y = draw_data(TINY, 2, TINY["points"], generator)
        y = y * (0.05 if step % 2 == 0 else 2)  # so that clipping acts in some steps and not in others
        loss = loss_of(TINY, parameters, x, y)[0]
        for value in parameters.values():
            value.grad = None
        loss.backward()
        gradients = {key: value.grad.clone() for key, value in parameters.items()}
        norm = torch.sqrt(sum((value ** 2).sum() for value in gradients.values()))
        if "clip" in options:
            torch.nn.utils.clip_grad_norm_(parameters.values(), options["clip"]["norm"])
        for optimiser in optimisers:
            optimiser.step()
        tensors.update({f"x/{step}": x, f"y/{step}": y, f"loss/{step}": loss, f"norm/{step}": norm})
        tensors.update({f"gradients/{step}/{key}": value for key, value in gradients.items()})
        tensors.update({f"parameters/{step}/{key}": value.detach().clone() for key, value in parameters.items()})
    save(folder / f"optimiser-{name}.safetensors", tensors, {"model": TINY, "optimiser": options})
    print("       norms", [round(tensors[f"norm/{step}"].item(), 3) for step in range(1, 6)])


def main():
    """Writes every file."""
    torch.set_num_threads(1)
    here = Path(__file__).resolve().parent.parent
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else here / "src/model/testdata"
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, options) in enumerate(MODELS.items()):
        write_model(folder, number, name, options)
    for name, options in OPTIMISERS.items():
        write_optimiser(folder, name, options)


if __name__ == "__main__":
    main()
