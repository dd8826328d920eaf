// Talks with the agent: lists and actions with the key, events without.
const root = 'ogrepository/v1/';
let key = null; // Here and nowhere else.

/** Asks the agent. Throws an error with a sentence for people, in which its own reason stands where it gave one. */
async function call(method, path, body, prefer) {
  const headers = { Authorization: 'Bearer ' + key };
  if (body)
    headers['Content-Type'] = 'application/json';
  if (prefer)
    headers.Prefer = prefer;
  let response;
  try {
    response = await fetch(root + path, { method, headers, body: body && JSON.stringify(body), cache: 'no-store' });
  } catch {
    throw new Error(t('noAnswer'));
  }
  const isJson = response.headers.get('content-type')?.includes('json');
  const answer = isJson ? await response.json() : await response.text();
  if (response.status === 401)
    throw new Error(t('keyWrong'));
  if (!response.ok)
    throw new Error(answer.error ?? `${response.status}`);
  return answer;
}

/** Does what a button is for, and says how that went. */
async function act(done, ...request) {
  try {
    const answer = await call(...request);
    notice(done ?? answer.output ?? t('ok'));
    return answer;
  } catch (error) {
    notice(error.message, true);
    return null;
  } finally {
    lists.forEach(list => list.load());
  }
}

/** A path below a route, each level escaped. */
const pathOf = path => path.split('/').map(encodeURIComponent).join('/');

/**
 * Something of the agent that is shown. It is asked for while it is looked at and something has changed; one question at a time, and after a
 * long answer a pause of three times its length, so that a large catalogue that changes all the time keeps nobody busy.
 */
class List {
  constructor(path, pick, empty, isPublic = false) {
    Object.assign(this, { path, pick, isPublic, data: empty, empty, listeners: new Set(), isStale: true, isBusy: false, isKnown: false });
  }

  watch(listener) {
    this.listeners.add(listener);
    if (this.isStale)
      this.load();
    return () => this.listeners.delete(listener);
  }

  forget() {
    Object.assign(this, { data: this.empty, isStale: true, isKnown: false });
  }

  /** Asks now where somebody looks, and when somebody does else. */
  async load() {
    this.isStale = true;
    if (this.isBusy || !this.listeners.size || (!key && !this.isPublic))
      return;
    this.isBusy = true;
    const began = performance.now();
    try {
      while (this.isStale && this.listeners.size) {
        this.isStale = false;
        this.data = this.pick(await (typeof this.path === 'string' ? call('GET', this.path) : this.path()));
        this.isKnown = true;
        this.listeners.forEach(listener => listener());
        if (this.isStale)
          await new Promise(resolve => setTimeout(resolve, Math.min(10000, 3 * (performance.now() - began))));
      }
    } catch (error) {
      this.isStale = true;
      notice(error.message, true);
    } finally {
      this.isBusy = false;
    }
  }
}

const imageList = new List('images?all=true', answer => [...answer.images, ...answer.ous.flatMap(ou => ou.images)], []);
const swarmList = new List('swarms', answer => ({ here: answer.seeds_here, of: new Map(answer.swarms.map(swarm => [swarm.image, swarm])) }), { here: false, of: new Map() });
const jobList = new List('jobs', answer => answer.jobs.reverse(), []);
const transmissionList = new List('transmissions', answer => answer.transmissions.reverse(), []);
const trashList = new List('trash/images', answer => answer.images, []);
const remoteList = new List('remotes', answer => answer.remotes, []);
const globalList = new List('global', answer => answer.copies, []);
const repositoryList = new List(readRepositories, answer => answer, { meta: {}, repositories: [] }, true);
const lists = [imageList, swarmList, jobList, transmissionList, trashList, remoteList, globalList, repositoryList];

/** What the agent publishes for everyone, in the form of CernVM-FS; nothing where it does not. */
async function readRepositories() {
  const get = async path => {
    const response = await fetch(path, { cache: 'no-store' });
    return response.ok ? response : null;
  };
  const info = await (await get('cvmfs/info/v1/repositories.json'))?.json();
  const meta = await (await get('cvmfs/info/v1/meta.json'))?.json();
  const repositories = await Promise.all([...info?.repositories ?? [], ...info?.replicas ?? []].map(async ({ name }) => {
    const manifest = await (await get(`cvmfs/${encodeURIComponent(name)}/.cvmfspublished`))?.text() ?? '';
    // Lines of one letter and a value, until the signature begins.
    const fields = Object.fromEntries(manifest.split('\n--')[0].split('\n').filter(Boolean).map(line => [line[0], line.slice(1)]));
    const status = await (await get(`cvmfs/${encodeURIComponent(name)}/.cvmfs_status.json`))?.json() ?? {};
    return { name, revision: fields.S, published: fields.T && new Date(1000 * fields.T), status };
  }));
  return { meta: meta ?? {}, system: info?.os_pretty_name, repositories };
}

let live = null; // What the last event told.
const liveListeners = new Set();

/** Follows the events; the browser connects again by itself. What changed while there was no connection is asked for then. */
function follow() {
  const events = new EventSource(root + 'events');
  const tell = () => liveListeners.forEach(listener => listener());
  let isOpen = false;
  events.addEventListener('status', event => {
    const [before, now] = [isOpen ? live : null, JSON.parse(event.data)];
    [live, isOpen] = [now, true];
    if (before?.revision !== now.revision)
      [imageList, trashList, globalList, repositoryList].forEach(list => list.load());
    if (before?.jobs.mark !== now.jobs.mark)
      jobList.load();
    if (before?.transmissions.mark !== now.transmissions.mark)
      transmissionList.load();
    if (before?.peers !== now.peers || before?.uploaded_bytes !== now.uploaded_bytes)
      swarmList.load();
    put(byId('link'), t('live'));
    tell();
  });
  events.addEventListener('error', () => {
    isOpen = false;
    put(byId('link'), t('lost'));
    // A refusal ends it, where a lost connection does not.
    if (events.readyState === EventSource.CLOSED)
      setTimeout(follow, 5000);
  });
}
