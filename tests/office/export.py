"""Write every export to a folder: ``python export.py FOLDER``."""

import sys
from pathlib import Path

from compare.codebook.book import find_root
from compare.formats.formats import export_all

if __name__ == "__main__":
    export_all(find_root(), Path(sys.argv[1]))
