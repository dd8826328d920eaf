// The overview: what everyone may know.
function overview(place) {
  const cards = make('div.cards');
  const busy = make('section.card', {}, make('h2', {}, t('backlog')), make('div', { id: 'backlog' }));
  place.append(cards, busy);

  const card = (id, title, view) => make('section.card', { id },
    make('h2', {}, view ? make('a', { href: '#' + view }, t(title)) : t(title)), make('p.figure'), make('div'), make('p.soft'));
  cards.append(card('card-disk', 'disk'), card('card-images', 'images', 'images'), card('card-work', 'jobs', 'jobs'),
    card('card-sending', 'transmissions', 'transmissions'), card('card-checks', 'checks'), card('card-peers', 'peers'));

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
      show('disk', bytes(disk.free), `${t('free')} ${bytes(disk.total)} · ${percent(1 - disk.free / disk.total)} ${t('used')}`, meter(disk.total - disk.free, disk.total, t('disk')));
    show('images', number(live.images),
      dotted(bytes(live.bytes), `${number(live.indexed)} ${t('indexed')}`, `${number(live.locked)} ${t('locked')}`, `${number(checks.damaged)} ${t('damagedCount')}`));
    for (const [id, work] of [['work', jobs], ['sending', transmissions]])
      show(id, number(work.running), dotted(t('running'), `${number(work.waiting)} ${t('waiting')}`, `${number(work.failed)} ${t('failed')}`));
    show('checks', number(checks.due_images), `${t('due')} · ${t('next')}: ${checks.next ? moment(checks.next) : t('noneDue')}`,
      checks.running ? progressOf(checks.running) : null);
    show('peers', number(live.peers ?? 0), `${bytes(live.uploaded_bytes ?? 0)} ${t('sent')} · ${t('since')} ${moment(live.started)}`);
    byId('card-images').classList.toggle('alarm', checks.damaged > 0);
    byId('card-disk').classList.toggle('alarm', Boolean(disk) && disk.free < disk.total / 20);
    backlog(byId('backlog'), indexing);
  }

  return { update, sources: [] };
}

const progressOf = running => make('div.running', {}, make('span', {}, running.image), ' ',
  make('span.soft', {}, dotted(`${bytes(running.bytes_done)} / ${bytes(running.bytes_total)}`, rate(running.bytes_per_second), remaining(running.remaining_seconds))),
  meter(running.bytes_done, running.bytes_total, running.image));

function backlog(place, indexing) {
  const isIdle = !indexing.running.length && !indexing.waiting_images;
  const line = isIdle ? t('idle')
    : dotted(`${number(indexing.waiting_images)} ${t('waitingImages')}`, bytes(indexing.waiting_bytes), rate(indexing.bytes_per_second), remaining(indexing.remaining_seconds));
  place.replaceChildren(make('p', {}, line), ...indexing.running.map(progressOf));
}
