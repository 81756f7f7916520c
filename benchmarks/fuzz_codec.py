"""Change compressed files at random, and decode them: python -m benchmarks.fuzz_codec --count 100000.

Half of the changed files get right checksums again, so that what is behind these is reached. Each file must decode
right, decode to a shorter level that is reported, or be refused in one sentence, in bounded memory: what does not is
written to --output and counted. The ladder is the tests' double of it, or with --model a codec model's.

With --svcm it is codec models that are changed, half of them given the answer that their numbers have: each must be
refused in one sentence, or code pictures without loss.
"""

import argparse
import signal
import time
import traceback
from collections import Counter
from pathlib import Path

import numpy as np

from tests.codec import double, hostile, hostile_model

_SECONDS = 60  # a file that takes longer hangs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", help='a .svcm file, one of the package, or "tiny", which is fast')
    parser.add_argument("--svcm", action="store_true", help="change codec models, not what they code")
    parser.add_argument("--output", type=Path, default=Path("fuzz"), help="where files that fail are written")
    arguments = parser.parse_args()
    if not arguments.model and not arguments.svcm:
        double.install()
    if arguments.svcm:
        victims = [hostile_model.ModelVictim(hostile_model.tiny(seed)) for seed in range(3)]
    else:
        victims = hostile.victims(hostile_model.tiny() if arguments.model == "tiny" else arguments.model)
    random, found, slowest = np.random.default_rng(arguments.seed), Counter(), 0.0
    begin = time.perf_counter()
    for number in range(arguments.count):
        victim, other = (victims[i] for i in random.integers(0, len(victims), 2))
        stamped = number % 2 == 1
        data = victim.changed(random, other, stamped)
        started = time.perf_counter()
        try:
            if hasattr(signal, "alarm"):
                signal.alarm(_SECONDS)
            result = victim.try_(data, stamped, random, other)
        except Exception:
            result = "FAILED"
            arguments.output.mkdir(exist_ok=True)
            (arguments.output / f"{arguments.seed}-{number}").write_bytes(data)
            traceback.print_exc()
        finally:
            if hasattr(signal, "alarm"):
                signal.alarm(0)
        found["stamped" if stamped else "not stamped", result] += 1
        slowest = max(slowest, time.perf_counter() - started)
    for (kind, result), count in sorted(found.items()):
        print(f"{kind:12s} {result:8s} {count:8d}")
    print(f"{arguments.count} files in {time.perf_counter() - begin:.0f} s, the slowest took {slowest:.2f} s")
    raise SystemExit(any(result == "FAILED" for _, result in found))


if __name__ == "__main__":
    main()
