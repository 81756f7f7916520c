"""Figure 2 of the paper for any image: all transforms side by side."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ..checks import check_image
from ..errors import UserError
from ..transforms import get

PANELS = (
    ("Original image", None),
    ("Bicubic interpolation x2", "bicubic:2"),
    ("Bicubic interpolation x3", "bicubic:3"),
    ("Bicubic interpolation x4", "bicubic:4"),
    ("Gaussian kernel", "blur:1"),
    ("1 bit", "bits:1"),
    ("2 bits", "bits:2"),
    ("3 bits", "bits:3"),
    ("Sketch", "sketch"),
    ("Greyscale", "grey"),
    ("Haar low band x2", "haar"),
)
COLUMNS = 4
PANEL = 300  # about how large a panel is on its longer side, in pixels
MARGIN = 16  # white around panels
FONT = 17  # smallest size of the labels
MULTIPLE = 12  # sizes that 2, 3 and 4 divide
INK = (32, 32, 32)


def transform_sheet(image):
    """Draws an image and its transforms as a labelled grid, figure 2 of the paper.

    image: uint8 [H, W, C], C is 1 or 3, H and W at least 12; its centre is cut out so
    that 12 divides both. Results smaller than the image are enlarged by repeating
    pixels, so that what the transform kept can be seen.
    Returns an RGB `PIL.Image`.
    Raises ValueError for another type, rank, number of channels or a smaller size.
    """
    image = _cut(_check(image))
    size = _panel_size(*image.shape[:2])
    height = max(FONT, size[0] // 19)
    font = ImageFont.load_default(height)
    labels = [f"{chr(ord('a') + i)}) {title}" for i, (title, _) in enumerate(PANELS)]
    longest = int(max(font.getlength(label) for label in labels)) + 1
    rows = -(-len(PANELS) // COLUMNS)
    cell = (max(size[0], longest) + MARGIN, size[1] + height + 12 + MARGIN)
    sheet = Image.new("RGB", (COLUMNS * cell[0] + MARGIN, rows * cell[1] + MARGIN), "white")
    draw = ImageDraw.Draw(sheet)
    for index, (_, spec) in enumerate(PANELS):
        row, column = divmod(index, COLUMNS)
        left, top = MARGIN + column * cell[0], MARGIN + row * cell[1]
        panel = image if spec is None else get(spec).numpy(image[None])[0]
        sheet.paste(_enlarge(panel, image.shape[:2], size), (left, top))
        # A hairline keeps a bright panel apart from the white page.
        draw.rectangle((left - 1, top - 1, left + size[0], top + size[1]), outline=(208,) * 3)
        draw.text((left, top + size[1] + 6), labels[index], font=font, fill=INK)
    return sheet


def transform_columns(images):
    """Gives every transform of several images: figure 2 as columns of a grid.

    images: uint8 [B, H, W, C] as for `transform_sheet`.
    Returns (list of uint8 arrays [B, h, w, c], list of labels).
    """
    cut = np.stack([_cut(_check(image)) for image in images])
    columns = [cut if spec is None else get(spec).numpy(cut) for _, spec in PANELS]
    return columns, [title.replace(" ", "\n", 1) for title, _ in PANELS]


def _check(image):
    image = check_image(image)
    if min(image.shape[:2]) < MULTIPLE:
        raise UserError(f"image: expected height and width of at least {MULTIPLE}, got shape {image.shape}")
    return image


def _cut(image):
    height, width = (size - size % MULTIPLE for size in image.shape[:2])
    top, left = (image.shape[0] - height) // 2, (image.shape[1] - width) // 2
    return image[top : top + height, left : left + width]


def _panel_size(height, width):
    """(width, height) of a panel: a whole multiple of the image, or a fitting size."""
    longest = max(height, width)
    if longest <= PANEL:
        times = max(1, round(PANEL / longest))
        return width * times, height * times
    if longest <= 2 * PANEL:
        return width, height
    scale = 2 * PANEL / longest
    return max(1, round(width * scale)), max(1, round(height * scale))


def _enlarge(panel, shape, size):
    picture = Image.fromarray(panel[..., 0] if panel.shape[2] == 1 else panel).convert("RGB")
    picture = picture.resize((shape[1], shape[0]), Image.NEAREST)
    smaller = size[0] < shape[1]
    return picture.resize(size, Image.LANCZOS if smaller else Image.NEAREST)
