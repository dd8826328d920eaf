// What is being sent, and who gets it.
const longestParameter = 24; // Addresses of torrents say nothing here: who needs them finds them with the image.
const stateWord = state => t({ lost: 'lostPeer' }[state.toLowerCase()] ?? state.toLowerCase());
const stateClass = state => ({ failed: 'damaged', lost: 'damaged', done: 'good', finished: 'good', sending: 'busy', running: 'busy' })[state.toLowerCase()] ?? '';

function showState(element, state) {
  put(element, stateWord(state));
  element.className = 'state ' + stateClass(state);
}

function transmissions(place) {
  const none = nothing('noTransmissions', make('p.soft', {}, t('noTransmissionsWhy')));
  const all = make('div', { id: 'transmissions' });
  const stopSeeds = button('p2p-cancel-open', () => sure('p2p-cancel',
    { title: t('cancelP2p'), question: 'cancelP2pSure', word: 'confirm', done: 'ended', request: ['DELETE', 'p2p'] }), { kind: '.danger', word: 'cancelP2p' });
  place.append(make('div.bar', {}, button('wake-open', wake, { word: 'wake' }), stopSeeds), none, all);

  function update() {
    none.hidden = transmissionList.data.length > 0 || !transmissionList.isKnown;
    stopSeeds.hidden = !transmissionList.data.some(one => one.protocol === 'p2p' && one.ended === undefined);
    keyed(all, transmissionList.data, one => one.id, createTransmission, fillTransmission);
  }
  return { update, sources: [transmissionList] };
}

function createTransmission(one) {
  const cancel = button('transmission-cancel-open', () => sure('transmission-cancel',
    { title: one.image, question: 'cancelSure', word: 'confirm', done: 'ended', request: ['DELETE', 'transmissions/' + encodeURIComponent(one.id)] }),
  { kind: '.danger', word: 'cancel' });
  return make('section.card', { 'aria-label': one.image },
    make('div.title', {}, make('h2', {}, one.image), cancel), make('p', {}, make('span.state'), ' ', make('span')), make('div'), make('p.failed', { lang: 'en' }), make('p.soft'),
    make('details', {}, make('summary', { 'data-action': 'receivers' }), make('ul.receivers')),
    make('details', {}, make('summary', { 'data-action': 'transmission-log' }, t('log')), make('pre', { tabIndex: 0, lang: 'en' })));
}

function fillTransmission(card, one) {
  const [title, line, bar, problem, parameters, receivers, log] = card.children;
  const isP2p = one.protocol === 'p2p';
  const hasEnded = one.ended !== undefined;
  title.lastElementChild.hidden = hasEnded;
  showState(line.firstElementChild, one.state);
  const { swarm } = one;
  put(line.lastElementChild, dotted('', { udpcast: 'UDPcast', uftp: 'UFTP', p2p: 'BitTorrent' }[one.protocol],
    isP2p ? `${bytes(swarm?.bytes_uploaded ?? 0)} ${t('uploaded')}` : `${bytes(one.bytes_sent)} / ${bytes(one.bytes_total)}`, rate(one.bytes_per_second),
    !hasEnded && !isP2p && one.bytes_per_second ? remaining(Math.ceil((one.bytes_total - one.bytes_sent) / one.bytes_per_second)) : '',
    swarm && `${number(swarm.complete)} ${t('seedsOf')}`, swarm && `${number(swarm.incomplete)} ${t('leechersOf')}`, swarm && `${number(swarm.finished)} ${t('finishedPeers')}`));
  measure(bar, one.bytes_sent, isP2p ? 0 : one.bytes_total, `${t('progress')}: ${one.image}`);
  put(problem, one.problem ?? '');
  put(parameters, dotted(moment(one.created), ...Object.entries(one.parameters).filter(([, value]) => value.length <= longestParameter).map(([name, value]) => `${name} ${value}`)));
  put(receivers.firstElementChild, `${t(isP2p ? 'peers' : 'receivers')}: ${number(one.clients)}`);
  keyed(receivers.lastElementChild, one.receivers, receiver => receiver.name, createReceiver, (item, receiver) => fillReceiver(item, receiver, one.bytes_total));
  put(log.lastElementChild, one.log.join('\n') || t('emptyLog'));
}

const createReceiver = () => make('li', {}, make('span'), ' ', make('span.state'), ' ', make('span.soft'), make('div'));

function fillReceiver(item, receiver, total) {
  const [name, state, rest, bar] = item.children;
  put(name, receiver.name);
  showState(state, receiver.state);
  const { bytes_done: done, bytes_from_here: fromHere } = receiver;
  put(rest, dotted(done === undefined ? '' : `${bytes(done)} / ${bytes(total)}`, fromHere === undefined ? '' : `${bytes(fromHere)} ${t('fromHere')}`, receiver.detail));
  measure(bar, done ?? 0, done === undefined ? 0 : total, receiver.name);
}
