/**
 * Mozilla's HTTP Observatory on addresses of this machine: node scan.mjs HOST HTTP_PORT HTTPS_PORT PATH…
 *
 * Its own `scan` knows no ports; this is the same with them. Prints one line of JSON for each path.
 */

import { ALL_TESTS } from '@mdn/mdn-http-observatory/src/constants.js';
import { MINIMUM_SCORE_FOR_EXTRA_CREDIT } from '@mdn/mdn-http-observatory/src/grader/charts.js';
import { getGradeForScore, getScoreModifier } from '@mdn/mdn-http-observatory/src/grader/grader.js';
import { retrieve } from '@mdn/mdn-http-observatory/src/retriever/retriever.js';

const [host, httpPort, httpsPort, ...paths] = process.argv.slice(2);

for (const path of paths) {
  const retrieved = await retrieve(host, { httpPort, httpsPort, path });
  const results = ALL_TESTS.map((test) => test(retrieved));
  const modifiers = results.map(({ result }) => (result ? getScoreModifier(result) : 0));
  const lost = modifiers.filter((modifier) => modifier < 0).reduce((sum, modifier) => sum + modifier, 100);
  const all = modifiers.reduce((sum, modifier) => sum + modifier, 100);
  const { grade, score } = getGradeForScore(lost >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? all : lost);
  const tests = Object.fromEntries(
    results.map(({ constructor, pass, result }) => [constructor.name, { pass, result }]),
  );
  console.log(JSON.stringify({ path, status: retrieved.responses.auto?.status, grade, score, tests }));
}
