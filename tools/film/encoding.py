"""ffmpeg for the film: where it is, how to get it, and the two formats and the poster that it makes of the frames.

Knows sizes and formats. Knows nothing of pages or cues.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Generator, Sequence
from pathlib import Path

from tools import browsers
from tools.film.made_film import LARGEST_B, LARGEST_POSTER_B
from tools.film.studio import FRAMES_PER_SECOND, Sink

TIMEOUT_S = 1800
# Less than may be, because an encoder only comes near to what it is asked for.
AIM_B = 1_700_000
SOUND_BITS_PER_SECOND = 48_000
# The best quality first; the first that is small enough is taken.
QUALITIES_POSTER = (70, 60, 48, 36)
POSTER_WIDTH = 540
_COLOURS = ("-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")
_FROM_JPEG = "scale=in_range=full:out_range=tv:out_color_matrix=bt709,format=yuv420p"


class EncodingError(Exception):
    """ffmpeg could not make a file; the message says which."""


def ffmpeg() -> str | None:
    """Return the path of ffmpeg: the one named by FFMPEG, else the machine's own, else None."""
    return shutil.which(os.environ.get("FFMPEG") or "ffmpeg")


def install_ffmpeg() -> str:
    """Install ffmpeg through apt-get where that is possible. Return an empty string, or what a person must do."""
    return browsers.install(ffmpeg, "ffmpeg", "FFMPEG", "ffmpeg")


@contextlib.contextmanager
def recording(program: str, target: Path) -> Generator[Sink]:
    """Write frames into one large file that loses almost nothing. Raises EncodingError."""
    command = [
        program, "-v", "error", "-y", "-f", "image2pipe", "-c:v", "mjpeg", "-framerate", str(FRAMES_PER_SECOND),
        "-i", "-", "-vf", _FROM_JPEG, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "8", *_COLOURS, str(target),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert process.stdin is not None
    frames = process.stdin

    def sink(frame: bytes, times: int) -> None:
        for _ in range(times):
            frames.write(frame)

    try:
        yield sink
    finally:
        with contextlib.suppress(BrokenPipeError):
            frames.close()
        failed = process.wait(TIMEOUT_S)
    if failed:
        raise EncodingError("ffmpeg kunde inte ta emot bilderna.")


def write_mp4(program: str, source: Path, target: Path, *, length_s: int, voice: Path | None = None) -> None:
    """Write H.264 that every browser plays, and that begins before all of it is there. Raises EncodingError."""
    options = ("-c:v", "libx264", "-preset", "medium", "-tune", "animation", "-profile:v", "high")
    finish = ("-c:a", "aac", "-movflags", "+faststart")
    _in_two_passes(program, source, target, options, finish, length_s, voice)


def write_webm(program: str, source: Path, target: Path, *, length_s: int, voice: Path | None = None) -> None:
    """Write VP9, for browsers without H.264. Raises EncodingError."""
    options = ("-c:v", "libvpx-vp9", "-row-mt", 1, "-cpu-used", 3, "-tile-columns", 1)
    _in_two_passes(program, source, target, options, ("-c:a", "libopus"), length_s, voice)


def _in_two_passes(
    program: str,
    source: Path,
    target: Path,
    options: Sequence[object],
    finish: Sequence[object],
    length_s: int,
    voice: Path | None,
) -> None:
    """Look at the whole film first, then spend the bytes there are where something moves."""
    sound_bits = SOUND_BITS_PER_SECOND if voice else 0
    picture: list[object] = [
        *options, "-b:v", AIM_B * 8 // length_s - sound_bits, "-g", 10 * FRAMES_PER_SECOND, "-pix_fmt", "yuv420p",
        *_COLOURS, "-passlogfile", source.with_suffix(""),
    ]  # fmt: skip
    _run(program, "-i", source, *picture, "-pass", 1, "-an", "-f", "null", os.devnull)
    heard = ("-i", voice, "-map", "0:v", "-map", "1:a", "-ac", 1, "-b:a", sound_bits) if voice else ("-an",)
    _run(
        program, "-i", source, *heard, *picture, "-pass", 2, *finish, "-map_metadata", "-1", "-fflags", "+bitexact",
        "-flags:v", "+bitexact", target,
    )  # fmt: skip
    if target.stat().st_size > LARGEST_B:
        raise EncodingError(f"{target.name} blir större än {LARGEST_B // 1_000_000} MB.")


def write_poster(program: str, source: Path, target: Path) -> None:
    """Write the still picture as WebP."""
    for quality in QUALITIES_POSTER:
        _run(
            program, "-i", source, "-vf", f"scale={POSTER_WIDTH}:-2", "-c:v", "libwebp", "-preset", "picture",
            "-quality", quality, "-compression_level", 6, "-map_metadata", "-1", target,
        )  # fmt: skip
        if target.stat().st_size <= LARGEST_POSTER_B:
            return
    raise EncodingError(f"{target.name} blir större än {LARGEST_POSTER_B // 1000} kB.")


def _run(program: str, *arguments: object) -> None:
    command = [program, "-v", "error", "-y", *map(str, arguments)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    if done.returncode:
        raise EncodingError(f"ffmpeg kunde inte göra {Path(command[-1]).name}: {done.stderr.strip()}")
