/**
 * What can be pressed at the visitor's page, handed on to a conversation that may not be there yet.
 */

/** @import { VisitorConversation } from '../conversation/visitor.js' */
/** @import { VisitorActions } from './visitor_page.js' */

/** @param {() => VisitorConversation | null} conversation @returns {VisitorActions} */
export function visitorActions(conversation) {
  return {
    say: (text) => conversation()?.say(text),
    retry: () => conversation()?.retry(),
    end: () => void conversation()?.end(),
    answer: (answer) => conversation()?.decide(answer),
    typing: (isTyping) => conversation()?.typing(isTyping),
    takeBack: (id) => conversation()?.takeBack(id),
    shareTyping: (isShared) => conversation()?.shareTyping(isShared),
    askForAnother: () => conversation()?.askForAnother(),
  };
}
