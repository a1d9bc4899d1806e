/** The line to the coordinators on the mentor's page. Wires parts together; entries/mentor.js puts it on the socket. */

import { MentorLine } from '../conversation/line.js';
import { isTouchScreen, TIMERS } from '../transport/browser.js';
import { guardLeaving } from '../ui/leaving.js';
import { MentorLineView } from '../ui/line_view.js';
import { Words } from '../ui/words.js';

/** @import { SeatPart } from '../transport/browser.js' */

/**
 * Put the line beside the desk on one connection.
 *
 * @param {object} given
 * @param {import('../transport/certificates.js').Credentials} given.own
 * @param {(frame: object) => boolean} given.send
 * @param {SeatPart} given.desk
 * @returns {SeatPart}
 */
export function withLine({ own, send, desk }) {
  const line = new MentorLine({
    identity: own.identity,
    certificate: own.certificate,
    send,
    timers: TIMERS,
    now_ms: () => Date.now(),
    changed: () => view.show(line.view),
  });
  const view = new MentorLineView({
    document,
    words: new Words(document),
    isTouch: isTouchScreen,
    actions: {
      ask: (text) => line.ask(text),
      retry: (id) => line.retry(id),
      read: () => line.read(),
    },
  });
  guardLeaving(window, {
    clear: () => {
      line.forget();
      view.clear();
    },
    leave: () => {},
  });
  view.show(line.view);
  return line.beside({
    join: (welcome) => desk.join(welcome),
    receive: (frame) => {
      if (frame.type === 'envelope' && frame.sender === 'visitor' && frame.kind === 'message')
        view.visitorWrote();
      return desk.receive(frame);
    },
    connection: (state, reason) => desk.connection(state, reason),
  });
}
