"""Commands for compressed pictures: compress, decompress, info."""

from __future__ import annotations

from pathlib import Path

import click

from .common import AnyPath, Output, command, start_tensorflow

_MODEL = click.option("--model", help="A codec model: a .svcm file, or one that comes with the package.")
_MOST = click.option(
    "--most",
    type=click.IntRange(1),
    default=200,
    show_default=True,
    metavar="MEGAPIXELS",
    help="Larger pictures are refused.",
)
_OVERWRITE = click.option("--overwrite", is_flag=True, help="Replace files that are there.")


class Quality(click.ParamType):
    """1, 1/2, 1/4, ..."""

    name = "quality"

    def convert(self, value, param, ctx):
        try:
            part, _, whole = str(value).partition("/")
            return float(part) / float(whole or 1)
        except (ValueError, ZeroDivisionError):
            self.fail(f"expected 1, 1/2, 1/4, ..., got {value!r}", param, ctx)


@command("selfvae compress photo.png -o photo.svae")
@click.argument("pictures", nargs=-1, required=True, type=AnyPath())
@click.option(
    "-o",
    "--output",
    type=Output((".svae", ".svar")),
    help="By default the picture's or folder's name with the ending .svae or .svar.",
)
@click.option("--append", is_flag=True, help="Put PICTURES into the archive --output, which exists.")
@_MODEL
@click.option("--embed-model", "embed", is_flag=True, help="Put the file of --model into the archive.")
@click.option(
    "--quality",
    type=Quality(),
    default="1",
    show_default=True,
    help="1 loses nothing; 1/2, 1/4, ...: the picture of that size exactly, the rest by the model.",
)
@click.option(
    "--fill",
    type=click.Choice(["mean", "sample"]),
    default="mean",
    show_default=True,
    help="How the rest is drawn.",
)
@click.option("--verify", "verified", is_flag=True, help="Another process decodes and compares all of it first.")
@_MOST
@_OVERWRITE
def compress(pictures, output, append, model, embed, quality, fill, verified, most, overwrite):
    """Compress one of PICTURES to a .svae file, or a folder or several files to an archive, a .svar.

    Pixels come back bit for bit, as do orientation, colour profile, EXIF and XMP.
    """
    start_tensorflow()
    from ..codec.transfer import compress_files

    path, before, after = compress_files(
        list(pictures), output, model, quality, fill, append, embed, verified, overwrite, most * 10**6
    )
    checked = ", decoded and compared in another process" if verified else ""
    click.echo(f"wrote {path}: {before:,} bytes became {after:,} ({after / max(before, 1):.1%}){checked}")


@command("selfvae decompress photo.svae -o photo.png")
@click.argument("file", type=AnyPath())
@click.argument("name", required=False)
@click.option(
    "-o",
    "--output",
    type=AnyPath(),
    help="A name ending in .png, .webp or .tif, or an archive's folder; by default FILE without its ending.",
)
@click.option(
    "--level",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="How often to halve: no more of FILE is read than that needs.",
)
@click.option("--strict", is_flag=True, help="Refuse what was cut, instead of giving what is whole of it.")
@_MODEL
@_MOST
@_OVERWRITE
def decompress(file, name, output, level, strict, model, most, overwrite):
    """Decompress FILE: a .svae to a picture, a .svar to a folder of them, or to the one NAME of them."""
    start_tensorflow()
    from ..codec.transfer import decompress_files

    written = decompress_files(file, output, level, strict, model, name, overwrite, most * 10**6)
    shown = written[0] if len(written) == 1 else f"{len(written)} pictures"
    click.echo(f"wrote {shown}")


@command("selfvae info photo.svae")
@click.argument("file", type=AnyPath())
def info(file):
    """Say what FILE, a .svae or .svar, holds; of an archive also every picture's name."""
    from ..codec.about import info

    about = info(Path(file), most=2**62)
    names = about.pop("names", None)
    if names is not None:
        about["pictures"] = len(names)
    for label, value in about.items():
        if value is not None:
            value = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
            click.echo(f"{label.replace('_', ' ') + ':':12s} {value}")
    for name in names or ():
        click.echo(f"  {name}")
