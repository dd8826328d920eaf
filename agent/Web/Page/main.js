// The frame: navigation, key, language.
const views = { overview, images, transmissions, jobs, trash, remotes, repository };
const publicViews = ['overview', 'repository'];
let leave = () => {};

const current = () => location.hash.slice(1) in views ? location.hash.slice(1) : 'overview';

function show() {
  leave();
  const name = current();
  const place = byId('main');
  place.replaceChildren();
  place.setAttribute('aria-label', t(name));
  document.title = `${t(name)} – ogrepo-agent`;
  [...byId('nav').children].forEach(item => item.dataset.view === name ? item.setAttribute('aria-current', 'page') : item.removeAttribute('aria-current'));
  if (!publicViews.includes(name) && !key) {
    place.append(make('section.card', {}, make('p', {}, t('needsKey')), button('enterKey', enterKey, '.main')));
    leave = () => {};
    return;
  }
  const view = views[name](place);
  const ends = view.sources.map(list => list.watch(view.update));
  if (name === 'overview')
    liveListeners.add(view.update);
  leave = () => {
    ends.forEach(end => end());
    liveListeners.delete(view.update);
  };
  view.update();
}

function enterKey() {
  const field = make('input', { type: 'password', autocomplete: 'off', required: true, id: 'key' });
  ask(t('key'), [['key', 'key', field]], 'ok', async values => {
    key = values.key;
    field.value = '';
    try {
      // What no header can hold is no key.
      if (!/^[\x21-\x7e]+$/.test(key))
        throw new Error(t('keyWrong'));
      await call('GET', 'status');
    } catch (error) {
      key = null;
      throw error;
    }
    dress();
  }, '.main', make('p.soft', {}, t('keyWhy')));
}

function forgetKey() {
  key = null;
  lists.filter(list => !list.isPublic).forEach(list => list.forget());
  dress();
}

/** Everything anew, in the language of the moment. */
function dress() {
  document.documentElement.lang = language;
  byId('language').value = language;
  byId('key-open').dataset.t = key ? 'forgetKey' : 'enterKey';
  document.querySelectorAll('[data-t]').forEach(element => put(element, t(element.dataset.t)));
  byId('nav').setAttribute('aria-label', 'ogrepo-agent');
  byId('nav').replaceChildren(...Object.keys(views).map(name => {
    const item = button(name, () => location.hash = name);
    item.dataset.view = name;
    return item;
  }));
  if (live)
    put(byId('link'), t('live'));
  show();
}

byId('key-open').addEventListener('click', () => key ? forgetKey() : enterKey());
byId('language').addEventListener('change', () => {
  language = byId('language').value;
  dress();
});
addEventListener('hashchange', show);
liveListeners.add(() => put(byId('version'), live.version));
dress();
follow();
