/**
 * How high the visible part of the page is when a keyboard covers the rest.
 *
 * Browsers that know `interactive-widget=resizes-content` shrink the page by themselves; for the others the height
 * goes into --visible-height, which conversation_room.css uses; and `is-low` says what a media query cannot see, that
 * there is little of it (conversation_low.css).
 */

/** The same as in the stylesheets: 34rem. */
const LOW_PX = 544;

/**
 * @param {HTMLElement} root
 * @param {VisualViewport | null} viewport
 * @param {() => void} changed
 */
export function followViewport(root, viewport, changed) {
  if (viewport === null) return;
  const tell = () => {
    root.style.setProperty('--visible-height', `${Math.round(viewport.height)}px`);
    root.classList.toggle('is-low', viewport.height <= LOW_PX && viewport.scale === 1);
    // Some browsers push the page up instead of making it smaller.
    if (viewport.offsetTop > 0 && viewport.scale === 1) root.scrollTop = 0;
    changed();
  };
  viewport.addEventListener('resize', tell);
  tell();
}
