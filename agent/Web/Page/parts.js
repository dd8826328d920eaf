// Elements. All text comes in as text: nothing that a file or a server is called can become markup.
const byId = id => document.getElementById(id);
const asAttribute = /^(aria-|data-)|^(role|scope|colspan|list|lang)$/;

/** make('p.soft', { title: 'x', onclick: f }, 'text', child …): an element with classes, properties and children. */
function make(what, properties = {}, ...children) {
  const [tag, ...classes] = what.split('.');
  const element = document.createElement(tag);
  element.classList.add(...classes);
  for (const [name, value] of Object.entries(properties)) {
    if (asAttribute.test(name))
      element.setAttribute(name, value);
    else
      element[name] = value;
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined));
  return element;
}

/** A button of that action, by which tests find it. Pressed again before it has done what it does, it does nothing. */
function button(action, act, { kind = '', word = action } = {}) {
  let isBusy = false;
  const press = async () => {
    if (isBusy)
      return;
    isBusy = true;
    try {
      await act();
    } finally {
      isBusy = false;
    }
  };
  return make('button' + kind, { type: 'button', onclick: press, 'data-action': action }, t(word));
}

/** A field of a form, below its label. */
const field = (action, label, element) => {
  element.dataset.action = action;
  return [action, label, element];
};
const input = (properties = {}) => make('input', { type: 'text', autocomplete: 'off', spellcheck: false, ...properties });
const choice = (values, properties = {}) => make('select', properties, values.map(([value, label]) => make('option', { value }, label)));

const meter = (done, total, label) => make('progress', { max: Math.max(total, 1), value: Math.min(done, Math.max(total, 1)), 'aria-label': label });
const facts = rows => make('dl', {}, rows.filter(([, value]) => value !== undefined && value !== null && value !== '')
  .map(([word, value]) => [make('dt', {}, t(word)), make('dd', {}, value)]));
const dotted = (...parts) => parts.filter(part => part !== undefined && part !== null && part !== '').join(' · ');
/** What a view says where it has nothing to show. */
const nothing = (word, ...more) => make('div.empty', {}, make('p', {}, t(word)), more);

/** Shows text in a cell only where it differs: what is selected or focused stays so. */
function put(element, text) {
  if (element.textContent !== text)
    element.textContent = text;
}

/** Moves a bar that is there, makes one where there is none, and takes it away where there is nothing to measure. */
function measure(place, done, total, label) {
  const there = place.firstElementChild;
  if (!total)
    place.replaceChildren();
  else if (!there)
    place.append(meter(done, total, label));
  else
    Object.assign(there, { max: total, value: Math.min(done, total) });
}

/** A table whose rows stand below each other as cards where there is little room; the roles tell what it is then too. */
function tableOf(id, words) {
  const titles = words.map(word => make('th', { scope: 'col', role: 'columnheader' }, make('span' + (word === 'actions' ? '.hidden' : ''), {}, t(word))));
  const rows = make('tbody', { id, role: 'rowgroup' });
  const table = make('div.scroll', {}, make('table.stack', { role: 'table' }, make('thead', { role: 'rowgroup' }, make('tr', { role: 'row' }, titles)), rows));
  const row = (...cells) => make('tr', { role: 'row' }, words.map((word, at) =>
    make('td', { role: 'cell', 'data-label': at && word !== 'actions' ? t(word) : '' }, cells[at] ?? [])));
  return { table, rows, row };
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
  there.forEach(takeAway);
}

/** Removes an element; a focus in it goes to the same control of its neighbour, and else to the view. */
function takeAway(gone) {
  const held = gone.contains(document.activeElement) ? document.activeElement : null;
  const neighbour = gone.nextElementSibling ?? gone.previousElementSibling;
  gone.remove();
  if (held)
    (neighbour?.querySelector(`[data-action="${held.dataset.action}"]`) ?? byId('main')).focus({ preventScroll: true });
}
