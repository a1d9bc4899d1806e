/**
 * The words of a page: every text that a script may show stands in the page's templates, in the page's language.
 */

/** What steers the direction of writing: Unicode's bidirectional marks, embeddings, overrides and isolates. */
const STEERING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Leave out of a name what would turn the words around it. @param {string} name */
export function plain(name) {
  return name.replaceAll(STEERING, '').trim();
}

export class Words {
  /** @type {Map<string, string>} */
  #words = new Map();

  /** @param {ParentNode} root */
  constructor(root) {
    for (const template of root.querySelectorAll('template[data-words]')) {
      if (!(template instanceof HTMLTemplateElement)) continue;
      for (const element of template.content.querySelectorAll('[data-word]')) {
        const name = element.getAttribute('data-word');
        if (name !== null) this.#words.set(name, element.textContent?.trim() ?? '');
      }
    }
  }

  /** @param {string} name */
  has(name) {
    return this.#words.has(name);
  }

  /**
   * Give a text, with values put in for {name}. A value cannot turn the words around it: what steers the direction of
   * writing is left out. A text that the page does not have is a mistake: it is reported, and the page goes on without.
   *
   * @param {string} name
   * @param {Record<string, string | number>} [values]
   */
  say(name, values = {}) {
    const text = this.#words.get(name);
    if (text === undefined) {
      reportError(new Error(`the page has no word ${name}`));
      return '';
    }
    return text.replaceAll(/\{(\w+)\}/g, (whole, key) => plain(String(values[key] ?? whole)));
  }
}
