"""Writes the PNG files of this folder with zlib alone, and what grey levels their pixels have into levels.csv.

Luma is that of ITU-R BT.601-7, section 2.5.1, in fractions; filters and interlacing follow the specification of PNG
(third edition, sections 8 and 9). Each line of levels.csv is a file, its rows, its columns, and the levels row by row.
"""

import struct
import zlib
from fractions import Fraction
from pathlib import Path

FOLDER = Path(__file__).parent
ROWS, COLUMNS = 6, 11
GREY, COLOUR, PALETTE, GREY_ALPHA, COLOUR_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, COLOUR: 3, PALETTE: 1, GREY_ALPHA: 2, COLOUR_ALPHA: 4}
LUMA = (Fraction(299, 1000), Fraction(587, 1000), Fraction(114, 1000))
# First row, first column, distance of rows, distance of columns of each pass of Adam7.
ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]


def value(row, column, channel, most):
    """A sample that looks random; the corners are black and white."""
    if (row, column) == (0, 0):
        return 0
    if (row, column) == (ROWS - 1, COLUMNS - 1):
        return most
    return (7919 * (row * COLUMNS + column + 1) * (channel + 3) + 104729 * channel) % (most + 1)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def packed(samples, depth):
    if depth == 16:
        return b"".join(struct.pack(">H", sample) for sample in samples)
    bits = "".join(f"{sample:0{depth}b}" for sample in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at:at + 8], 2) for at in range(0, len(bits), 8))


def filtered(lines, step):
    """Lines, each by another filter: none, sub, up, average, Paeth."""
    out, before = b"", None
    for number, line in enumerate(lines):
        before = before or bytes(len(line))
        kind = number % 5
        out += bytes([kind])
        for at, byte in enumerate(line):
            left = line[at - step] if at >= step else 0
            corner = before[at - step] if at >= step else 0
            up = before[at]
            guess = left + up - corner
            paeth = min((left, up, corner), key=lambda one: abs(guess - one))
            out += bytes([(byte - (0, left, up, (left + up) // 2, paeth)[kind]) % 256])
        before = line
    return out


def image(kind, depth, interlaced=False, alpha=None):
    """A file, and the levels of its pixels."""
    most = (1 << depth) - 1
    channels = CHANNELS[kind]
    pixel = [
        [[value(row, column, channel, most) for channel in range(channels)] for column in range(COLUMNS)]
        for row in range(ROWS)
    ]
    if kind in (GREY_ALPHA, COLOUR_ALPHA):
        for row in pixel:
            for one in row:
                one[-1] = most if alpha is None else alpha
    palette = [[value(entry, 2, channel, 255) for channel in range(3)] for entry in range(1 << min(depth, 8))]

    def level(one):
        colours, white = (palette[one[0]], 255) if kind == PALETTE else (one, most)
        grey = kind in (GREY, GREY_ALPHA)
        luma = colours[0] if grey else sum(weight * part for weight, part in zip(LUMA, colours))
        return int(Fraction(255 * luma, white) + Fraction(1, 2))

    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    raw = b""
    for first_row, first_column, down, right in passes:
        lines = [
            packed([sample for one in row[first_column::right] for sample in one], depth)
            for row in pixel[first_row::down]
        ]
        if lines and lines[0]:
            raw += filtered(lines, max(1, channels * depth // 8))
    header = struct.pack(">IIBBBBB", COLUMNS, ROWS, depth, kind, 0, 0, int(interlaced))
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    if kind == PALETTE:
        data += chunk(b"PLTE", bytes(part for entry in palette for part in entry))
    data += chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")
    return data, [level(one) for row in pixel for one in row]


FILES = {
    "grey1": (GREY, 1),
    "grey2": (GREY, 2),
    "grey4": (GREY, 4),
    "grey8": (GREY, 8),
    "grey16": (GREY, 16),
    "grey8-interlaced": (GREY, 8, True),
    "grey-alpha8": (GREY_ALPHA, 8),
    "colour8": (COLOUR, 8),
    "colour16": (COLOUR, 16),
    "colour16-interlaced": (COLOUR, 16, True),
    "colour-alpha16": (COLOUR_ALPHA, 16),
    "palette2": (PALETTE, 2),
    "palette8": (PALETTE, 8),
}

if __name__ == "__main__":
    lines = []
    for name, what in FILES.items():
        data, levels = image(*what)
        (FOLDER / f"{name}.png").write_bytes(data)
        lines.append(",".join(map(str, [name, ROWS, COLUMNS, *levels])))
    (FOLDER / "transparent.png").write_bytes(image(COLOUR_ALPHA, 8, alpha=128)[0])
    (FOLDER / "levels.csv").write_text("\n".join(lines) + "\n")
