// Where images are else: trash, other repositories, and what the world sees of this one.
function trash(place) {
  const none = make('p.soft', {}, t('noTrash'));
  const rows = make('tbody', { id: 'trash' });
  const table = make('div.scroll', {}, make('table', {}, heads(['image', 'size', 'deleted', '']), rows));
  place.append(none, table);
  const create = one => make('tr', {}, make('td'), make('td'), make('td'), make('td', {}, make('div.bar', {},
    button('restore', () => act(null, 'POST', 'trash/images', { id: one.id })),
    button('erase', () => sure('eraseSure', one.image, 'DELETE', 'trash/images/' + encodeURIComponent(one.id)), '.danger'))));
  function update() {
    none.hidden = trashList.data.length > 0;
    table.hidden = !none.hidden;
    keyed(rows, trashList.data, one => one.id, create, (row, one) =>
      [one.image, bytes(one.size), moment(one.deleted)].forEach((text, at) => put(row.children[at], text)));
  }
  return { update, sources: [trashList] };
}

function remotes(place) {
  const none = make('p.soft', {}, t('noRemotes'));
  const rows = make('tbody', { id: 'remotes' });
  const table = make('div.scroll', {}, make('table', {}, heads(['name', 'address', 'kind', 'state', '']), rows));
  const copies = make('tbody', { id: 'globals' });
  const globals = make('section.card', {}, make('h2', {}, t('globals')), make('div.scroll', {}, make('table', {}, heads(['image', 'repo', 'state', 'progress']), copies)));
  place.append(none, table, make('p'), globals);
  const row = () => make('tr', {}, ...Array.from({ length: 4 }, () => make('td')));
  const create = one => {
    const shown = row();
    shown.append(make('td', {}, button('import', () => importImage(one.name))));
    return shown;
  };
  function update() {
    none.hidden = remoteList.data.length > 0 || !remoteList.isKnown;
    table.hidden = !remoteList.data.length;
    globals.hidden = !globalList.data.length;
    keyed(rows, remoteList.data, one => one.name, create, (shown, one) =>
      [one.name, one.address, one.kind, one.state ?? ''].forEach((text, at) => put(shown.children[at], text)));
    keyed(copies, globalList.data, one => `${one.remote}/${one.image}`, row, (shown, one) =>
      [one.image, one.remote, one.state, one.bytes_total ? `${bytes(one.bytes_done ?? 0)} / ${bytes(one.bytes_total)}` : one.reason ?? '']
        .forEach((text, at) => put(shown.children[at], text)));
  }
  return { update, sources: [remoteList, globalList] };
}

function importImage(from = '') {
  ask(t('import'), [['repo', 'repo', input({ value: from, required: true })], ['image', 'image', input({ required: true })], ['ou', 'ouHere', input()]], 'import', async ({ repo, image, ou }) => {
    await call('POST', 'images/import-image', { repo, image, ...ou ? { ou } : {} }, 'respond-async');
    notice(t('importAsked'));
    lists.forEach(list => list.load());
  });
}

/** What tools that watch CernVM-FS servers see. */
function repository(place) {
  const none = make('p.soft', {}, t('noRepository'));
  const all = make('div.cards', { id: 'repositories' });
  const who = make('p.soft');
  place.append(none, all, who);
  function update() {
    const { meta, system, repositories } = repositoryList.data;
    none.hidden = repositories.length > 0 || !repositoryList.isKnown;
    all.replaceChildren(...repositories.map(({ name, revision, published, status }) => make('section.card', {}, make('h2', {}, name), facts([
      ['revision', revision], ['published', published && moment(published)], ['snapshot', status.last_snapshot], ['gc', status.last_gc],
      ['lastRepoCheck', status.last_check && `${status.last_check} (${status.check_status})`],
    ]))));
    put(who, [meta.administrator && `${t('administrator')}: ${meta.administrator}`, meta.email, meta.organisation, system && `${t('system')}: ${system}`].filter(Boolean).join(' · '));
  }
  return { update, sources: [repositoryList] };
}
