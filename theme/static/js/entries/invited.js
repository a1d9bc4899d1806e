/** The page that shows an invitation's address once. Wires parts together and does nothing else. */

import { DEVICE } from '../transport/browser.js';
import { wireCopying } from '../ui/copy_button.js';

const copying = document.querySelector('[data-copying]');
if (copying instanceof HTMLElement) wireCopying(copying, DEVICE.copy);
