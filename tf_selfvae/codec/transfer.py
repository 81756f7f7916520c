"""Files and folders of pictures to compressed files, and back: nothing that is there is written over unasked."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..data.folder import find_pictures
from ..data.pictures import counted, endings, listed
from ..errors import Damaged, UserError
from ..files import atomic, check_output, make_folder
from ..terminal import bar
from . import api, coding, models, names, pictures, single, verify
from .about import opened
from .archive import Archive, appending
from .file import MOST, write_file
from .index import Writer
from .plugin import ENDING

PICTURES = (".png", ".webp", ".tif", ".tiff")  # without loss
_LOG = logging.getLogger(__name__)


def compress_files(
    paths,
    output=None,
    model=None,
    quality=1,
    fill="mean",
    append=False,
    embed=False,
    verified=False,
    overwrite=False,
    most=MOST,
):
    """Compress a picture's file to `.svae`, or a folder or several files to one `.svar`.

    Args:
        paths: of a picture; of a folder; or a list of pictures and folders.
        output: the file to write; None for that of the picture or folder with another ending.
        model: as for `compress`.
        quality: as for `compress`.
        fill: as for `compress`.
        append: whether to put the pictures into the archive `output`, which exists.
        embed: whether the archive brings its codec model, a `.svcm`.
        verified: whether another process with other threads decodes all of it, and compares every picture, before it
            gets its name.
        overwrite: whether what is at `output` may go.
        most: pixels that a picture may have.

    Returns:
        (path that was written, bytes of the files that were compressed, bytes of what was written of them).

    Raises:
        UserError: for what can't be compressed, or written. Of several pictures the others are in the archive then,
            and the sentence names those that are not.
    """
    left_out = api.check_quality(quality, fill)
    if verified and left_out:
        raise UserError("verify: expected a quality of 1, since what the model draws is not what was there")
    given = [Path(path) for path in ([paths] if isinstance(paths, str | os.PathLike) else paths)]
    one = len(given) == 1 and not given[0].is_dir() and not append
    if not given:
        raise UserError("pictures: expected at least one, got none")
    if output is None and len(given) > 1:
        raise UserError("output: expected a name for the archive of several pictures")
    output = Path(output) if output else _default(given[0], one)
    check_output(output, "output", (_ending(one),))
    if embed and (one or append or not isinstance(model, str | os.PathLike) or not Path(model).is_file()):
        raise UserError("embed: expected a new archive and the file of a codec model, a .svcm, to put into it")
    if append and not output.is_file():
        raise UserError(f"output: expected an archive to put pictures in, got {output}, which is no file")
    if not append:
        _check_free(output, overwrite)
    code = _Coder(model, left_out, fill, most)
    if one:
        return _one(given[0], output, code, verified)
    files = _files(given)
    if append:
        before = output.stat().st_size
        checks = []
        with appending(output, model, lambda: [check() for check in checks]) as (reader, writer):
            clash = [name for name, _ in files if name in reader]
            if clash:
                raise UserError(f"pictures: expected names that {output} does not have, got {clash[0]!r}")
            code.model = reader.model
            digests, refused = _put(writer, files, code)
            if verified:
                checks.append(lambda: verify.verify(output, digests, model))
        written = output.stat().st_size - before
    else:
        make_folder(output.parent, "output")
        with atomic(output) as temporary:
            with open(temporary, "wb") as file:
                writer = Writer(file)
                writer.header(models.needs(code.model), Path(model).read_bytes() if embed else None)
                digests, refused = _put(writer, files, code)
                writer.finish()
            if verified:
                verify.verify(temporary, digests, model)
            written = temporary.stat().st_size
    if refused:
        raise UserError(
            f"{output}: {counted(len(refused), 'picture')} of {len(files)} could not be put in: {_first(refused)}"
        )
    return output, sum(path.stat().st_size for _, path in files), written


def _first(reasons, most=10):
    more = f" and {len(reasons) - most} more" if len(reasons) > most else ""
    return "; ".join(reasons[:most]) + more


def _ending(one):
    return ENDING if one else ".svar"


def _default(path, one):
    path = path.resolve() if path.name in ("", "..") else path  # "." and "..", too, have a name
    return path.with_name(f"{path.stem if one else path.name}{_ending(one)}")


class _Coder:
    """How pictures are coded; a model is loaded when it is first asked for."""

    def __init__(self, given, left_out, fill, most):
        self.given, self._how, self.most = given, (left_out, fill), most

    @functools.cached_property
    def model(self):
        return models.load(self.given)

    def __call__(self, many):
        return coding.encode(many, self.model, *self._how)


def _one(path, output, code, verified):
    picture = pictures.read(path, code.most)
    (record,) = code([picture])
    data = write_file(record, models.needs(code.model))
    make_folder(output.parent, "output")
    with atomic(output) as temporary:
        temporary.write_bytes(data)
        if verified:
            verify.verify(temporary, {"": picture.digest()}, code.given)
    return output, path.stat().st_size, len(data)


def _files(given):
    """List (name in the archive, path) of all pictures that are given or below a folder that is."""
    found = []
    for path in given:
        if not path.is_dir():
            found.append((path.name, path))
            continue
        inside, left_out = find_pictures(path)
        left_out += ["compressed"] * sum(one.suffix.lower() == ENDING for one in inside)
        inside = [one for one in inside if one.suffix.lower() != ENDING]
        if left_out:
            _LOG.warning("left out in %s: %s", path, listed(left_out))
        prefix = "" if len(given) == 1 else f"{path.resolve().name}/"
        found += [(prefix + names.in_archive(one, path), one) for one in inside]
    seen = set()
    for name, path in found:
        if name in seen:
            raise UserError(f"pictures: expected different names, got two {name!r}; the second is {path}")
        seen.add(name)
    if not found:
        raise UserError(
            f"pictures: {', '.join(map(str, given))} holds none; expected files ending in {', '.join(endings())}"
        )
    return found


def _put(writer, files, code):
    """Code files into an archive; returns (dict of name to digest, list of why others are not in it)."""
    digests, refused, waiting, pixels = {}, [], [], 0

    def read(file):
        try:
            return pictures.read(file[1], code.most)
        except UserError as error:
            return error

    def flush():
        for (name, picture), record in zip(waiting, code([picture for _, picture in waiting])):
            try:
                writer.add(name, record)
                digests[name] = picture.digest()
            except UserError as error:  # a name that is no UTF-8
                refused.append(str(error))
        progress.update(len(waiting))
        waiting.clear()

    with ThreadPoolExecutor() as pool, bar(total=len(files), desc="compressing", leave=False) as progress:
        for begin in range(0, len(files), 8):  # so many are decoded ahead
            part = files[begin : begin + 8]
            for (name, _), picture in zip(part, pool.map(read, part)):
                if isinstance(picture, UserError):
                    refused.append(str(picture).removeprefix("image: "))
                    continue
                waiting.append((name, picture))
                pixels += picture.colour[..., 0].size
                if len(waiting) == coding.AHEAD or pixels > coding.AHEAD_PIXELS:
                    flush()
                    pixels = 0
        flush()
    return digests, refused


def decompress_files(
    path, output=None, level=0, strict=False, model=None, name=None, overwrite=False, most=MOST, suffix=".png"
):
    """Decompress a `.svae` file to a picture's file, or a `.svar` to a folder of them, without loss.

    Args:
        path: the file.
        output: the picture's file, ending in one of `PICTURES`, or the folder; None for the file's name without its
            ending.
        level: as for `decompress`.
        strict: as for `decompress`.
        model: as for `decompress`.
        name: of the one picture of an archive that `output` becomes; None for all of them.
        overwrite: whether pictures that are there may go.
        most: as for `decompress`.
        suffix: of the pictures in a folder.

    Returns:
        A list of the paths that were written.

    Raises:
        Damaged: when it was cut or changed; of an archive, when that is so for any picture: the others are written.
        UserError: for what can't be decompressed, or written.
    """
    path = Path(path)
    with opened(path) as (file, _, kind), contextlib.ExitStack() as held:
        single_file = kind == "svae" or name is not None
        default = path.with_suffix(suffix) if kind == "svae" else path.with_suffix("")
        if kind == "svar" and name is not None:
            default = path.parent / names.on_disk([name], suffix)[0].name
        output = Path(output) if output else default
        check_output(output, "output", PICTURES if single_file else None)
        if kind == "svae":
            if name is not None:
                raise UserError(f"name: expected none, since {path} is one picture, got {name!r}")
            _check_free(output, overwrite)
            picture = single.decode(file, str(path), level, strict, most, model)
            _write(picture, output)
            return [output]
        archive = held.enter_context(Archive(path, model, most))
        if archive.problem:
            if strict:
                raise Damaged(archive.problem)
            _LOG.warning(archive.problem)
        if name is not None:
            targets = {name: output}
        else:
            targets = {a: output / b for a, b in zip(archive.names, names.on_disk(archive.names, suffix))}
        for target in targets.values():
            _check_free(target, overwrite)
        return _extract(archive, targets, level, strict)


def _extract(archive, targets, level, strict):
    written, damaged = [], []
    with bar(total=len(targets), desc="decompressing", leave=False) as progress:
        for name, record, picture in archive.decode(targets, level):
            progress.update()
            try:
                if record is None or isinstance(picture, UserError):
                    raise picture
                single.report(f"{archive.name}: {name}", record, picture, strict)
            except Damaged as error:
                damaged.append(str(error))
                continue
            _write(picture, targets[name])
            written.append(targets[name])
    if damaged:
        raise Damaged(
            f"{counted(len(damaged), 'picture')} of {len(targets)} could not be decompressed: {_first(damaged)}"
        )
    return written


def _write(picture, path):
    make_folder(path.parent, "output")
    with atomic(path) as temporary:
        pictures.save(picture.to_pil(), temporary)


def _check_free(path, overwrite):
    if not overwrite and os.path.lexists(path):
        raise UserError(f"output: expected a new name, got {path}, which exists; --overwrite lets it go")
