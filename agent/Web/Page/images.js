// The images: searched, sorted, and only those rows made that can be seen, whatever their number.
const columns = {
  path: { word: 'name', kind: 'wide', text: image => image.path, value: image => image.path.toLowerCase() },
  size: { word: 'size', kind: 'narrow', text: image => image.size === undefined ? '' : bytes(image.size), value: image => image.size ?? 0 },
  state: { word: 'state', kind: 'narrow', text: image => t(stateOf(image)), value: stateOf },
  digest: { word: 'MD5', kind: 'narrow digest', text: image => image.fullsum?.slice(0, 8) ?? '', value: image => image.fullsum ?? '' },
  check: { word: 'lastCheck', kind: 'when phone-off', text: image => moment(image.last_check), value: image => image.last_check ?? '' },
  scope: { word: 'scope', kind: 'narrow phone-off', text: image => t(image.scope), value: image => image.scope },
  seeds: { word: 'seeds', kind: 'phone-off', text: seedsOf, value: image => swarmOf(image)?.complete ?? (isSeeded(image) ? 0 : -1) },
};
const rowsBeyond = 8; // Above and below what is seen, so that a turn of the wheel shows no gap.
const imageView = { search: '', state: '', by: 'path', isDown: false };

function stateOf(image) {
  return image.locked ? 'lockedState' : image.state;
}
function swarmOf(image) {
  return swarmList.data.of.get(image.path);
}
function isSeeded(image) {
  return swarmList.data.here && Boolean(image.infohash);
}
function seedsOf(image) {
  const swarm = swarmOf(image);
  return dotted(isSeeded(image) ? t('here') : '', swarm && `${swarm.complete} ${t('seedsOf')}`, swarm && `${swarm.incomplete} ${t('leechersOf')}`);
}

/** What is shown of all, in its order. */
function chosen() {
  const wanted = imageView.search.toLowerCase();
  const { value } = columns[imageView.by];
  const order = imageView.isDown ? -1 : 1;
  return imageList.data.images
    .filter(image => (!imageView.state || stateOf(image) === imageView.state)
      && [image.path, image.clientname, image.filesystem, image.infohash, image.fullsum, image.sha256].some(text => text?.toLowerCase().includes(wanted)))
    .map(image => [value(image), image])
    .sort(([a, one], [b, other]) => order * (a < b ? -1 : a > b ? 1 : 0) || (one.path < other.path ? -1 : 1))
    .map(([, image]) => image);
}

function images(place) {
  const search = input({ type: 'search', id: 'search', value: imageView.search, placeholder: t('search'), 'aria-label': t('search'), 'data-action': 'search' });
  const states = choice([['', t('all')], ...['good', 'trusted', 'unknown', 'damaged', 'lockedState'].map(state => [state, t(state)])],
    { id: 'states', 'aria-label': t('state'), 'data-action': 'states' });
  states.value = imageView.state;
  const count = make('span.soft', { id: 'count', role: 'status' });
  const [above, body, below] = [make('td'), make('tbody', { id: 'rows' }), make('td')];
  const room = cell => make('tbody', { 'aria-hidden': 'true' }, make('tr.room', {}, cell));
  const titles = Object.entries(columns).map(([name, column]) => make('th', { scope: 'col', className: column.kind },
    button('sort', () => sort(name), { word: column.word })));
  const table = make('table', {}, make('thead', {}, make('tr', {}, titles)), room(above), body, room(below));
  const scroll = make('div.scroll.tall', { id: 'images', tabIndex: 0, role: 'region', 'aria-label': t('images') }, table);
  const none = nothing('noImagesYet', make('p', {}, make('code')));
  let shown = [];

  function sort(name) {
    imageView.isDown = imageView.by === name && !imageView.isDown;
    imageView.by = name;
    update();
  }

  function update() {
    const { images: all, directory } = imageList.data;
    shown = chosen();
    put(count, imageList.isKnown && all.length && !shown.length ? t('noImages') : `${number(shown.length)} / ${number(all.length)} ${t('shown')}`);
    none.hidden = !imageList.isKnown || all.length > 0;
    put(none.querySelector('code'), directory);
    scroll.hidden = !none.hidden;
    Object.keys(columns).forEach((name, at) =>
      titles[at].setAttribute('aria-sort', name !== imageView.by ? 'none' : imageView.isDown ? 'descending' : 'ascending'));
    table.setAttribute('aria-rowcount', shown.length + 1);
    draw();
  }

  function draw() {
    const height = 2.75 * parseFloat(getComputedStyle(document.documentElement).fontSize);
    const first = Math.max(0, Math.min(shown.length, Math.floor(scroll.scrollTop / height)) - rowsBeyond);
    const end = Math.min(shown.length, first + Math.ceil(scroll.clientHeight / height) + 2 * rowsBeyond);
    above.style.height = first * height + 'px';
    below.style.height = (shown.length - end) * height + 'px';
    keyed(body, shown.slice(first, end), image => image.path, rowOf, fill);
    [...body.children].forEach((row, at) => row.setAttribute('aria-rowindex', first + at + 2));
  }

  let isWaiting = false;
  const drawSoon = () => {
    if (!isWaiting)
      requestAnimationFrame(() => [isWaiting] = [false, draw()]);
    isWaiting = true;
  };
  scroll.addEventListener('scroll', drawSoon, { passive: true });
  new ResizeObserver(drawSoon).observe(scroll);
  search.addEventListener('input', () => { imageView.search = search.value; scroll.scrollTop = 0; update(); });
  states.addEventListener('change', () => { imageView.state = states.value; scroll.scrollTop = 0; update(); });
  place.append(make('div.bar', {}, search, states, button('look-all', () => act('looked', 'PUT', 'images'), { word: 'refresh' }),
    button('import-open', () => importImage(), { word: 'import' }), count), none, scroll);
  return { update, sources: [imageList, swarmList] };
}

function rowOf(image) {
  const { path } = image;
  const name = button('image-open', () => details(path), { kind: '.name' });
  // No word of the page, even where a directory image is called like one.
  name.textContent = name.title = path;
  name.addEventListener('keydown', event => {
    const next = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
    const row = next && name.closest('tr')[next];
    if (!row)
      return;
    event.preventDefault();
    row.querySelector('button').focus();
  });
  return make('tr', {}, Object.entries(columns).map(([column, { kind }]) => make('td', { className: kind }, column === 'path' ? name : make('span'))));
}

function fill(row, image) {
  Object.values(columns).forEach((column, at) => put(row.children[at].firstElementChild, column.text(image)));
  row.children[2].firstElementChild.className = 'state ' + stateOf(image);
}
