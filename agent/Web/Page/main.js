// The frame: navigation, key, language.
const views = { overview, images, transmissions, jobs, trash, remotes, repository };
const publicViews = ['overview', 'repository'];
let leave = () => {};

const current = () => location.hash.slice(1) in views ? location.hash.slice(1) : 'overview';

function show() {
  leave();
  const name = current();
  const main = byId('main');
  main.replaceChildren();
  main.setAttribute('aria-label', t(name));
  document.title = `${t(name)} – ogrepo-agent`;
  for (const item of byId('nav').children) {
    if (item.dataset.view !== name) {
      item.removeAttribute('aria-current');
      continue;
    }
    item.setAttribute('aria-current', 'page');
    item.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
  if (!publicViews.includes(name) && !key) {
    main.append(make('div.empty', {}, make('p', {}, t('needsKey')), button('enter-key', enterKey, { kind: '.main', word: 'enterKey' })));
    leave = () => {};
    return;
  }
  const view = views[name](main);
  const ends = view.sources.map(list => list.watch(view.update));
  if (name === 'overview')
    liveListeners.add(view.update);
  leave = () => {
    ends.forEach(end => end());
    liveListeners.delete(view.update);
  };
  view.update();
}

/** Leaves all that is open for another view. */
function goTo(name) {
  openDialogs().reverse().forEach(one => one.close());
  location.hash = name;
}

function enterKey() {
  const secret = make('input', { type: 'password', autocomplete: 'off', required: true, id: 'key' });
  ask('key-accept', {
    title: t('key'), word: 'ok', fields: [field('key', 'key', secret)], before: make('p.soft', {}, t('keyWhy')), submit: async values => {
      // What no header can hold is no key.
      if (!/^[\x21-\x7e]+$/.test(values.key))
        throw new Error(t('keyWrong'));
      await call('GET', 'status', undefined, undefined, values.key);
      key = values.key;
      secret.value = '';
      return dress;
    },
  });
}

function forgetKey() {
  key = null;
  lists.filter(list => !list.isPublic).forEach(list => list.forget());
  openDialogs().reverse().forEach(one => one.close());
  dress();
}

/** Everything anew, in the language of the moment. */
function dress() {
  document.documentElement.lang = language;
  byId('language').value = language;
  byId('key-open').dataset.t = key ? 'forgetKey' : 'enterKey';
  document.querySelectorAll('[data-t]').forEach(element => put(element, t(element.dataset.t)));
  byId('nav').setAttribute('aria-label', t('views'));
  byId('nav').replaceChildren(...Object.keys(views).map(name => {
    const item = button('view', () => location.hash = name, { word: name });
    item.dataset.view = name;
    return item;
  }));
  if (live)
    showLink();
  const isElsewhere = document.activeElement === document.body;
  show();
  if (isElsewhere && key)
    byId('main').focus();
}

byId('skip').addEventListener('click', event => {
  // The address names the view, which stays.
  event.preventDefault();
  byId('main').focus();
});
byId('key-open').addEventListener('click', () => key ? forgetKey() : enterKey());
byId('language').addEventListener('change', () => {
  language = byId('language').value;
  dress();
});
addEventListener('hashchange', show);
// What nobody looked at for a while may have changed without an event: the trash and the other repositories tell none.
document.addEventListener('visibilitychange', () => document.hidden || loadAll());
liveListeners.add(() => put(byId('version'), live.version));
dress();
follow();
