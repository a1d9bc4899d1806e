/**
 * Keeps the links to the chat true: live while it is open, words about the next opening while it is not.
 *
 * Tells the page what it has heard, too (OPENING_HEARD on the document), so that nothing else has to ask.
 *
 * Knows the elements [data-chat-control] and what /chatt/status answers. Does not know the clock or the schedule: all
 * words come from the service or from the page's data attributes, so a visitor's wrong clock cannot mislead anyone.
 * Without an answer every link is what the page was served with: a way to a page of the service that knows.
 */

/**
 * @typedef {object} OpeningStatus what /chatt/status answers
 * @property {boolean} open
 * @property {string} reason why it is open or not
 * @property {string} headline "Till chatten", "Chatten är stängd" or "Chatten stänger snart"
 * @property {string} detail "Öppnar i kväll kl. 19.00", or nothing
 */

/**
 * @typedef {object} Control one place on the page that speaks of the chat
 * @property {HTMLElement} root
 * @property {HTMLAnchorElement} link
 * @property {HTMLElement | null} detail
 * @property {HTMLElement | null} news a status region that says when the chat opens or closes
 * @property {string} servedText
 * @property {string} servedHref
 */

export const POLL_EVERY_MS = 8000;
export const ANSWER_WITHIN_MS = 5000;
/** The event that says what the service has answered, at each answer; its detail is an OpeningStatus. */
export const OPENING_HEARD = 'openingheard';

export class StatusLink {
  /** @type {Document} */
  #document;
  /** @type {typeof globalThis.fetch} */
  #fetch;
  /** @type {string} */
  #address;
  /** @type {Control[]} */
  #controls;
  /** @type {boolean | null} */
  #wasOpen = null;
  /** @type {ReturnType<typeof setTimeout> | null} */
  #timer = null;
  #asking = false;

  /** @param {{document: Document, fetch: typeof globalThis.fetch, address?: string}} parts */
  constructor({ document, fetch, address = '/chatt/status' }) {
    this.#document = document;
    this.#fetch = fetch;
    this.#address = address;
    this.#controls = findControls(document);
  }

  /** Ask now, then every eight seconds while the page is visible, and whenever it becomes so. */
  start() {
    if (this.#controls.length === 0) return;
    this.#document.addEventListener('visibilitychange', this.#onVisibility);
    void this.#round();
  }

  stop() {
    this.#document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#rest();
  }

  #onVisibility = () => {
    this.#rest();
    if (this.#isVisible()) void this.#round();
  };

  async #round() {
    if (this.#asking) return;
    this.#asking = true;
    const status = await this.#ask();
    this.#asking = false;
    this.#show(status);
    this.#rest();
    if (this.#isVisible()) this.#timer = setTimeout(() => void this.#round(), POLL_EVERY_MS);
  }

  #rest() {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #isVisible() {
    return this.#document.visibilityState === 'visible';
  }

  /** @returns {Promise<OpeningStatus | null>} null when there is no answer that can be trusted */
  async #ask() {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), ANSWER_WITHIN_MS);
    try {
      const answer = await this.#fetch(this.#address, {
        cache: 'no-store',
        credentials: 'omit',
        signal: patience.signal,
      });
      return answer.ok ? readStatus(await answer.json()) : null;
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  /** @param {OpeningStatus | null} status */
  #show(status) {
    for (const control of this.#controls) {
      if (status === null) showServed(control);
      else if (status.open) showOpen(control, status);
      else showClosed(control, status);
      if (status !== null && this.#wasOpen !== null && this.#wasOpen !== status.open)
        tellNews(control, status);
    }
    if (status === null) return;
    this.#wasOpen = status.open;
    this.#document.dispatchEvent(new CustomEvent(OPENING_HEARD, { detail: status }));
  }
}

/**
 * @param {Document} document
 * @returns {Control[]}
 */
function findControls(document) {
  const controls = [];
  for (const root of document.querySelectorAll('[data-chat-control]')) {
    const link = root.querySelector('[data-chat-link]');
    if (!(root instanceof HTMLElement) || !(link instanceof HTMLAnchorElement)) continue;
    /** @type {HTMLElement | null} */
    const detail = root.querySelector('[data-chat-detail]');
    /** @type {HTMLElement | null} */
    const news = root.querySelector('[data-chat-news]');
    const servedHref = link.getAttribute('href') ?? '';
    controls.push({ root, link, detail, news, servedText: link.textContent ?? '', servedHref });
  }
  return controls;
}

/**
 * @param {unknown} answer
 * @returns {OpeningStatus | null}
 */
function readStatus(answer) {
  if (typeof answer !== 'object' || answer === null) return null;
  const { open, reason, headline, detail } = /** @type {Record<string, unknown>} */ (answer);
  if (typeof open !== 'boolean' || typeof headline !== 'string') return null;
  return { open, reason: String(reason), headline, detail: typeof detail === 'string' ? detail : '' };
}

/** @param {Control} control */
function showServed({ root, link, detail, servedText, servedHref }) {
  delete root.dataset.chatState;
  write(link, servedText);
  link.setAttribute('href', servedHref);
  if (detail) write(detail, '');
}

/**
 * @param {Control} control
 * @param {OpeningStatus} status
 */
function showOpen({ root, link, detail, servedHref }, status) {
  root.dataset.chatState = 'open';
  write(link, link.dataset.openText ?? status.headline);
  link.setAttribute('href', link.dataset.openHref ?? servedHref);
  if (detail) write(detail, status.detail);
}

/**
 * @param {Control} control
 * @param {OpeningStatus} status
 */
function showClosed({ root, link, detail }, status) {
  root.dataset.chatState = 'closed';
  write(link, link.dataset.closedText ?? status.headline);
  const href = link.dataset.closedHref;
  // An <a> without href is a placeholder: words, not a link.
  if (href === undefined) link.removeAttribute('href');
  else link.setAttribute('href', href);
  if (detail) write(detail, status.detail);
}

/**
 * @param {Control} control
 * @param {OpeningStatus} status
 */
function tellNews({ root, news }, status) {
  const closed =
    status.reason === 'last_entry' ? `${status.headline}. ${status.detail}` : root.dataset.closed;
  if (news) write(news, (status.open ? root.dataset.opened : closed) ?? '');
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
