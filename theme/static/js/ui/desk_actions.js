/**
 * What can be pressed at the mentor's page, handed on to a desk that may not be there yet.
 */

/** @import { MentorDesk } from '../conversation/desk.js' */
/** @import { DeskActions } from './mentor_page.js' */

/** @param {() => MentorDesk | null} desk @returns {DeskActions} */
export function deskActions(desk) {
  return {
    say: (text) => desk()?.say(text),
    typing: (isTyping) => desk()?.typing(isTyping),
    retry: () => desk()?.retry(),
    refer: (card) => desk()?.refer(card),
    end: () => void desk()?.end(),
    answer: () => {},
    take: () => desk()?.take(),
    rested: (ticks) => desk()?.rested(ticks),
    setDuty: (state) => desk()?.setDuty(state),
    propose: (colleague) => desk()?.propose(colleague),
    takeOver: () => void desk()?.takeOver(),
    block: () => void desk()?.block(),
    undoBlock: () => desk()?.undoBlock(),
    turnDown: () => desk()?.turnDown(),
  };
}
