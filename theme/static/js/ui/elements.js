/**
 * Finding the parts of a page that scripts fill in. A page that lacks one is a mistake, and is told so at once.
 */

/**
 * @template {HTMLElement} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function find(root, selector, type) {
  const element = root.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`the page has no ${selector}`);
  return element;
}

/**
 * Write a text where it is not written already, so that it is announced only when it is new.
 *
 * @param {Element} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Copy the one element that a <template> holds.
 *
 * @param {HTMLTemplateElement} template
 * @returns {HTMLElement}
 */
export function copy(template) {
  const element = template.content.firstElementChild?.cloneNode(true);
  if (!(element instanceof HTMLElement)) throw new Error('an empty template');
  return element;
}

/**
 * Let buttons open and close the dialogs of a page: data-opens names a dialog, data-closes closes its own.
 *
 * @param {ParentNode} root
 */
export function wireDialogs(root) {
  for (const button of root.querySelectorAll('[data-opens]')) {
    const dialog = find(root, `#${button.getAttribute('data-opens')}`, HTMLDialogElement);
    button.addEventListener('click', () => {
      button.closest('dialog')?.close();
      dialog.showModal();
    });
  }
  for (const button of root.querySelectorAll('[data-closes]')) {
    button.addEventListener('click', () => button.closest('dialog')?.close());
  }
}

/** @param {ParentNode} root */
export function closeDialogs(root) {
  for (const dialog of root.querySelectorAll('dialog')) if (dialog.open) dialog.close();
}
