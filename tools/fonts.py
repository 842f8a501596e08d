"""Make the fonts that ship in templates/fonts from their published packages.

Run in an environment with `pip install fonttools brotli fontpkg-inter fontpkg-source-serif-4
fontpkg-jetbrains-mono`, with the npm package twemoji-colr-font unpacked in the folder given:

    python tools/fonts.py FOLDER_OF_TWEMOJI

Then write their sizes and digests into assetgen/layouts/fonts.py; a test compares them.
"""

import sys
from importlib import resources
from pathlib import Path

from fontTools.ttLib import TTFont

TARGET = Path(__file__).parent.parent / "templates" / "fonts"
PACKAGED = {
    "Inter.ttf": ("fontpkg_inter", "Inter[opsz,wght].ttf"),
    "SourceSerif4.ttf": ("fontpkg_source_serif_4", "SourceSerif4[opsz,wght].ttf"),
    "JetBrainsMono.ttf": ("fontpkg_jetbrains_mono", "JetBrainsMono[wght].ttf"),
}

for name, (package, file) in PACKAGED.items():
    (TARGET / name).write_bytes((resources.files(package) / "files" / file).read_bytes())
emoji = TTFont(Path(sys.argv[1]) / "twemoji.woff2")
emoji.flavor = None
emoji.save(TARGET / "Twemoji.ttf")
