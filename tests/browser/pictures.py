"""Pictures of a show, step by step, and a sheet of all of them to look at."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Page

FOLDER = "REVEAL_PICTURES"  # the environment's word for where pictures are kept
THUMB, LINE, EDGE, ACROSS = (480, 270), 18, 8, 4


class Album:
    """Takes pictures into a folder of the test and, when the environment names one, into that as well."""

    def __init__(self, folder: Path, name: str) -> None:
        kept = os.environ.get(FOLDER, "")
        self.folders = [folder / name, *([Path(kept) / name] if kept else [])]
        for each in self.folders:
            each.mkdir(parents=True, exist_ok=True)
        self.taken: list[tuple[str, Path]] = []

    def take(self, page: Page, step: str) -> Path:
        """Take a picture of what is in the window."""
        name = f"{len(self.taken):02}-{step}.jpg"
        data = page.screenshot(type="jpeg", quality=88)
        for each in self.folders:
            (each / name).write_bytes(data)
        self.taken.append((step, self.folders[0] / name))
        return self.folders[0] / name

    def sheet(self) -> Path:
        """Write one picture with all of them, in order."""
        down = -(-len(self.taken) // ACROSS)
        width, height = THUMB[0] + EDGE, THUMB[1] + LINE + EDGE
        sheet = Image.new("RGB", (ACROSS * width + EDGE, down * height + EDGE), "#16171A")
        pen = ImageDraw.Draw(sheet)
        for number, (step, path) in enumerate(self.taken):
            left, top = EDGE + number % ACROSS * width, EDGE + number // ACROSS * height
            with Image.open(path) as picture:
                picture.thumbnail(THUMB)
                sheet.paste(picture, (left, top + LINE))
            pen.text((left, top + 2), f"{number:02} {step}", fill="#ECECEA")
        for each in self.folders:
            sheet.save(each / "sheet.jpg", quality=88)
        return self.folders[0] / "sheet.jpg"
