// One image: all that is known of it, and all that can be done with it.
function details(path) {
  const body = make('div');
  const buttons = imageActions(path);
  const shown = dialog(path, make('div.bar', { id: 'image-actions' }, buttons.map(([element]) => element)), body);
  let told = '';
  const update = () => {
    const image = imageList.data.images.find(one => one.path === path);
    if (!image)
      return shown.close();
    buttons.forEach(([element, fits]) => element.hidden = !fits(image));
    // Only where something has changed: what is selected, to be copied, stays so.
    const now = JSON.stringify([image, swarmOf(image), isSeeded(image)]);
    if (told !== now)
      body.replaceChildren(factsOf(image));
    told = now;
  };
  const ends = [imageList, swarmList].map(list => list.watch(update));
  shown.addEventListener('close', () => ends.forEach(end => end()));
  update();
}

function factsOf(image) {
  const code = text => text && make('code', {}, text);
  const peers = swarmOf(image)?.peers ?? [];
  return facts([
    ['ou', image.ou], ['state', make('span', { className: 'state ' + stateOf(image) }, t(stateOf(image)))],
    ['lastCheck', moment(image.last_check)], ['lastGood', image.last_good && moment(image.last_good)], ['badPieces', image.bad_pieces],
    ['scope', t(image.scope)], ['size', image.size === undefined ? null : `${bytes(image.size)} (${number(image.size)} B)`],
    ['data', image.datasize ? bytes(image.datasize) : null], ['modified', image.modified], ['filesystem', image.filesystem], ['computer', image.clientname],
    ['program', [image.clonator, image.compressor].filter(Boolean).join(' + ')], ['backup', image.backedup ? bytes(image.backupsize ?? 0) : t('no')],
    ['MD5', code(image.fullsum)], ['MD5 1 MiB', code(image.sum)], ['SHA-256', code(image.sha256)], ['Info-hash', code(image.infohash)],
    ['seeds', seedsOf(image) || t('no')],
    ['peers', peers.length ? make('ul', {}, peers.map(peer => make('li', {},
      peer.address + (peer.bytes_left ? ` (${t('left')} ${bytes(peer.bytes_left)})` : peer.bytes_left === 0 ? ` (${t('seedsOf')})` : '')))) : null],
  ]);
}

/** Buttons, each with the condition under which it makes sense. */
function imageActions(path) {
  const isFile = image => image.size !== undefined;
  const isBad = image => isFile(image) && image.state === 'damaged';
  const work = (word, route, more = {}) => begin(`${t(word)}: ${path}`, route, { image: path, ...more }).catch(noticeOf);
  return [
    [button('repair', () => repair(path), { kind: '.main' }), isBad],
    [button('check', () => work('check', 'images/check-image')), isFile],
    [button('check-full', () => work('checkFull', 'images/check-image', { full: true }), { word: 'checkFull' }), isFile],
    [button('repair-any', () => repair(path), { word: 'repair' }), image => isFile(image) && !isBad(image)],
    [button('torrent', () => work('torrent', 'images/create-torrent')), image => isFile(image) && !image.infohash],
    [button('send-open', () => send(path), { word: 'send' }), isFile],
    [button('export-open', () => exportImage(path), { word: 'export' }), isFile],
    [button('make-global', () => act('isGlobal', 'PUT', 'images/set-global', { image: path }), { word: 'makeGlobal' }), image => image.scope === 'local'],
    [button('make-local', () => act('isLocal', 'PUT', 'images/set-local', { image: path }), { word: 'makeLocal' }), image => image.scope === 'global'],
    [button('look', () => act('looked', 'PUT', 'images/' + pathOf(path)), { word: 'look' }), () => true],
    [button('backup-open', () => backToBackup(path), { word: 'backupRestore' }), image => image.backedup],
    [button('backup-remove-open', () => removeBackup(path), { kind: '.danger', word: 'backupRemove' }), image => image.backedup],
    [button('delete-open', () => deleteImage(path, imageList.data.images.some(one => one.path === path && one.backedup)), { kind: '.danger', word: 'delete' }), () => true],
  ];
}

const repair = path => ask('repair-do', {
  title: `${t('repair')}: ${path}`, word: 'repair', before: make('p.soft', {}, t('repairWhy')),
  fields: [field('source', 'source', input({ placeholder: `${location.protocol}//192.168.60.10:8006/images/${pathOf(path)}` }))],
  submit: async ({ source }) => { await begin(`${t('repair')}: ${path}`, 'images/repair', { image: path, ...filled({ source }) }); },
});

const deleteImage = (path, hasBackup) => ask('delete-do', {
  title: path, word: 'delete', kind: '.danger', before: make('p', {}, t('deleteSure')),
  fields: [
    field('method', 'deleteHow', choice([['trash', t('toTrash')], ['permanent', t('forGood')]])),
    ...hasBackup ? [field('with-backup', 'withBackup', input({ type: 'checkbox' }))] : [],
  ],
  submit: async values => {
    await call('DELETE', `images/${pathOf(path)}?method=${values.method}&backup=${values['with-backup'] ?? false}`);
    notice(`${path}: ${t(values.method === 'trash' ? 'trashed' : 'erased')}`);
    loadAll();
  },
});

/** The backup takes the place of the image, which goes to the trash: from there it can come back, if that was wrong. */
const backToBackup = path => sure('backup-restore', {
  title: path, question: 'backupSure', word: 'backupRestore', done: 'backupBack', request: async () => {
    await call('DELETE', `images/${pathOf(path)}`);
    try {
      await call('POST', 'backups/images', { image: path });
    } finally {
      loadAll();
    }
  },
});

const removeBackup = path => sure('backup-remove',
  { title: path, question: 'backupRemoveSure', word: 'backupRemove', done: 'backupGone', request: ['DELETE', 'backups/images/' + pathOf(path)] });
