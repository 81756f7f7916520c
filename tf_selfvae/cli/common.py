"""What the commands share: a quiet start, clear errors, common options and printing."""

from __future__ import annotations

import contextlib
import functools
import gc
import logging
import os
import signal
import sys
import threading
from pathlib import Path

import click

from ..errors import Interrupted, Told, UserError
from ..files import atomic, check_output, make_folder
from ..keras_names import check_backend


def shows_traceback():
    """Whether `selfvae --traceback` was asked for."""
    context = click.get_current_context(silent=True)
    return bool(context and context.find_root().params.get("traceback"))


def start_tensorflow():
    """Import TensorFlow, which takes seconds, for this process that trains or measures with it.

    Its start-up messages, which it writes past Python's streams, and its warnings are left out until the command
    ends: what they would tell is told in one line by `train`, the devices. `selfvae --traceback` shows them.
    """
    check_backend()
    quiet = not shows_traceback()
    if quiet:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with _no_messages() if quiet else contextlib.nullcontext():
        if "keras" not in sys.modules:
            with _imported_for_good(), _not_found("sklearn", "matplotlib"):
                import keras  # noqa: F401
        from ..devices import quick_start

        quick_start()
    if quiet:  # one graph a plan is meant; TensorFlow warns of "retracing" each time
        click.get_current_context().with_resource(_log_level("tensorflow", logging.ERROR))


@contextlib.contextmanager
def _no_messages():
    errors, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(errors, 2)
        os.close(errors)
        os.close(nowhere)


@contextlib.contextmanager
def _imported_for_good():
    """Keep the collector of garbage from a million objects that stay: it takes 1 s at the start, and 1.5 at the end."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextlib.contextmanager
def _not_found(*names):
    """Have packages that nobody imported look as if they were not installed: Keras imports, in 2 s, what it finds."""
    names = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(names))
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]


@contextlib.contextmanager
def _log_level(name, level):
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(before)


def clear_errors(command):
    """Turn what a person can act on into one sentence, and SIGTERM or Ctrl-C into an end in order.

    The exit status is 1, or as of a process that the signal ended. Everything else keeps its traceback.
    """

    @functools.wraps(command)
    def run(*args, **kwargs):
        try:
            with _sigterm_interrupts():
                return command(*args, **kwargs)
        except Told as error:
            if shows_traceback():
                raise
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt as error:
            if shows_traceback():
                raise
            number = signal.Signals(getattr(error, "number", signal.SIGINT))
            click.echo(f"Error: interrupted by {number.name}", err=True)
            sys.exit(128 + number)

    return run


@contextlib.contextmanager
def _sigterm_interrupts():
    """Have SIGTERM raise where the main thread is, so that what is half written is removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number, frame):
        signal.signal(number, signal.SIG_DFL)  # a second one does not ask
        raise Interrupted(number)

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def assignments(pairs):
    """Return a dict of field to value of `--set FIELD=VALUE` options."""
    values = {}
    for pair in pairs:
        path, equals, value = pair.partition("=")
        if not equals:
            raise UserError(f"--set: expected FIELD=VALUE, got {pair!r}")
        values[path] = value
    return values


class AnyPath(click.Path):
    """A path as click checks it; one that no system can have, such as with a zero byte, is a mistake like others."""

    def convert(self, value, param, ctx):
        try:
            return super().convert(value, param, ctx)
        except ValueError as error:
            self.fail(f"{value!r} is no path ({error})", param, ctx)


_SETS = "photos32, photos64, cifar10, imagenette64, celeba64, folder:PATH, crops:PATH or npz:PATH"
MODEL = click.argument("model", type=AnyPath())
TRAINED = click.argument("model", type=AnyPath(), default="imagenette64")  # what comes with the package
OWN_DATA = click.option("--data", help=f"By default the run's own data set; {_SETS}.")
SPLIT = click.Choice(["test", "validation", "train"])
CACHE = click.option("--cache", type=AnyPath(file_okay=False), help="Where decoded images are cached.")
SEED = click.option("--seed", default=0, show_default=True, help="Of all that is drawn.")
PRECISION = click.option(
    "--precision",
    type=click.Choice(["auto", "float32", "bfloat16"]),
    default="auto",
    show_default=True,
    help="Of convolutions; auto: bfloat16 where the processor has it.",
)


class Output(AnyPath):
    """Where a command writes its result, checked before the command begins.

    Args:
        endings: as for `files.check_output`.
    """

    def __init__(self, endings=None):
        super().__init__(file_okay=endings is not None, dir_okay=endings is None)
        self._endings = endings

    def convert(self, value, param, ctx):
        try:
            check_output(value, "--output", self._endings)
        except UserError as error:
            raise click.ClickException(str(error)) from error
        return super().convert(value, param, ctx)


class Temperature(click.ParamType):
    """A number, or variables' own: x=0.7,y1=0.9."""

    name = "number or names"

    def convert(self, value, param, ctx):
        if not isinstance(value, str):
            return value
        try:
            if "=" not in value:
                return float(value)
            return {name.strip(): float(number) for name, number in (part.split("=") for part in value.split(","))}
        except ValueError:
            self.fail(f"expected a number, or variables' own such as x=0.7,y1=0.9, got {value!r}", param, ctx)


TEMPERATURE = Temperature()
PICTURE = Output((".png", ".jpg", ".jpeg", ".webp"))


def data_option(**options):
    """Return the option --data of a command that trains."""
    return click.option("--data", help=f"{_SETS[0].upper()}{_SETS[1:]}.", **options)


def set_option(help):
    """Return the option --set, whose values `assignments` reads."""
    return click.option("--set", "overrides", multiple=True, metavar="FIELD=VALUE", help=help)


def command(example, name=None):
    """Make a click command that turns errors into sentences and whose help ends with an example."""

    def decorate(function):
        return click.command(name, epilog=f"\b\nExample:\n  {example}")(clear_errors(function))

    return decorate


class Sections(click.Group):
    """A group that lists its commands by what they are for.

    Args:
        sections: dict of a title to names of commands; commands that no section names stand in a last one.
    """

    def __init__(self, *args, sections, **kwargs):
        super().__init__(*args, **kwargs)
        self._sections = sections

    def format_commands(self, context, formatter):
        named = [name for names in self._sections.values() for name in names]
        others = {"More": [name for name in self.list_commands(context) if name not in named]}
        for title, names in {**self._sections, **others}.items():
            shown = [(name, self.commands[name].get_short_help_str(200)) for name in names if name in self.commands]
            if shown:
                with formatter.section(title):
                    formatter.write_dl(shown)


def print_results(results):
    """Print a table of bits per dimension."""
    click.echo(f"\n{results['split']} ({results['count']} images), bits per dimension of x:")
    for count, bound in results.get("bounds", {}).items():
        error = bound["standard_error"]
        error = "(one image: no standard error)" if error is None else f"+- {error:.4f}"
        click.echo(f"  {count:>4s} sample{' ' if count == '1' else 's'}   {bound['bpd']:8.4f} {error}")
    for name, value in results.items():
        if name == "bpd" or name.startswith(("re_", "kl_")):
            click.echo(f"  {name:14s} {value:8.4f}")
    if "effective_samples" in results:
        click.echo(f"effective samples: {results['effective_samples']:.1f} of {results['importance_samples']}")
    click.echo(f"resize: {results['resize']}")
    for name, label in (
        ("seconds_per_image", "seconds per image"),
        ("images_per_second", "images per second"),
        ("peak_memory_gib", "peak memory, GiB"),
        ("training_minutes", "minutes of training"),
    ):
        if name in results:
            click.echo(f"{label}: {results[name]:.2f}")


def save(picture, output):
    """Write a PIL image whole or not at all, by the suffix of its name."""
    output = Path(output)
    make_folder(output.parent, "--output")
    with atomic(output) as path:
        picture.save(path)
    click.echo(f"wrote {output}")
