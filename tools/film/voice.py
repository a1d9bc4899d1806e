"""An optional voice that reads the main language's cues: espeak-ng, when it is on the machine.

The film is silent unless `--voice` asks for this. It is a machine's voice, and good enough to try how long sentences
take to say; a person's voice is better. Knows espeak-ng and WAV.
"""

import shutil
import subprocess
import wave
from pathlib import Path

from tools.film.cues import Film, times

LANGUAGES = {"sv": "sv", "en": "en-gb"}
WORDS_PER_MINUTE = 140
TIMEOUT_S = 60


class VoiceError(Exception):
    """There is no voice, or it does not fit; the message says what to do."""


def speak(film: Film, folder: Path) -> Path:
    """Read every cue at its time into one WAV file. Raises VoiceError."""
    program = shutil.which("espeak-ng")
    language = film.languages[0]
    if program is None or language not in LANGUAGES:
        raise VoiceError(
            "Rösten behöver espeak-ng (Debian: sudo apt install espeak-ng). Utan --voice är filmen tyst."
        )
    said = bytearray()
    form: tuple[int, int, int] | None = None
    for number, (words, (start_s, end_s)) in enumerate(
        zip(film.in_language(language), times(film), strict=True)
    ):
        path = folder / f"cue_{number}.wav"
        subprocess.run(
            [program, "-v", LANGUAGES[language], "-s", str(WORDS_PER_MINUTE), "-w", str(path), words.text],
            check=True, timeout=TIMEOUT_S, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        with wave.open(str(path)) as sound:
            form = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
            spoken = sound.readframes(sound.getnframes())
        per_second = form[0] * form[1] * form[2]
        if len(spoken) > (end_s - start_s) * per_second:
            raise VoiceError(
                f"Rösten hinner inte säga ”{words.text}” på {end_s - start_s} sekunder. Ändra seconds."
            )
        said += spoken + bytes((end_s - start_s) * per_second - len(spoken))
    assert form is not None
    target = folder / "voice.wav"
    with wave.open(str(target), "wb") as whole:
        whole.setnchannels(form[0])
        whole.setsampwidth(form[1])
        whole.setframerate(form[2])
        whole.writeframes(bytes(said))
    return target
