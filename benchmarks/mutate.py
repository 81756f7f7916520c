"""Try 20,000 mutations of pictures, runs' files and command lines: python -m benchmarks.mutate [COUNT].

Each must end in a result or in one sentence, within a minute, and all of them in 2 GiB of memory.
"""

import datetime
import resource
import sys
import tempfile
import time

from hypothesis import HealthCheck, given, settings

from tests import mutations


def main(count=20_000):
    """Share the mutations out, six to one to one, and print what they took."""
    with tempfile.TemporaryDirectory() as folder:
        files = mutations.make_run(folder)
        kinds = (
            ("pictures", count * 6 // 8, mutations.PICTURES, lambda case: mutations.check_picture(folder, case)),
            ("runs' files", count // 8, mutations.RUN_FILES, lambda case: mutations.check_run(folder, files, case)),
            ("command lines", count // 8, mutations.LINES, lambda case: mutations.check_line(folder, case)),
        )
        for name, examples, cases, check in kinds:
            options = {"deadline": datetime.timedelta(seconds=60), "suppress_health_check": list(HealthCheck)}
            begun = time.monotonic()
            settings(max_examples=examples, database=None, **options)(given(cases)(check))()
            print(f"{name}: {examples} in {time.monotonic() - begun:.0f} s", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory: {peak:.2f} GiB")
    assert peak < 2


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
