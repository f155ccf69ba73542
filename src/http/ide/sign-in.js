// @ts-check
/** The bar over the IDE: signs in and out, and says who is signed in. Its markup is sign-in.html. */
import { fetchSignedIn, messageSignedIn, onSession, signIn, signOut } from './session.js';

const bar = /** @type {HTMLElement} */ (document.querySelector('.sign-in'));
const form = /** @type {HTMLFormElement} */ (bar.querySelector('form'));
const submit = /** @type {HTMLButtonElement} */ (form.querySelector('button'));
const leave = /** @type {HTMLButtonElement} */ (bar.querySelector('[name=sign-out]'));
const status = /** @type {HTMLElement} */ (bar.querySelector('[role=status]'));
const problem = /** @type {HTMLElement} */ (bar.querySelector('[role=alert]'));

/** @param {string} name */
const field = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

// Ruru's own way to a header is its header editor, which it keeps in localStorage: tokens must not lie there.
globalThis.fetch = fetchSignedIn;
globalThis.WebSocket = class extends WebSocket {
  /** What was sent before, of which some waits for a token: messages keep their order. @type {Promise<void>} */
  #sent = Promise.resolve();

  /**
   * @param {string} message
   * @override
   */
  send(message) {
    this.#sent = this.#sent.then(async () => {
      const signed = await messageSignedIn(message);
      if (this.readyState === WebSocket.OPEN) super.send(signed);
    });
  }
};

onSession((session, reason = '') => {
  status.textContent = session === null ? '' : `${session.person}, ${session.role.toLowerCase()} in ${session.organization}`;
  problem.textContent = reason;
  form.hidden = session !== null;
  leave.hidden = session === null;
});

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  problem.textContent = '';
  submit.disabled = true;
  try {
    await signIn(field('email').value, field('password').value, field('organization').value.trim() || null);
    field('password').value = '';
    leave.focus();
  } catch (error) {
    problem.textContent = /** @type {Error} */ (error).message;
    field('password').select();
  } finally {
    submit.disabled = false;
  }
});

leave.addEventListener('click', async () => {
  await signOut();
  field('email').focus();
});
