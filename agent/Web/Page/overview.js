// The overview: what everyone may know.
function overview(place) {
  const cards = make('div.cards');
  const busy = make('section.card', {}, make('h2', {}, t('backlog')), make('div', { id: 'backlog' }));
  place.append(cards, make('p'), busy);

  const card = (id, title) => make('section.card', { id }, make('h2', {}, t(title)), make('p.figure'), make('div'), make('p.soft'));
  const names = { disk: 'disk', images: 'images', work: 'jobs', sending: 'transmissions', checks: 'checks', peers: 'peers' };
  for (const [id, title] of Object.entries(names))
    cards.append(card('card-' + id, title));

  const show = (id, figure, rest, bar = null) => {
    const [, first, middle, last] = byId('card-' + id).children;
    put(first, figure);
    put(last, rest);
    middle.replaceChildren(...bar ? [bar] : []);
  };

  function update() {
    if (!live)
      return;
    const { disk, indexing, checks, jobs, transmissions } = live;
    if (disk)
      show('disk', bytes(disk.free), `${t('free')} ${bytes(disk.total)}`, meter(disk.total - disk.free, disk.total, t('used')));
    show('images', number(live.images),
      `${bytes(live.bytes)} · ${number(live.indexed)} ${t('indexed')} · ${number(live.locked)} ${t('locked')} · ${number(checks.damaged)} ${t('damagedCount')}`);
    for (const [id, work] of [['work', jobs], ['sending', transmissions]])
      show(id, number(work.running), `${t('running')} · ${number(work.waiting)} ${t('waiting')} · ${number(work.failed)} ${t('failed')}`);
    show('checks', number(checks.due_images), `${t('due')} · ${t('next')}: ${checks.next ? moment(checks.next) : t('noneDue')}`,
      checks.running ? progressOf(checks.running) : null);
    show('peers', number(live.peers ?? 0), `${bytes(live.uploaded_bytes ?? 0)} ${t('sent')} · ${t('since')} ${moment(live.started)}`);
    byId('card-images').classList.toggle('damaged', checks.damaged > 0);
    backlog(byId('backlog'), indexing);
  }

  return { update, sources: [] };
}

const progressOf = running => make('div', {}, make('span', {}, running.image), ' ',
  make('span.soft', {}, `${bytes(running.bytes_done)} / ${bytes(running.bytes_total)} · ${rate(running.bytes_per_second)}`
    + (running.remaining_seconds === undefined ? '' : ` · ${span(running.remaining_seconds)} ${t('remaining')}`)),
  meter(running.bytes_done, running.bytes_total, running.image));

function backlog(place, indexing) {
  const isIdle = !indexing.running.length && !indexing.waiting_images;
  const line = isIdle ? t('idle')
    : `${number(indexing.waiting_images)} ${t('waitingImages')} · ${bytes(indexing.waiting_bytes)} · ${rate(indexing.bytes_per_second)}`
      + (indexing.remaining_seconds === undefined ? '' : ` · ${span(indexing.remaining_seconds)} ${t('remaining')}`);
  place.replaceChildren(make('p', {}, line), ...indexing.running.map(progressOf));
}
