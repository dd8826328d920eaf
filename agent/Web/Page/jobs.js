// Long work: how far it is, what it says, and its end.
const mostJobs = 200;
const endedStates = ['FINISHED', 'FAILED', 'CANCELLED'];
const jobPath = id => 'jobs/' + encodeURIComponent(id);
const hasEnded = job => endedStates.includes(job.state);
const jobTitle = job => `${kindOf(job)}: ${job.parameters.image ?? job.id}`;

function kindOf(job) {
  return t('kind-' + job.kind.replace('-legacy', ''));
}

/** The image, and where it comes from or goes to. */
function aboutOf({ kind, parameters }) {
  const other = parameters.repo ?? parameters.server;
  return [parameters.image ?? '', ...other ? [kind.includes('import') ? '←' : '→', other] : []].join(' ');
}

function jobs(place) {
  const none = nothing('noJobs');
  const { table, rows, row } = tableOf('jobs', ['kind', 'image', 'state', 'progress', 'asked', 'actions']);
  const forget = button('jobs-forget-open', forgetEnded, { word: 'forgetEnded' });
  const bar = make('div.bar', {}, forget);
  place.append(bar, none, table);

  const create = ({ id }) => row([], [], make('span.state'), [make('span'), make('div')], [], make('div.bar', {},
    button('log', () => showLog(id)), button('job-remove', () => act('forgotten', 'DELETE', jobPath(id)), { word: 'remove' }),
    button('job-cancel-open', () => cancelJob(id), { kind: '.danger', word: 'cancel' })));

  function update() {
    none.hidden = jobList.data.length > 0 || !jobList.isKnown;
    table.hidden = !jobList.data.length;
    bar.hidden = !jobList.data.some(hasEnded);
    keyed(rows, jobList.data.slice(0, mostJobs), job => job.id, create, fillJob);
  }
  return { update, sources: [jobList] };
}

function fillJob(row, job) {
  const [kind, image, state, progress, asked, buttons] = row.children;
  put(kind, kindOf(job));
  put(image, aboutOf(job));
  image.title = aboutOf(job);
  showState(state.firstElementChild, job.state);
  fillProgress(progress, job);
  put(asked, moment(job.created));
  const [, remove, cancel] = buttons.firstElementChild.children;
  [remove.hidden, cancel.hidden] = [!hasEnded(job), hasEnded(job)];
}

function fillProgress(place, job) {
  const { bytes_done: done, bytes_total: total, bytes_per_second: speed, remaining_seconds: seconds } = job.progress ?? {};
  const isMoving = job.progress && !hasEnded(job);
  const line = isMoving ? dotted(`${bytes(done)}${total ? ' / ' + bytes(total) : ''}`, rate(speed), remaining(seconds))
    : hasEnded(job) ? job.error ?? (done ? bytes(done) : '') : '';
  put(place.firstElementChild, line);
  place.firstElementChild.className = job.error ? 'failed' : '';
  place.firstElementChild.lang = job.error ? 'en' : language;
  place.title = job.error ?? '';
  measure(place.lastElementChild, done ?? 0, isMoving ? total ?? 0 : 0, jobTitle(job));
}

function cancelJob(id) {
  const job = jobList.data.find(one => one.id === id);
  if (job)
    sure('job-cancel', { title: jobTitle(job), question: 'cancelSure', word: 'confirm', done: 'endAsked', request: ['DELETE', jobPath(id)] });
}

/** One after the other: there may be many, and other work is not to wait for them. */
const forgetEnded = () => sure('jobs-forget', {
  title: t('forgetEnded'), question: 'forgetEndedSure', word: 'remove', done: 'forgotten', request: async () => {
    for (const job of jobList.data.filter(hasEnded))
      await call('DELETE', jobPath(job.id));
  },
});

/** The log of a job, which grows while it is looked at; its end is in sight unless somebody reads further up. */
function showLog(id) {
  const [state, progress] = [make('span.state'), make('div', {}, make('span'), make('div'))];
  const text = make('pre', { tabIndex: 0, id: 'log', lang: 'en', 'aria-label': t('log') });
  const job = () => jobList.data.find(one => one.id === id);
  const shown = dialog(`${t('log')}: ${job() ? jobTitle(job()) : id}`, make('p', {}, state), progress, text);
  const read = async () => {
    if (job()) {
      showState(state, job().state);
      fillProgress(progress, job());
    }
    const isAtEnd = text.scrollTop + text.clientHeight >= text.scrollHeight - 20;
    put(text, await call('GET', jobPath(id) + '/log?size=256').then(log => log || t('emptyLog'), error => error.message));
    if (isAtEnd)
      text.scrollTop = text.scrollHeight;
  };
  const end = jobList.watch(read);
  shown.addEventListener('close', end);
  read();
}
