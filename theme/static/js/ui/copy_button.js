/**
 * A button that copies what stands in a field beside it. Hidden until this runs: without it one selects by hand.
 *
 * Knows the parts of office_invited.html: `data-copying` around the field (`data-copy-from`), the button
 * (`data-copy`), and the status (`data-copied`, with its words in `data-yes` and `data-no`).
 */

import { find, write } from './elements.js';

/**
 * @param {HTMLElement} root
 * @param {(text: string) => Promise<void>} copy
 */
export function wireCopying(root, copy) {
  const field = find(root, '[data-copy-from]', HTMLInputElement);
  const button = find(root, '[data-copy]', HTMLButtonElement);
  const told = find(root, '[data-copied]', HTMLElement);
  button.hidden = false;
  button.addEventListener('click', async () => {
    const isCopied = await copy(field.value).then(
      () => true,
      () => false,
    );
    if (!isCopied) field.select();
    write(told, (isCopied ? told.dataset.yes : told.dataset.no) ?? '');
  });
}
