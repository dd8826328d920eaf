// Talks with the agent, with the key.
const root = 'ogrepository/v1/';
let key = null; // Here and nowhere else.

/** What the agent said no with. */
class Refusal extends Error {}

/** Asks the agent. Throws an error with a sentence for people, in which its own reason stands where it gave one. */
async function call(method, path, body, prefer, asKey = key) {
  const headers = { Authorization: 'Bearer ' + asKey };
  if (body)
    headers['Content-Type'] = 'application/json';
  if (prefer)
    headers.Prefer = prefer;
  const response = await fetch(root + path, { method, headers, body: body && JSON.stringify(body), cache: 'no-store' }).catch(() => null);
  const text = await response?.text().catch(() => null);
  if (typeof text !== 'string')
    throw new Error(t('noAnswer'));
  const answer = parsed(text, response.headers.get('content-type'));
  if (response.status === 401)
    throw keyRefused(asKey);
  if (!response.ok)
    throw answer?.error ? new Refusal(answer.error) : new Error(`${t('oddAnswer')} ${response.status}`);
  return answer;
}

function parsed(text, type) {
  try {
    return type?.includes('json') ? JSON.parse(text) : text;
  } catch {
    throw new Error(t('noAnswer'));
  }
}

/** A key that was right and is so no more is asked for again. */
function keyRefused(asKey) {
  const wasRight = key !== null && asKey === key;
  if (wasRight)
    forgetKey();
  return new Error(t(wasRight || asKey === null ? 'keyGone' : 'keyWrong'));
}

/** Does what a button is for, and says how that went. */
async function act(done, ...request) {
  try {
    const answer = await call(...request);
    notice(t(done));
    return answer;
  } catch (error) {
    noticeOf(error);
    return null;
  } finally {
    loadAll();
  }
}

/** A path below a route, each level escaped. */
const pathOf = path => path.split('/').map(encodeURIComponent).join('/');
/** The fields of a form that were filled in. */
const filled = fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
