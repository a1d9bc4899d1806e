/** Every word that the mentor's page asks for stands in its templates, also when its name is put together. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/** @param {string} path */
const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page =
  read('theme/templates/partials/conversation_room.html') + read('chatservice/templates/mentor_words.html');
const scripts = [
  'mentor_page',
  'duty_view',
  'queue_view',
  'peer_view',
  'breather',
  'reminders',
  'phrases',
  'mentor_sounds',
].map((name) => read(`theme/static/js/ui/${name}.js`));

/** @param {string[]} words */
const missing = (words) => words.filter((word) => !page.includes(`data-word="${word}"`));

/** The texts of a type or a list in a module. @param {string} path @param {RegExp} pattern */
function texts(path, pattern) {
  const [, found = ''] = pattern.exec(read(path)) ?? [];
  const all = [...found.matchAll(/'(\w+)'/g)].map(([, text]) => text);
  assert.ok(all.length > 1, `nothing found in ${path}`);
  return all;
}

test('every word that is asked for by its name is there', () => {
  const asked = scripts.flatMap((script) => [
    ...script.matchAll(/\bsay\((?:[^'"`()]*\? )?'(\w+)'(?:[^'"`()]*: '(\w+)')?/g),
  ]);
  const words = asked.flatMap(([, first, second]) => [first, second]).filter((word) => word !== undefined);
  assert.ok(words.length > 10 && words.includes('waited_one') && words.includes('waited'));

  assert.deepEqual(missing(words), []);
});

test('every way in which a conversation is over has its words for the mentor', () => {
  const ways = texts('theme/static/js/transport/frames.js', /type: 'ended', by: ([^}]*)\}/);
  assert.ok(ways.includes('another'));

  assert.deepEqual(missing([...ways, 'lost'].map((way) => `ended_${way}`)), []);
});

test('every state of duty, every refusal and every state of room and visitor has its words', () => {
  const duty = texts('theme/static/js/transport/frames.js', /@typedef \{([^}]*)\} DutyState/);
  const told = texts('theme/static/js/conversation/desk.js', /const TOLD = \[([^\]]*)\]/);
  const pages = texts('theme/static/js/conversation/mentor.js', /@typedef \{([^}]*)\} PageState/);
  const room = ['letting_in', 'talking', 'peer_gone'];
  const free = [...duty.filter((state) => state !== 'on'), 'none', 'waiting'];

  assert.deepEqual(
    missing([
      ...duty.map((state) => `duty_${state}`),
      ...told.map((code) => `told_${code}`),
      ...room.flatMap((word) => [word, `${word}_aside`]),
      ...pages.map((state) => `page_${state}`),
      ...free.map((word) => `free_${word}`),
    ]),
    [],
  );
});
