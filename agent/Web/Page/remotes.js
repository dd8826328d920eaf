// The other repositories, and how the global images stand there.
const standings = { up_to_date: 'good', copying: 'busy', newer_there: 'busy', conflict: 'damaged', failed: 'damaged', unreachable: 'damaged' };

function remotes(place) {
  const none = nothing('noRemotes', make('p.soft', {}, t('noRemotesWhy')));
  const there = tableOf('remotes', ['name', 'address', 'kind', 'state', 'actions']);
  const copies = tableOf('globals', ['image', 'repo', 'state', 'progress']);
  const noGlobals = make('p.soft', {}, t('noGlobals'));
  const globals = make('section', {}, make('h2', {}, t('globals')), noGlobals, copies.table);
  place.append(make('div.bar', {}, button('ask-remotes', () => remoteList.load(), { word: 'askAgain' }),
    button('import-any-open', () => importImage(), { word: 'import' })), none, there.table, globals);
  const create = ({ name }) => there.row([], [], [], make('span.state'), make('div.bar', {}, button('import-from-open', () => importImage(name), { word: 'import' })));

  function update() {
    none.hidden = remoteList.data.length > 0 || !remoteList.isKnown;
    there.table.hidden = !remoteList.data.length;
    globals.hidden = !remoteList.data.length;
    noGlobals.hidden = globalList.data.length > 0;
    copies.table.hidden = !globalList.data.length;
    keyed(there.rows, remoteList.data, one => one.name, create, fillRemote);
    keyed(copies.rows, globalList.data, one => `${one.remote}/${one.image}`, () => copies.row([], [], make('span.state'), [make('span', { lang: 'en' }), make('div')]), fillCopy);
  }
  return { update, sources: [remoteList, globalList] };
}

function fillRemote(row, one) {
  const [name, address, kind, state] = row.children;
  put(name, one.name);
  put(address, one.address);
  put(kind, dotted(t('kind-' + one.kind), one.kind === 'agent' && !one.has_key ? t('noKey') : ''));
  const shown = state.firstElementChild;
  const isReachable = one.state === 'reachable';
  put(shown, isReachable ? t('reachable') : one.state ?? t('notAsked'));
  shown.className = one.state === undefined ? 'soft' : isReachable ? 'state good' : 'state damaged';
  shown.lang = isReachable || one.state === undefined ? language : 'en';
}

function fillCopy(row, one) {
  const [image, remote, state, progress] = row.children;
  put(image, one.image);
  put(remote, one.remote);
  put(state.firstElementChild, t('global-' + one.state));
  state.firstElementChild.className = 'state ' + (standings[one.state] ?? '');
  put(progress.firstElementChild, dotted(one.bytes_total ? `${bytes(one.bytes_done ?? 0)} / ${bytes(one.bytes_total)}` : '', one.reason,
    one.next_try && `${t('nextTry')}: ${moment(one.next_try)}`));
  measure(progress.lastElementChild, one.bytes_done ?? 0, one.bytes_total ?? 0, one.image);
}
