// How the agent is doing, told by it.
let live = null; // What the last event told.
const liveListeners = new Set();

/** Follows the events; the browser connects again by itself. What changed while there was no connection is asked for then. */
function follow() {
  const events = new EventSource(root + 'events');
  let isOpen = false;
  events.addEventListener('status', event => {
    const [before, now] = [isOpen ? live : null, JSON.parse(event.data)];
    if (live && live.started !== now.started)
      notice(t('restarted'));
    [live, isOpen] = [now, true];
    loadChanged(before, now);
    showLink();
    liveListeners.forEach(listener => listener());
  });
  events.addEventListener('error', () => {
    isOpen = false;
    showLink(false);
    // A refusal ends it, where a lost connection does not.
    if (events.readyState === EventSource.CLOSED)
      setTimeout(follow, 5000);
  });
}

function loadChanged(before, now) {
  if (before?.revision !== now.revision)
    [imageList, trashList, repositoryList].forEach(list => list.load());
  if (before?.jobs.mark !== now.jobs.mark)
    jobList.load();
  if (before?.transmissions.mark !== now.transmissions.mark)
    transmissionList.load();
  if (before?.globals_mark !== now.globals_mark)
    globalList.load();
  if (before?.peers !== now.peers || before?.uploaded_bytes !== now.uploaded_bytes)
    swarmList.load();
  if (!before)
    remoteList.load();
}

function showLink(isLive = true) {
  put(byId('link'), t(isLive ? 'live' : 'lost'));
  byId('link').className = isLive ? 'live' : 'lost';
}

/** Says how a job ended that was asked for here: that may be long after. */
function tellEnd(what, id) {
  let isSeen = false;
  const end = jobList.watch(async () => {
    const job = jobList.data.find(one => one.id === id);
    isSeen ||= Boolean(job);
    if (isSeen && !job)
      end();
    if (!job || !endedStates.includes(job.state))
      return;
    end();
    const { result, error } = await call('GET', 'jobs/' + encodeURIComponent(id)).catch(() => ({}));
    noticeEnd(what, job.state, [error, ...result?.problems ?? []].filter(Boolean));
  });
}

const noticeEnd = (what, state, problems) =>
  notice([`${what}: ${stateWord(state)}`, ...problems].join('. '), problems.length > 0 || state !== 'FINISHED');

/** Has long work done, which goes on as a job, unless it was done at once or is a transmission. */
async function begin(what, path, body) {
  const answer = await call('POST', path, body, 'respond-async');
  notice(`${what}: ${t('begun')}`);
  if (answer.kind)
    tellEnd(what, answer.id);
  else if (!answer.protocol)
    noticeEnd(what, 'FINISHED', answer.problems ?? []);
  loadAll();
  return answer;
}
