"""Pillow's plugin for `.svae` files: `Image.open("photo.svae")`, and `image.save("photo.svae")`."""

from __future__ import annotations

from PIL import Image, ImageFile

from ..errors import UserError
from .file import MAGIC, read_header, read_kept

FORMAT, ENDING = "SVAE", ".svae"


class SvaeImageFile(ImageFile.ImageFile):
    """A `.svae` file; its pixels are decoded when they are first asked for, or cut where the file was."""

    format = FORMAT
    format_description = "self-supervised variational auto-encoder"

    def _open(self):
        try:
            head, _, source = read_header(self.fp)
            kept = read_kept(source, head)
        except UserError as error:
            raise SyntaxError(str(error)) from error  # Pillow's word for a file of another kind
        self._size, self._mode = (head.width, head.height), head.mode
        self.info.update(kept)
        self.tile = [ImageFile._Tile("raw", (0, 0, *self._size), 0, self._mode)]

    def load(self):
        """Decode the pixels, once.

        Raises:
            OSError: when the file was cut or changed.
        """
        if self.tile:
            from .single import decode

            self.fp.seek(0)
            try:
                image = decode(self.fp, strict=True).to_pil()
            except UserError as error:
                raise OSError(str(error)) from error
            if self._exclusive_fp:
                self.fp.close()
            # Grey, where one bit was not enough for what is drawn.
            self.fp, self.tile, self._mode, self.im = None, [], image.mode, image.im
        return Image.Image.load(self)


def _save(image, file, name):
    from .api import compress

    options = {key: image.encoderinfo[key] for key in ("model", "quality", "fill") if key in image.encoderinfo}
    file.write(compress(image, **options))


def register():
    """Teach Pillow to open and save `.svae` files; doing it twice changes nothing."""
    Image.register_open(FORMAT, SvaeImageFile, lambda prefix: prefix.startswith(MAGIC))
    Image.register_save(FORMAT, _save)
    Image.register_extension(FORMAT, ENDING)
