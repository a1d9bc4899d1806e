/**
 * Sends the contact form from the page itself, so that nothing is lost when the service does not answer.
 *
 * What the service finds wrong is said by the service: then the form goes the ordinary way, and its page comes back with
 * everything that was written. Knows the elements of contact_form.html; keeps no copy of any text anywhere.
 */

export const ANSWER_WITHIN_MS = 15_000;

/** @typedef {'sent' | 'refused' | 'unanswered'} Outcome */

export class ContactForm {
  /** @type {HTMLFormElement} */
  #form;
  /** @type {HTMLElement} */
  #notSent;
  /** @type {HTMLElement} */
  #sending;
  /** @type {typeof globalThis.fetch} */
  #fetch;
  /** @type {{replace(address: string): void}} */
  #location;
  #isSending = false;

  /**
   * @param {{form: HTMLFormElement, fetch: typeof globalThis.fetch, location: {replace(address: string): void}}} parts
   */
  constructor({ form, fetch, location }) {
    this.#form = form;
    this.#notSent = /** @type {HTMLElement} */ (form.querySelector('[data-not-sent]'));
    this.#sending = /** @type {HTMLElement} */ (form.querySelector('[data-sending]'));
    this.#fetch = fetch;
    this.#location = location;
  }

  start() {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#send();
    });
  }

  async #send() {
    if (this.#isSending) return;
    this.#isSending = true;
    this.#notSent.hidden = true;
    this.#sending.textContent = this.#sending.dataset.sendingText ?? '';
    const outcome = await this.#ask();
    this.#sending.textContent = '';
    this.#isSending = false;
    if (outcome === 'refused') this.#form.submit();
    else if (outcome === 'unanswered') this.#tellNotSent();
    else this.#leave();
  }

  /** @returns {Promise<Outcome>} */
  async #ask() {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), ANSWER_WITHIN_MS);
    try {
      const answer = await this.#fetch(this.#form.action, {
        method: 'POST',
        headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
        body: spelled(this.#form),
        cache: 'no-store',
        redirect: 'error',
        signal: patience.signal,
      });
      return readOutcome(await answer.json());
    } catch {
      // No answer, or one of somebody else: a server in front of ours that finds nothing behind it.
      return 'unanswered';
    } finally {
      clearTimeout(timer);
    }
  }

  #tellNotSent() {
    this.#notSent.hidden = false;
    this.#notSent.focus();
  }

  #leave() {
    // Emptied, because a page that was left may be shown again from the browser's memory.
    for (const field of this.#form.querySelectorAll('textarea')) field.value = '';
    for (const field of this.#form.querySelectorAll('input')) if (field.type === 'email') field.value = '';
    this.#location.replace(this.#form.dataset.thanks ?? this.#form.action);
  }
}

/**
 * The form as browsers spell it.
 * @param {HTMLFormElement} form
 */
function spelled(form) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) fields.append(name, String(value));
  return fields;
}

/**
 * @param {unknown} answer
 * @returns {Outcome}
 */
function readOutcome(answer) {
  if (typeof answer !== 'object' || answer === null) return 'unanswered';
  return /** @type {Record<string, unknown>} */ (answer)['sent'] === true ? 'sent' : 'refused';
}
