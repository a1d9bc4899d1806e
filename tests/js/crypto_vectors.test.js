/** The browser's half of the sealed conversation meets the shared vectors; Python's half meets the same in tests/participants. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { verifyCertificate } from '../../theme/static/js/crypto/certificate.js';
import { framed, fromBase64url, toBase64url, u32, u64 } from '../../theme/static/js/crypto/encoding.js';
import { EncodingError } from '../../theme/static/js/crypto/errors.js';
import { grantContext, openGrant } from '../../theme/static/js/crypto/grant.js';
import {
  importIdentity,
  keyIdOf,
  mentorSender,
  ownershipProof,
  serverToken,
} from '../../theme/static/js/crypto/identity.js';
import {
  envelopeContext,
  MessageKeys,
  messageSecret,
  pad,
  unpad,
} from '../../theme/static/js/crypto/messages.js';
import { verifyOffer } from '../../theme/static/js/crypto/offer.js';
import { openState, sealState } from '../../theme/static/js/crypto/resume.js';
import { derived, hpke, isSigned } from '../../theme/static/js/crypto/suite.js';

/** @param {string} name */
function load(name) {
  return JSON.parse(readFileSync(new URL(`../fixtures/vectors/${name}.json`, import.meta.url), 'utf8'));
}

/** @param {string} text */
const fromHex = (text) => Uint8Array.from(Buffer.from(text, 'hex'));

/** @param {Uint8Array} bytes */
const toHex = (bytes) => Buffer.from(bytes).toString('hex');

/** @param {{error?: string, code: string}} vector */
function refusal({ error, code }) {
  return (/** @type {any} */ thrown) => thrown.code === code && (!error || thrown.name === error);
}

const encoding = load('encoding');
const identity = load('identity');
const certificates = load('certificates');
const offers = load('offers');
const grants = load('grants');
const messages = load('messages');
const resume = load('resume');

for (const text of encoding.not_base64url) {
  test(`another spelling of bytes is refused: ${JSON.stringify(text)}`, () => {
    assert.throws(() => fromBase64url(text), EncodingError);
  });
}

test('a number that does not fit is refused', () => {
  for (const number of [...encoding.not_u32, 1.5, Number.NaN])
    assert.throws(() => u32(number), EncodingError);
  for (const number of [...encoding.not_u64, 1.5]) assert.throws(() => u64(number), EncodingError);
});

test('bytes, numbers and lists are written as the protocol says', async () => {
  for (const { hex, text } of encoding.base64url) {
    assert.equal(toBase64url(fromHex(hex)), text);
    assert.equal(toHex(fromBase64url(text)), hex);
  }
  for (const { number, hex } of encoding.u32) assert.equal(toHex(u32(number)), hex);
  for (const { number, hex } of encoding.u64) assert.equal(toHex(u64(number)), hex);
  for (const { parts, hex } of encoding.framed) {
    assert.equal(
      toHex(framed(...parts.map((/** @type {any} */ part) => part.text ?? fromHex(part.hex)))),
      hex,
    );
  }
  for (const { secret, salt, info, hex } of encoding.derived) {
    assert.equal(toHex(await derived(fromHex(secret), fromHex(salt), info)), hex);
  }
});

test('names and tokens follow from keys', async () => {
  const visitor = await importIdentity(identity.visitor.private_key);

  assert.equal(toBase64url(visitor.publicKey), identity.visitor.public_key);
  assert.equal(visitor.conversation, identity.visitor.conversation);
  assert.equal(await serverToken(fromBase64url(identity.token.r)), identity.token.token);
  assert.equal(await keyIdOf(fromBase64url(identity.mentor.public_key)), identity.mentor.key_id);
  assert.equal(mentorSender(identity.mentor.key_id), identity.mentor.sender);
});

test('an ownership proof is good for one challenge of one conversation', async () => {
  const visitor = await importIdentity(identity.visitor.private_key);
  const { conversation, publicKey } = visitor;
  const { challenge, proof } = identity.ownership;
  const parts = [fromBase64url(conversation), fromBase64url(challenge)];

  const made = await ownershipProof(visitor, conversation, challenge);

  for (const each of [made, proof].map((text) => fromBase64url(text))) {
    assert.equal(await isSigned(publicKey, each, 'stodchatt/1 ownership', ...[...parts].reverse()), false);
    assert.equal(await isSigned(publicKey, each, 'stodchatt/1 offer', ...parts), false);
    assert.equal(await isSigned(publicKey, each, 'stodchatt/1 ownership', ...parts), true);
  }
});

for (const vector of certificates.refused) {
  test(`a certificate is refused: ${vector.why}`, async () => {
    const given = {
      pins: certificates.pins,
      denied: [],
      nowS: vector.now_s ?? certificates.now_s,
      ...vector,
    };
    await assert.rejects(verifyCertificate(given), refusal({ error: 'CertificateError', code: vector.code }));
  });
}

for (const vector of certificates.accepted) {
  test(`a certificate is accepted: ${vector.why}`, async () => {
    const given = {
      pins: certificates.pins,
      denied: [],
      nowS: vector.now_s ?? certificates.now_s,
      ...vector,
    };
    const { alias, key, keyId, notBefore, notAfter } = await verifyCertificate(given);
    const facts = { alias, key: toBase64url(key), key_id: keyId, not_before: notBefore, not_after: notAfter };
    assert.deepEqual(facts, vector.facts);
  });
}

for (const vector of offers.refused) {
  test(`an offer is refused: ${vector.why}`, async () => {
    const given = { pins: offers.pins, denied: [], nowS: vector.now_s ?? offers.now_s, ...vector };
    await assert.rejects(verifyOffer(given), refusal(vector));
  });
}

test('a good offer is accepted', async () => {
  for (const vector of offers.accepted) {
    const facts = await verifyOffer({ pins: offers.pins, denied: [], nowS: offers.now_s, ...vector });
    assert.equal(facts.keyId, vector.key_id);
  }
});

/** @returns {Promise<CryptoKeyPair>} */
async function grantSecret() {
  const { d: _, ...publicHalf } = grants.secret;
  return {
    privateKey: await hpke.kem.importKey('jwk', grants.secret, false),
    publicKey: await hpke.kem.importKey('jwk', publicHalf, true),
  };
}

for (const vector of grants.refused) {
  test(`a grant is refused: ${vector.why}`, async () => {
    const given = { secret: await grantSecret(), ...vector };
    await assert.rejects(openGrant(given), refusal({ error: 'GrantError', code: vector.code }));
  });
}

for (const vector of grants.accepted) {
  test(`a grant is opened: ${vector.why}`, async () => {
    assert.deepEqual(await openGrant({ secret: await grantSecret(), ...vector }), { roots: vector.roots });
    const context = await grantContext(vector.conversation, vector.epoch, vector.offer);
    assert.equal(toHex(context), grants.context);
  });
}

function messageKeys() {
  const keys = new MessageKeys({ conversation: messages.conversation });
  for (const [epoch, root] of Object.entries(messages.roots)) keys.addRoot(Number(epoch), root);
  return keys;
}

for (const vector of messages.refused) {
  test(`a message is refused: ${vector.why}`, async () => {
    await assert.rejects(messageKeys().open(vector), refusal({ error: 'MessageError', code: vector.code }));
  });
}

for (const { why, content, code } of messages.never_sealed) {
  test(`a content is never sealed: ${why}`, async () => {
    const sealing = messageKeys().seal({ epoch: 1, sender: 'visitor', sequence: 0, content });
    await assert.rejects(sealing, refusal({ error: 'MessageError', code }));
  });
}

for (const { why, content } of messages.never_said_by_a_mentor) {
  test(`a mentor never seals ${why}`, async () => {
    const sender = messages.secrets.find((/** @type {any} */ each) => each.sender !== 'visitor').sender;
    const sealing = messageKeys().seal({ epoch: 1, sender, sequence: 0, content });
    await assert.rejects(sealing, refusal({ error: 'MessageError', code: 'malformed' }));
  });
}

test('a good message opens in its place', async () => {
  const keys = messageKeys();
  for (const { content, body, ...place } of messages.opened) {
    assert.deepEqual(await keys.open({ ...place, body }), content);
    assert.deepEqual(await keys.open({ ...place, body: await keys.seal({ ...place, content }) }), content);
  }
});

test("message keys and contexts are the protocol's", async () => {
  const { conversation, roots, secrets, contexts } = messages;
  for (const { epoch, sender, hex } of secrets) {
    const secret = await messageSecret({ root: roots[epoch], conversation, epoch, sender });
    assert.equal(toHex(secret), hex);
  }
  for (const { hex, ...place } of contexts) {
    assert.equal(toHex(envelopeContext({ conversation, ...place })), hex);
  }
});

test('padding hides the length and comes off again', () => {
  assert.throws(() => pad(new Uint8Array(messages.too_long)), refusal({ code: 'too_long' }));
  for (const { length, size } of messages.padding) {
    const padded = pad(new Uint8Array(length));
    assert.equal(padded.length, size);
    assert.deepEqual(unpad(padded), new Uint8Array(length));
  }
});

for (const vector of resume.refused) {
  test(`the state of a reload stays shut: ${vector.why}`, async () => {
    const given = { ...vector, r: fromBase64url(vector.r) };
    await assert.rejects(openState(given), refusal({ code: 'unreadable' }));
  });
}

test('the state of a reload opens with both halves', async () => {
  for (const { r: rText, share, blob, state } of resume.opened) {
    const r = fromBase64url(rText);
    assert.deepEqual(await openState({ r, share, blob }), state);
    assert.deepEqual(await openState({ r, share, blob: await sealState({ r, share, state }) }), state);
  }
});
