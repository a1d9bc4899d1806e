/**
 * An invitation's token stands after the #, which browsers send to nobody. It is taken out of the address bar and the
 * history at once, and goes to the service in the body of a form.
 */

/** What a token is made of; anything else is an address that was cut or mistyped. */
const TOKEN = /^#([A-Za-z0-9_-]{20,200})$/;

/**
 * @param {object} parts
 * @param {Document} parts.document
 * @param {{hash: string, pathname: string, search: string}} parts.location
 * @param {Pick<History, 'replaceState'>} parts.history
 */
export function takeToken({ document, location, history }) {
  const form = document.querySelector('[data-open]');
  if (!(form instanceof HTMLFormElement)) return;
  const token = TOKEN.exec(location.hash)?.[1];
  history.replaceState(null, '', location.pathname + location.search);
  show(document, '[data-opening]', token !== undefined);
  show(document, '[data-nothing]', token === undefined);
  const field = form.elements.namedItem('token');
  if (!token || !(field instanceof HTMLInputElement)) return;
  field.value = token;
  form.submit();
}

/**
 * @param {Document} document
 * @param {string} selector
 * @param {boolean} isShown
 */
function show(document, selector, isShown) {
  const words = document.querySelector(selector);
  if (words instanceof HTMLElement) words.hidden = !isShown;
}
