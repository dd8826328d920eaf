// What of the agent is shown as lists.

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
      while (this.isStale && this.listeners.size && (key || this.isPublic)) {
        this.isStale = false;
        const data = this.pick(await (typeof this.path === 'string' ? call('GET', this.path) : this.path()));
        // The key may have been forgotten meanwhile.
        if (!key && !this.isPublic)
          break;
        this.data = data;
        this.isKnown = true;
        this.listeners.forEach(listener => listener());
        if (this.isStale)
          await new Promise(resolve => setTimeout(resolve, Math.min(10000, 3 * (performance.now() - began))));
      }
    } catch (error) {
      this.isStale = true;
      noticeOf(error);
    } finally {
      this.isBusy = false;
    }
  }
}

const imageList = new List('images?all=true',
  answer => ({ directory: answer.directory, images: [...answer.images, ...answer.ous.flatMap(ou => ou.images)] }), { directory: '', images: [] });
const swarmList = new List('swarms', answer => ({ here: answer.seeds_here, of: new Map(answer.swarms.map(swarm => [swarm.image, swarm])) }), { here: false, of: new Map() });
const jobList = new List('jobs', answer => answer.jobs.reverse(), []);
const transmissionList = new List('transmissions', answer => answer.transmissions.reverse(), []);
const trashList = new List('trash/images', answer => answer.images.reverse(), []);
const remoteList = new List('remotes', answer => answer.remotes, []);
const globalList = new List('global', answer => answer.copies, []);
const repositoryList = new List(readRepositories, answer => answer, { meta: {}, repositories: [] }, true);
const lists = [imageList, swarmList, jobList, transmissionList, trashList, remoteList, globalList, repositoryList];
const loadAll = () => lists.forEach(list => list.load());

/** What the agent publishes for everyone, in the form of CernVM-FS; nothing where it does not. */
async function readRepositories() {
  const get = async path => {
    const response = await fetch(path, { cache: 'no-store' }).catch(() => null);
    return response?.ok ? response : null;
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
