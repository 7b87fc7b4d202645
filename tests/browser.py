"""The browser of the journeys: found on this machine, else installed. ``python -m tests.browser``."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
)
REMEDY = "Install Chromium so that `chromium` is on the PATH, then run make test again."


def find_browser() -> str | None:
    """Return the path of a browser on the PATH that answers, or None where Playwright's own is to be used."""
    return next((path for name in NAMES if (path := shutil.which(name)) and _answers(path)), None)


def launch_options() -> dict[str, object]:
    """Return what the journeys launch their browser with."""
    flags = ["--disable-gpu", "--disable-dev-shm-usage"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    found = find_browser()
    return {"args": flags, **({"executable_path": found} if found else {})}


def main() -> int:
    """See that there is a browser, installing one where there is none.

    Returns:
        The exit status.
    """
    found = find_browser() or _playwrights_own()
    if not found:
        _say("There is no browser for the journeys yet: installing Chromium, which takes a minute or two.")
        if _install_from_debian() or _install_playwrights_own():
            found = find_browser() or _playwrights_own()
    if not found:
        sys.stderr.write(f"The journeys have no browser, and none could be installed here.\n{REMEDY}\n")
        return 1
    _say(f"Browser of the journeys: {found}")
    return 0


def _answers(path: str) -> bool:
    """Judge whether a browser starts at all; some systems put a placeholder on the PATH."""
    try:
        asked = subprocess.run([path, "--version"], capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def _playwrights_own() -> str | None:
    """Return the path of the browser that Playwright has downloaded, or None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return str(path) if path.exists() else None


def _install_from_debian() -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium-headless-shell"]
    return _run(["apt-get", "update", "-qq"]) and _run(install)


def _install_playwrights_own() -> bool:
    return _run([sys.executable, "-m", "playwright", "install", "chromium"])


def _run(command: list[str]) -> bool:
    """Run an installer; what it says is shown only when it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=900)
    except subprocess.TimeoutExpired:
        sys.stderr.write(f"{' '.join(command)} did not finish.\n")
        return False
    if ran.returncode:
        errors = [line for line in f"{ran.stdout}\n{ran.stderr}".splitlines() if line.startswith(("E:", "Error"))]
        sys.stderr.write("\n".join([f"{' '.join(command)} failed:", *errors[:2], ""]))
    return ran.returncode == 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
