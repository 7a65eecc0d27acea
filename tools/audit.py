"""Known weaknesses of the pinned packages: `make audit` asks the registry's advisories by way of pip-audit.

pip-audit is installed into an environment that is thrown away. It needs a network in which each
package can be asked for; the exit code is 0 when it knows of none, 1 when it does, 3 when nobody could be asked.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
TOOL = "pip-audit==2.10.1"
NOBODY_ASKED = 3
# What pip-audit says when its own way out is closed; its exit code is 1 as for a weakness.
NO_NETWORK = ("ConnectionError", "ConnectTimeout", "ServiceError", "Max retries exceeded", "Failed to connect")


def main() -> int:
    """What pip-audit says, and whether it could say anything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install: list[str | Path] = [folder / "bin/pip", "install", "--quiet", "--retries=1", "--timeout=10", TOOL]
        if subprocess.run(install, check=False).returncode:
            return _nobody_asked(f"{TOOL} could not be installed")
        audit: list[str | Path] = [folder / "bin/pip-audit", "--require-hashes", "--disable-pip", "--timeout=10"]
        for file in ("requirements.txt", "requirements-dev.txt"):
            audit += ["--requirement", TOP / file]
        asked = subprocess.run(audit, check=False, capture_output=True, text=True)
    sys.stdout.write(asked.stdout)
    sys.stderr.write(asked.stderr)
    if asked.returncode and any(sign in asked.stderr for sign in NO_NETWORK):
        return _nobody_asked("no advisory could be fetched")
    return asked.returncode


def _nobody_asked(why: str) -> int:
    sys.stderr.write(f"Not audited: {why}. Run it where the network reaches the package registry.\n")
    return NOBODY_ASKED


if __name__ == "__main__":
    sys.exit(main())
