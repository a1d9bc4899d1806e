/**
 * The panel of the live preview: reloads the page when it has changed, and shows what is wrong with the content.
 * Only `tools/preview` serves it; no visitor ever meets it. Words come from the content check, as text.
 */

/** @typedef {{place: string, what: string, remedy: string}} Told */
/** @typedef {{errors: Told[], advice: Told[], complaints: string[]}} News */

const tag = /** @type {HTMLScriptElement} */ (document.querySelector('script[data-preview-version]'));
const version = tag.dataset['previewVersion'] ?? '';
const events = new EventSource(
  `/__preview/events?${new URLSearchParams({ page: location.pathname, version })}`,
);

events.addEventListener('reload', () => {
  events.close();
  location.reload();
});
events.addEventListener('news', (event) => show(JSON.parse(event.data)));
events.addEventListener('error', () => say('Förhandsvisningen svarar inte. Är fönstret som kör den stängt?'));
events.addEventListener('open', () => say(''));
addEventListener('pagehide', () => events.close());

/**
 * Show the news, or nothing when all is well.
 * @param {News} news
 */
function show(news) {
  const panel = document.createElement('aside');
  panel.className = 'preview-panel';
  panel.lang = 'sv';
  panel.setAttribute('aria-label', 'Förhandsvisning');
  if (news.complaints.length > 0) {
    panel.append(part('Sidan kunde inte byggas', 'stop', news.complaints.map(asText), true));
  }
  if (news.errors.length > 0) {
    const title = `${news.errors.length} fel: sidorna går inte att publicera`;
    panel.append(part(title, 'stop', news.errors.map(asText), true));
  }
  if (news.advice.length > 0) {
    panel.append(part(`${news.advice.length} råd (stoppar inget)`, 'advice', news.advice.map(asText), false));
  }
  document.querySelector('.preview-panel')?.remove();
  if (panel.childElementCount > 0) {
    document.body.append(panel);
  }
}

/**
 * Make one part of the panel that can be folded away.
 * @param {string} title
 * @param {'stop' | 'advice'} kind
 * @param {HTMLLIElement[]} items
 * @param {boolean} open
 */
function part(title, kind, items, open) {
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  const list = document.createElement('ul');
  details.className = `preview-panel__part preview-panel__part--${kind}`;
  details.open = open;
  summary.textContent = title;
  list.append(...items);
  details.append(summary, list);
  return details;
}

/**
 * Make an item of a line of text, or of a mistake with its place and its remedy.
 * @param {Told | string} told
 */
function asText(told) {
  const item = document.createElement('li');
  if (typeof told === 'string') {
    item.textContent = told;
    return item;
  }
  const place = document.createElement('strong');
  place.textContent = told.place;
  item.append(place, `: ${told.what} ${told.remedy}`);
  return item;
}

/**
 * Say something about the preview itself; nothing takes it away.
 * @param {string} words
 */
function say(words) {
  document.querySelector('.preview-lost')?.remove();
  if (words) {
    const line = document.createElement('p');
    line.className = 'preview-lost';
    line.setAttribute('role', 'status');
    line.textContent = words;
    document.body.append(line);
  }
}
