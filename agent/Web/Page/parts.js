// Elements. All text comes in as text: nothing that a file or a server is called can become markup.
const byId = id => document.getElementById(id);

/** make('p.soft', { title: 'x', onclick: f }, 'text', child …): an element with classes, properties and children. */
function make(what, properties = {}, ...children) {
  const [tag, ...classes] = what.split('.');
  const element = document.createElement(tag);
  element.classList.add(...classes);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('aria-') || name === 'role' || name === 'scope' || name === 'colspan')
      element.setAttribute(name, value);
    else
      element[name] = value;
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined));
  return element;
}

const button = (word, act, kind = '') => make('button' + kind, { type: 'button', onclick: act }, t(word));
const meter = (done, total, label) => make('progress', { max: Math.max(total, 1), value: Math.min(done, Math.max(total, 1)), 'aria-label': label });
const facts = rows => make('dl', {}, rows.filter(([, value]) => value !== undefined && value !== null && value !== '')
  .map(([word, value]) => [make('dt', {}, t(word)), make('dd', {}, value)]));
const heads = words => make('thead', {}, make('tr', {}, words.map(word => make('th', { scope: 'col' }, word ? t(word) : ''))));

/** Shows text in a cell only where it differs: what is selected or focused stays so. */
function put(element, text) {
  if (element.textContent !== text)
    element.textContent = text;
}

/** Makes the children of an element those of a list, and keeps the ones that are there: the focus stays where it is. */
function keyed(parent, items, keyOf, create, update) {
  const there = new Map([...parent.children].map(child => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let child = there.get(key);
    if (!child) {
      child = create(item);
      child.dataset.key = key;
    }
    there.delete(key);
    update(child, item);
    if (child === place)
      place = place.nextElementSibling;
    else
      parent.insertBefore(child, place);
  }
  there.forEach(child => child.remove());
}

function notice(text, isBad = false) {
  const shown = make('div.notice' + (isBad ? '.bad' : ''), {}, text);
  byId('notices').append(shown);
  setTimeout(() => shown.remove(), isBad ? 15000 : 5000);
}

/** A dialog that is gone once it is closed. */
function dialog(title, ...content) {
  const heading = make('h2', { id: 'dialog-title' }, title);
  const shown = make('dialog', { 'aria-labelledby': 'dialog-title' }, heading, ...content);
  shown.addEventListener('close', () => shown.remove());
  document.body.append(shown);
  shown.showModal();
  return shown;
}

/** A dialog with a form; fields are [name, label, element]. submit gets their values, and what it throws is shown. */
function ask(title, fields, word, submit, kind = '.main', before = null) {
  const problem = make('p.failed', { role: 'alert' });
  const accept = make('button' + kind, { type: 'submit' }, t(word));
  const form = make('form', {}, fields.map(([, label, field]) => make('label', {}, make('span', {}, t(label)), field)), problem,
    make('div.bar', {}, accept, button('cancel', () => shown.close())));
  form.addEventListener('submit', async event => {
    event.preventDefault();
    accept.disabled = true;
    put(problem, '');
    try {
      await submit(Object.fromEntries(fields.map(([name, , field]) => [name, field.value.trim()])));
      shown.close();
    } catch (error) {
      put(problem, error.message);
      accept.disabled = false;
    }
  });
  const shown = dialog(title, before, form);
  return shown;
}

const input = (properties = {}) => make('input', { type: 'text', autocomplete: 'off', spellcheck: false, ...properties });
const choice = (values, properties = {}) => make('select', properties, values.map(([value, label]) => make('option', { value }, label)));
