"""`python3 tasks.py film`: makes the film "Så chattar du" from the real pages, and its captions, from one list of cues.

    cues.py        the list (content/data/film.toml), its mistakes, the captions and the film's files; pure
    made_film.py   the files in content/film, and whether they are those of the cues; the content check asks
    shown_film.py  the film as the templates show it
    steps.py       what happens at each cue, by accessible names: a step that no longer works stops the film
    camera.py      what a step may do to be seen; the rehearsal's camera, which takes no picture
    studio.py      the camera that films: the phone on its stage (stage.html, .css, .js), frame by frame
    encoding.py    ffmpeg: where it is, and MP4, WebM and poster from the frames
    voice.py       an optional voice, read by espeak-ng
    run.py         the order of things

The site needs only the first three. Time in the film is counted in frames and not by a clock, so that a slow machine
makes the same film. docs/redaktör.md tells editors how to make it again.
"""
