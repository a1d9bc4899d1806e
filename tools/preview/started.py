"""Starts the preview as a process of its own, for whoever wants to look at it: tests, pictures, measurements."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tools.preview.building import ROOT
from tools.service_process import free_port

READY = "Klar på "
END_S = 20


@contextmanager
def started(content: Path, data_dir: Path) -> Generator[str]:
    """Start it on a free port; give its origin once it answers. The site may still be under way."""
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CHAT_")}
    environ |= {
        "CHAT_PORT": str(port),
        "CHAT_DATA_DIR": str(data_dir),
        "CHAT_CONTENT_DIR": str(content),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.preview"], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        if not any(line.startswith(READY) for line in process.stdout):
            raise RuntimeError("Förhandsvisningen startade inte.")
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(END_S)
        process.stdout.close()
