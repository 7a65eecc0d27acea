"""What may be done with the packages that run with the site: `make licences` lists each with its licence.

Licences are what the packages say of themselves by their metadata, or else by their licence's file.
"""

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
UNKNOWN = "does not say"
FROM_FILE = {"pyrage": "MIT"}  # read in the file that comes with the package


def pinned(file: str = "requirements.txt") -> list[str]:
    """The packages of a requirements file."""
    return re.findall(r"^([\w.-]+)(?:\[\w+\])?==", (TOP / file).read_text(), re.M)


def direct() -> set[str]:
    """Those that we use ourselves."""
    return {plain(name) for name in pinned("requirements.in")}


def plain(name: str) -> str:
    """As registries compare names."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_of(package: Distribution) -> str:
    """As an expression, else by the registry's own list, else in the package's words if they are few."""
    about = package.metadata
    if expression := about["License-Expression"]:
        return str(expression)
    listed = [row.rpartition(" :: ")[2] for row in about.get_all("Classifier") or [] if row.startswith("License ::")]
    if named := [name for name in listed if name != "OSI Approved"]:
        return ", ".join(named)
    words = (about["License"] or "").strip()
    return words if 0 < len(words) <= 60 and "\n" not in words else FROM_FILE.get(about["Name"], UNKNOWN)


def main() -> None:
    """A line for each; those that are not installed here are named, too."""
    ours = direct()
    for name in sorted(pinned(), key=plain):
        try:
            package = distribution(name)
        except PackageNotFoundError:
            sys.stdout.write(f"{name}: not installed here\n")
            continue
        way = "direct" if plain(name) in ours else "needed by another"
        sys.stdout.write(f"{name} {package.version}\t{licence_of(package)}\t{way}\n")


if __name__ == "__main__":
    main()
