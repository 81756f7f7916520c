"""The command `selfvae data-service`: training batches computed by other processes or machines."""

from __future__ import annotations

import signal

import click

from .common import command, start_tensorflow


@command("selfvae data-service --port 5050", name="data-service")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=5050,
    show_default=True,
    help="Of the dispatcher, or of the worker with --dispatcher; 0: any that is free.",
)
@click.option("--dispatcher", metavar="HOST:PORT", help="Run only a worker, which joins this dispatcher.")
@click.option("--host", default="localhost", show_default=True, help="The name by which trainers reach this machine.")
def data_service(port, dispatcher, host):
    """Run a tf.data service (a dispatcher and one worker) until SIGTERM or Ctrl-C.

    Its workers must see the cache's folder under the same path as the trainers do. There is no
    authentication: keep the port inside a network that you trust.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)  # until it serves there is nothing to end in order: the system ends it
    start_tensorflow()
    from ..data.service import serve

    serve(port, dispatcher, host)
