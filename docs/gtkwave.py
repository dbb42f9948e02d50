"""Takes docs/gtkwave.png: what GTKWave shows of a converter whose control is in Verilog, on a screen that nobody sees.

    python3 docs/gtkwave.py PROGRAM      from the repository's folder; PROGRAM is memspike

Needs the Debian packages xvfb, gtkwave and verilator, and nothing of Python but its own library.
"""

import os
import struct
import subprocess
import sys
import tempfile
import time
import zlib

WIDTH, HEIGHT = 1200, 480

# Rows of the window's title, which names a temporary folder: they are left out.
TITLE = 51
SIGNALS = "v(in) v(ladder) clk above t[7:0] result[7:0] done"
LONGEST_S = 60


def screen(path):
    """Rows of a screen as red, green and blue, from the X window dump that Xvfb keeps."""
    with open(path, "rb") as file:
        dump = file.read()
    words = struct.unpack(">25I", dump[:100])
    header, width, height, line, colours = words[0], words[4], words[5], words[12], words[19]
    pixels = dump[header + 12 * colours :]
    rows = []
    for row in range(height):
        data = pixels[row * line : row * line + 4 * width]
        # Blue, green, red and a byte without use.
        rgb = bytearray(3 * width)
        rgb[0::3], rgb[1::3], rgb[2::3] = data[2::4], data[1::4], data[0::4]
        rows.append(bytes(rgb))
    return rows


def png(rows):
    """A PNG with a palette, or with full colours if there are too many for one."""
    width, height = len(rows[0]) // 3, len(rows)
    palette = sorted({row[at : at + 3] for row in rows for at in range(0, len(row), 3)})

    def chunk(kind, data):
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    if len(palette) > 256:
        depth, chunks, body = 2, b"", b"".join(b"\0" + row for row in rows)
    else:
        place = {colour: at for at, colour in enumerate(palette)}
        lines = (
            bytes(place[row[at : at + 3]] for at in range(0, len(row), 3)) for row in rows
        )
        depth, chunks = 3, chunk(b"PLTE", b"".join(palette))
        body = b"".join(b"\0" + line for line in lines)
    head = struct.pack(">2I5B", width, height, 8, depth, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunks
        + chunk(b"IDAT", zlib.compress(body, 9))
        + chunk(b"IEND", b"")
    )


def still(path):
    """The screen, once something is on it that has stopped to change."""
    before, since, end = None, time.monotonic(), time.monotonic() + LONGEST_S
    while time.monotonic() < end:
        time.sleep(0.25)
        now = screen(path) if os.path.exists(path) and os.path.getsize(path) > 100 else None
        if now != before:
            before, since = now, time.monotonic()
        drawn = now is not None and len(set(now)) > 20
        if drawn and time.monotonic() - since > 3:
            return now
    sys.exit(f"nothing was drawn within {LONGEST_S} s")


def main(program):
    """Runs the deck, opens its save file, and keeps the picture."""
    deck = os.path.abspath("netlists/cosim/sar.cir")
    with tempfile.TemporaryDirectory() as folder:
        run = [os.path.abspath(program), "-q", "run", deck, "--vcd", "sar.vcd", "--save", SIGNALS]
        subprocess.run(run, cwd=folder, check=True)
        save = os.path.join(folder, "sar.gtkw")
        with open(save, encoding="utf-8") as file:
            lines = file.read().replace("[size] 1480 780", f"[size] {WIDTH} {HEIGHT}")
        # The list of scopes says nothing here.
        with open(save, "w", encoding="utf-8") as file:
            file.write(lines.replace("[sst_width] 160", "[sst_width] 0"))
        with open(os.path.join(folder, "gtkwaverc"), "w", encoding="utf-8") as file:
            file.write("hide_sst 1\nsplash_disable 1\n")
        number = os.getpid() % 20000 + 100
        display = f":{number}"
        size = f"{WIDTH}x{HEIGHT}x24"
        server = ["Xvfb", display, "-screen", "0", size, "-fbdir", folder, "-nolisten", "tcp"]
        with subprocess.Popen(server, stderr=subprocess.DEVNULL) as xvfb:
            time.sleep(2)
            viewer = ["gtkwave", "-r", "gtkwaverc", "sar.gtkw"]
            environment = {**os.environ, "DISPLAY": display}
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            with subprocess.Popen(viewer, cwd=folder, env=environment, **quiet) as wave:
                try:
                    rows = still(os.path.join(folder, "Xvfb_screen0"))
                finally:
                    wave.terminate()
            xvfb.terminate()
    with open("docs/gtkwave.png", "wb") as file:
        file.write(png(rows[TITLE:]))


if __name__ == "__main__":
    main(sys.argv[1])
