/*
 * What studio.py asks of the stage: change the page that is seen on the phone, and set the values of one frame.
 * Functions are global, because the studio calls them by name. Knows no time: a frame is what it is told to be.
 */

/** Put a new picture on the phone; the one before it stays beneath. */
async function show(address) {
  const before = document.getElementById('before');
  const now = document.getElementById('now');
  if (now.hasAttribute('src')) before.src = now.src;
  now.src = address;
  await now.decode();
  if (before.hasAttribute('src')) await before.decode();
}

/** Set the values of a frame: `fade`, `warmth`, `night`, `finger`, `press` from 0 to 1, `x` and `y` in pixels. */
function draw(frame) {
  for (const [name, value] of Object.entries(frame)) {
    document.documentElement.style.setProperty(`--${name}`, name === 'x' || name === 'y' ? `${value}px` : `${value}`);
  }
}
