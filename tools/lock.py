"""Pin packages with their hashes: `make lock` writes requirements.txt and requirements-dev.txt from the .in files.

What is pinned already stays, unless its .in file says otherwise; to renew a package, name its new version there, or
take its block out of the .txt file. It needs the registry, and takes some minutes: every file's hash is asked for.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
HEAD = "# Written by `make lock` from {}.in, which says why each is there. pip takes no file but these.\n"
TOOL = "pip-tools==7.6.2"


def blocks(text: str) -> dict[str, str]:
    """Package -> its pin with all hashes."""
    found = (block.strip() for block in re.split(r"\n(?=\S)", text))
    return {name[0]: block for block in found if (name := re.match(r"[\w.-]+(?=\S*==)", block))}


def compiled(tool: Path, name: str, known: str, folder: Path) -> dict[str, str]:
    """What a .in file comes to; `known` pins are kept where they fit."""
    out = folder / f"{name}.txt"
    out.write_text(known)
    command: list[str | Path] = [
        tool,
        "--quiet",
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
        "--no-strip-extras",
    ]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host", "--allow-unsafe"]
    subprocess.run([*command, f"--output-file={out}", f"{name}.in"], cwd=TOP, check=True)
    return blocks(out.read_text())


def write(name: str, *lines: str) -> None:
    """The .txt file of that name."""
    (TOP / f"{name}.txt").write_text(HEAD.format(name) + "\n".join(lines) + "\n")


def main() -> None:
    """Both files, in an environment that is thrown away."""
    known = "".join((TOP / f"{name}.txt").read_text() for name in ("requirements", "requirements-dev"))
    known = known.replace("-r requirements.txt\n", "")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        subprocess.run([folder / "venv/bin/pip", "install", "--quiet", TOOL], check=True)
        tool = folder / "venv/bin/pip-compile"
        to_run = compiled(tool, "requirements", known, folder)
        to_develop = compiled(tool, "requirements-dev", known, folder)
    rest = [block for package, block in to_develop.items() if package not in to_run]
    write("requirements", *to_run.values())
    write("requirements-dev", "-r requirements.txt", *rest)


if __name__ == "__main__":
    main()
