// What is being done: transmissions and jobs.
const mostJobs = 200;
const endedStates = ['FINISHED', 'FAILED', 'CANCELLED'];
const stateWord = state => t({ lost: 'lostPeer' }[state.toLowerCase()] ?? state.toLowerCase());

function transmissions(place) {
  const none = make('p.soft', {}, t('noTransmissions'));
  const all = make('div', { id: 'transmissions' });
  place.append(none, all);

  const create = one => {
    const cancel = button('cancel', () => sure('cancelSure', one.image, 'DELETE', 'transmissions/' + encodeURIComponent(one.id)), '.danger');
    return make('section.card', {}, make('h2'), make('p'), make('div'), make('p.failed'),
      make('details', {}, make('summary'), make('ul')), make('details', {}, make('summary', {}, t('log')), make('pre', { tabIndex: 0 })), cancel);
  };
  const fillOne = (card, one) => {
    const [title, line, bar, problem, receivers, log, cancel] = card.children;
    const isP2p = one.protocol === 'p2p';
    put(title, one.image);
    put(line, [one.protocol, stateWord(one.state), isP2p ? bytes(one.swarm?.bytes_uploaded ?? 0) : `${bytes(one.bytes_sent)} / ${bytes(one.bytes_total)}`,
      rate(one.bytes_per_second), moment(one.created)].join(' · '));
    if (!isP2p)
      bar.replaceChildren(meter(one.bytes_sent, one.bytes_total, `${t('progress')}: ${one.image}`));
    put(problem, one.problem ?? '');
    put(receivers.firstElementChild, `${t(isP2p ? 'peers' : 'receivers')}: ${number(one.clients)}`);
    keyed(receivers.lastElementChild, one.receivers, receiver => receiver.name, () => make('li'), (item, receiver) => put(item,
      [receiver.name, stateWord(receiver.state), receiver.bytes_done === undefined ? null : `${bytes(receiver.bytes_done)} / ${bytes(one.bytes_total)}`, receiver.detail]
        .filter(Boolean).join(' · ')));
    put(log.lastElementChild, one.log.join('\n') || t('emptyLog'));
    cancel.hidden = one.ended !== undefined;
  };
  function update() {
    none.hidden = transmissionList.data.length > 0;
    keyed(all, transmissionList.data, one => one.id, create, fillOne);
  }
  return { update, sources: [transmissionList] };
}

function jobs(place) {
  const none = make('p.soft', {}, t('noJobs'));
  const rows = make('tbody', { id: 'jobs' });
  const table = make('div.scroll', {}, make('table', {}, heads(['kind', 'image', 'state', 'progress', 'asked', '']), rows));
  place.append(none, table);

  const create = job => make('tr', {}, make('td'), make('td'), make('td', {}, make('span')), make('td'), make('td'), make('td', {},
    make('div.bar', {}, button('log', () => showLog(job.id)), make('button', { type: 'button', onclick: () => end(job.id) }))));
  const fillOne = (row, job) => {
    const [kind, image, state, progress, asked, buttons] = row.children;
    const isEnded = endedStates.includes(job.state);
    put(kind, job.kind);
    put(image, job.parameters.image ?? '');
    put(state.firstElementChild, stateWord(job.state));
    state.firstElementChild.className = job.state === 'FAILED' ? 'failed' : job.state === 'FINISHED' ? 'good' : '';
    put(progress, !job.progress || isEnded ? job.error ?? '' : `${bytes(job.progress.bytes_done)}${job.progress.bytes_total ? ' / ' + bytes(job.progress.bytes_total) : ''} · ${rate(job.progress.bytes_per_second)}`);
    progress.title = job.error ?? '';
    put(asked, moment(job.created));
    put(buttons.firstElementChild.lastElementChild, t(isEnded ? 'remove' : 'cancel'));
  };
  function end(id) {
    const job = jobList.data.find(one => one.id === id);
    if (job && endedStates.includes(job.state))
      act(null, 'DELETE', 'jobs/' + encodeURIComponent(id));
    else if (job)
      sure('cancelSure', `${job.kind} ${job.parameters.image ?? ''}`, 'DELETE', 'jobs/' + encodeURIComponent(id));
  }
  function update() {
    none.hidden = jobList.data.length > 0;
    table.hidden = !none.hidden;
    keyed(rows, jobList.data.slice(0, mostJobs), job => job.id, create, fillOne);
  }
  return { update, sources: [jobList] };
}

/** The log of a job, which grows while it is looked at. */
function showLog(id) {
  const text = make('pre', { tabIndex: 0, id: 'log' });
  const shown = dialog(`${t('log')}: ${id}`, text, make('div.bar', {}, button('close', () => shown.close())));
  const read = async () => {
    try {
      put(text, await call('GET', `jobs/${encodeURIComponent(id)}/log?size=256`) || t('emptyLog'));
    } catch (error) {
      put(text, error.message);
    }
  };
  const end = jobList.watch(read);
  shown.addEventListener('close', end);
  read();
}

/** Asks whether something is really meant, and does it. */
function sure(question, what, ...request) {
  ask(what, [], 'confirm', async () => {
    const answer = await call(...request);
    notice(answer.output ?? t('ok'));
    lists.forEach(list => list.load());
  }, '.danger', make('p', {}, t(question)));
}
