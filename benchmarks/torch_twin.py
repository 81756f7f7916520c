"""A PyTorch network of a model's convolutions, in float32, for `benchmarks/speed.py --torch`.

    python -m venv ~/torch-venv
    ~/torch-venv/bin/pip install torch --index-url https://download.pytorch.org/whl/cpu

It reads the list of convolutions that `benchmarks/convolutions.py` makes, and gives them back their form: dense blocks
(1x1, ELU, 3x3, concatenation, ELU), channel attention, and all others one after another with an ELU between. Where
the list goes on with other channels than the last gave, a new network begins, on noise. Its loss is a mean square of
what each network gives; weights are normalised, the optimizer is AdaMax. It has no moving average, no mixtures and no
bijector, which cost less than a twentieth of a step.
"""

import json
import os
import resource
import sys
import time

import torch
from torch.nn.functional import elu
from torch.nn.utils.parametrizations import weight_norm


def convolution(said):
    """Return the layer of one convolution."""
    sizes = (said["channels_in"], said["channels_out"], said["kernel"])
    (before, _), (after, _) = said["size_in"], said["size_out"]
    if after > before:
        return weight_norm(torch.nn.ConvTranspose2d(*sizes, stride=2, padding=1, output_padding=1), dim=1)
    return weight_norm(torch.nn.Conv2d(*sizes, stride=before // after, padding=sizes[2] // 2))


def is_dense_block(first, second):
    """Whether two convolutions are a 1x1 to four times the growth, and a 3x3 to the growth."""
    kernels = (first["kernel"], second["kernel"]) == (1, 3)
    return kernels and first["channels_out"] == second["channels_in"] == 4 * second["channels_out"]


class Twin(torch.nn.Module):
    """The convolutions of a list, in its order.

    Args:
        listed: list of dicts with the fields of a `Convolution`.
    """

    def __init__(self, listed):
        super().__init__()
        self.listed = listed
        self.layers = torch.nn.ModuleList(map(convolution, listed))

    def forward(self, batch):
        loss, x, place = 0.0, None, 0
        while place < len(self.layers):
            said, layer = self.listed[place], self.layers[place]
            following = self.layers[place + 1] if place + 1 < len(self.layers) else None
            if tuple(said["size_in"]) == (1, 1):
                gate = torch.sigmoid(following(elu(layer(x.mean((2, 3), keepdim=True)))))
                x, place = x * gate, place + 2
                continue
            if x is None or (x.shape[1], *x.shape[2:]) != (said["channels_in"], *said["size_in"]):
                loss = loss if x is None else loss + x.square().mean()
                x = torch.randn(batch, said["channels_in"], *said["size_in"])
            if following is not None and is_dense_block(said, self.listed[place + 1]):
                x, place = elu(torch.cat([x, following(elu(layer(x)))], 1)), place + 2
            else:
                x, place = elu(layer(x)), place + 1
        return loss + x.square().mean()


def main():
    """Take a step for each line "step" on standard input, and answer with its seconds."""
    said = json.loads(sys.stdin.readline())
    torch.manual_seed(0)
    begin = time.perf_counter()
    twin = Twin(said["convolutions"])
    optimizer = torch.optim.Adamax(twin.parameters(), lr=1e-4)

    clock = time.process_time if os.environ.get("CLOCK") == "cpu" else time.perf_counter

    def step():
        begin = clock()
        optimizer.zero_grad()
        twin(said["batch"]).backward()
        optimizer.step()
        return clock() - begin

    step()
    print(json.dumps({"first": time.perf_counter() - begin}), flush=True)
    commands = {"step": step, "memory": lambda: 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
    for line in sys.stdin:
        print(json.dumps(commands[line.strip()]()), flush=True)


if __name__ == "__main__":
    main()
