// What opens above the page, and what it says in a corner.
const openDialogs = () => [...document.querySelectorAll('dialog')];

/** Says something for a while; what is said already is not said twice. */
function notice(text, isBad = false, lang = language) {
  const place = byId('notices');
  [...place.children].filter(one => one.textContent === text).forEach(one => one.remove());
  const shown = make('div.notice' + (isBad ? '.bad' : ''), { lang }, text);
  place.append(shown);
  setTimeout(() => shown.remove(), isBad ? 20000 : 10000);
}

/** What the agent itself says is in English. */
const noticeOf = error => notice(error.message, true, error instanceof Refusal ? 'en' : language);

/** A dialog that is gone once it is closed. What is said meanwhile is said in it: nothing else is reachable then. */
function dialog(title, ...content) {
  const id = `dialog-${openDialogs().length}`;
  const close = make('button.plain', { type: 'button', 'data-action': 'close', 'aria-label': t('close'), onclick: () => shown.close() }, '✕');
  const shown = make('dialog', { 'aria-labelledby': id }, make('div.title', {}, make('h2', { id }, title), close), ...content);
  shown.addEventListener('close', () => {
    (openDialogs().filter(one => one !== shown).at(-1) ?? document.body).append(byId('notices'));
    shown.remove();
    if (document.activeElement === document.body)
      (openDialogs().at(-1) ?? byId('main')).focus();
  });
  document.body.append(shown);
  shown.append(byId('notices'));
  shown.showModal();
  return shown;
}

/**
 * A dialog with a form. submit gets the values of its fields; what it throws is shown, and a function that it returns is called once the dialog is
 * closed.
 */
function ask(action, { title, word, fields = [], more = [], before = null, kind = '.main', submit }) {
  const problem = make('p.failed', { role: 'alert' });
  const accept = make('button' + kind, { type: 'submit', 'data-action': action }, t(word));
  const labelled = ([, label, element]) => make('label' + (element.type === 'checkbox' ? '.tick' : ''), {}, make('span', {}, t(label)), element);
  const rest = more.length ? make('details', {}, make('summary', { 'data-action': 'more' }, t('more')), make('div.fields', {}, more.map(labelled))) : null;
  const dismiss = make('button', { type: 'button', 'data-action': 'dismiss', onclick: () => shown.close() }, t('cancel'));
  const form = make('form', {}, make('div.fields', {}, fields.map(labelled)), rest, problem, make('div.bar.end', {}, dismiss, accept));
  // Where there is nothing to fill in, the focus begins where nothing is done.
  (fields[0]?.[2] ?? dismiss).autofocus = true;
  form.addEventListener('submit', async event => {
    event.preventDefault();
    accept.disabled = true;
    put(problem, '');
    try {
      const then = await submit(Object.fromEntries([...fields, ...more].map(([name, , element]) =>
        [name, element.type === 'checkbox' ? element.checked : element.value.trim()])));
      shown.close();
      then?.();
    } catch (error) {
      problem.lang = error instanceof Refusal ? 'en' : language;
      put(problem, error.message);
      accept.disabled = false;
    }
  });
  const shown = dialog(title, before, form);
  return shown;
}

/** Asks whether something is really meant, and does it. */
const sure = (action, { title, question, word, done, request, then }) => ask(action, {
  title, word, kind: '.danger', before: make('p', {}, t(question)), submit: async () => {
    await (typeof request === 'function' ? request() : call(...request));
    notice(t(done));
    loadAll();
    return then;
  },
});
