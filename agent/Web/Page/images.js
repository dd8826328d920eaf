// The images: searched, sorted, and only those rows made that can be seen, whatever their number.
const columns = {
  path: { word: 'name', kind: 'wide', text: image => image.path, value: image => image.path.toLowerCase() },
  size: { word: 'size', kind: 'narrow', text: image => image.size === undefined ? '' : bytes(image.size), value: image => image.size ?? 0 },
  state: { word: 'state', kind: 'narrow', text: image => t(stateOf(image)), value: stateOf },
  check: { word: 'lastCheck', kind: 'phone-off', text: image => moment(image.last_check), value: image => image.last_check ?? '' },
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
  const peers = swarm ? [`${swarm.complete} ${t('seedsOf')}`, `${swarm.incomplete} ${t('leechersOf')}`] : [];
  return [...isSeeded(image) ? [t('here')] : [], ...peers].join(' · ');
}

/** What is shown of all, in its order. */
function chosen() {
  const wanted = imageView.search.toLowerCase();
  const { value } = columns[imageView.by];
  const order = imageView.isDown ? -1 : 1;
  return imageList.data
    .filter(image => (!imageView.state || stateOf(image) === imageView.state)
      && [image.path, image.clientname, image.filesystem, image.infohash, image.fullsum, image.sha256].some(field => field?.toLowerCase().includes(wanted)))
    .map(image => [value(image), image])
    .sort(([a, one], [b, other]) => order * (a < b ? -1 : a > b ? 1 : 0) || (one.path < other.path ? -1 : 1))
    .map(([, image]) => image);
}

function images(place) {
  const search = make('input', { type: 'search', id: 'search', value: imageView.search, placeholder: t('search'), 'aria-label': t('search'), autocomplete: 'off' });
  const states = choice([['', t('all')], ...['good', 'trusted', 'unknown', 'damaged', 'lockedState'].map(state => [state, t(state)])],
    { id: 'states', 'aria-label': t('state') });
  states.value = imageView.state;
  const count = make('span.soft', { id: 'count', role: 'status' });
  const [above, body, below] = [make('td', { colspan: 6 }), make('tbody', { id: 'rows' }), make('td', { colspan: 6 })];
  const room = cell => make('tbody', { 'aria-hidden': 'true' }, make('tr.room', {}, cell));
  const titles = Object.entries(columns).map(([name, column]) => make('th', { scope: 'col', className: column.kind },
    make('button', { type: 'button', onclick: () => sort(name) }, t(column.word))));
  const table = make('table', {}, make('thead', {}, make('tr', {}, titles)), room(above), body, room(below));
  const scroll = make('div.scroll.tall', { id: 'images', tabIndex: 0, role: 'region', 'aria-label': t('images') }, table);
  let shown = [];

  function sort(name) {
    imageView.isDown = imageView.by === name && !imageView.isDown;
    imageView.by = name;
    update();
  }

  function update() {
    shown = chosen();
    put(count, shown.length || !imageList.isKnown ? `${number(shown.length)} / ${number(imageList.data.length)} ${t('shown')}` : t('noImages'));
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
  place.append(make('div.bar', {}, search, states, button('refresh', () => act(null, 'PUT', 'images')), button('import', () => importImage()), count), scroll);
  return { update, sources: [imageList, swarmList] };
}

function rowOf(image) {
  const { path } = image;
  return make('tr', {}, Object.entries(columns).map(([name, column]) => make('td', { className: column.kind },
    name === 'path' ? make('button.name', { type: 'button', title: path, onclick: () => details(path) }) : make('span'))));
}

function fill(row, image) {
  Object.values(columns).forEach((column, at) => put(row.children[at].firstElementChild, column.text(image)));
  row.children[2].firstElementChild.className = stateOf(image);
}

/** All that is known of one image, and what can be done with it. */
function details(path) {
  const body = make('div');
  const update = () => {
    const image = imageList.data.find(one => one.path === path);
    if (!image)
      return shown.close();
    const code = text => text && make('code', {}, text);
    body.replaceChildren(facts([
      ['path', code(image.path)], ['ou', image.ou], ['state', make('span', { className: stateOf(image) }, t(stateOf(image)))], ['lastCheck', moment(image.last_check)],
      ['badPieces', image.bad_pieces], ['scope', t(image.scope)], ['size', image.size === undefined ? null : `${bytes(image.size)} (${number(image.size)} B)`],
      ['data', image.datasize ? bytes(image.datasize) : null], ['modified', image.modified], ['filesystem', image.filesystem], ['computer', image.clientname],
      ['program', [image.clonator, image.compressor].filter(Boolean).join(' + ')], ['backup', image.backedup ? bytes(image.backupsize ?? 0) : t('no')],
      ['MD5', code(image.fullsum)], ['MD5 1 MiB', code(image.sum)], ['SHA-256', code(image.sha256)], ['Info-hash', code(image.infohash)],
      ['seeds', seedsOf(image) || t('no')],
      ['peers', swarmOf(image) && make('ul', {}, swarmOf(image).peers.map(peer => make('li', {},
        peer.address + (peer.bytes_left ? ` (${t('left')} ${bytes(peer.bytes_left)})` : peer.bytes_left === 0 ? ` (${t('seedsOf')})` : ''))))],
    ]));
  };
  const isFile = imageList.data.find(one => one.path === path)?.size !== undefined;
  const shown = dialog(path, body, make('div.bar', {},
    ...isFile ? [
      button('check', () => act(t('checkAsked'), 'POST', 'images/check-image', { image: path }, 'respond-async'), '.main'),
      button('send', () => send(path)),
    ] : [],
    button('delete', () => ask(path, [], 'delete', async () => {
      const answer = await call('DELETE', 'images/' + pathOf(path));
      notice(answer.output);
      shown.close();
      imageList.load();
    }, '.danger', make('p', {}, t('deleteSure'))), '.danger'),
    button('close', () => shown.close())));
  const ends = [imageList, swarmList].map(list => list.watch(update));
  shown.addEventListener('close', () => ends.forEach(end => end()));
  update();
}

function send(path) {
  const protocol = choice([['udpcast', 'UDPcast'], ['uftp', 'UFTP'], ['p2p', 'BitTorrent']]);
  const multicast = [
    ['port', 'port', input({ value: '9000', inputMode: 'numeric' })], ['ip', 'ip', input({ value: '239.194.17.2' })], ['bitrate', 'bitrate', input({ value: '70M' })],
    ['maxtime', 'maxtime', input({ value: '120', inputMode: 'numeric' })],
  ];
  const udpcast = [['method', 'method', choice([['full', 'full'], ['half', 'half'], ['broadcast', 'broadcast']])], ['nclients', 'clients', input({ value: '1', inputMode: 'numeric' })]];
  const used = () => ({ udpcast: [...multicast, ...udpcast], uftp: multicast, p2p: [] })[protocol.value];
  ask(`${t('send')}: ${path}`, [['protocol', 'protocol', protocol], ...multicast, ...udpcast], 'send', async values => {
    const fields = Object.fromEntries(used().map(([name]) => [name, values[name]]));
    await call('POST', 'images/' + protocol.value, { image: path, ...fields }, protocol.value === 'p2p' ? 'respond-async' : undefined);
    notice(t('sendAsked'));
    transmissionList.load();
  });
  const show = () => [...multicast, ...udpcast].forEach(field => field[2].parentElement.hidden = !used().includes(field));
  protocol.addEventListener('change', show);
  show();
}
