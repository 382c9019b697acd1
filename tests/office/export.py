"""Write every export to a folder: ``python export.py FOLDER``."""

import sys
from pathlib import Path

from compare.codebook.book import find_root
from compare.formats.export import export_all
from compare.project import Project

if __name__ == "__main__":
    export_all(Project.open(find_root()), Path(sys.argv[1]))
