// Sends an image to computers, and wakes them.
const sendingPorts = { first: 9000, step: 2 };

async function send(path) {
  const protocol = choice([['udpcast', 'UDPcast'], ['uftp', 'UFTP'], ['p2p', 'BitTorrent']]);
  const digits = value => input({ value, inputMode: 'numeric' });
  const port = field('port', 'port', digits(await freePort()));
  const ip = field('ip', 'ip', input({ value: '239.194.17.2' }));
  const bitrate = field('bitrate', 'bitrate', input({ value: '70M' }));
  const maxtime = field('maxtime', 'maxtime', digits('120'));
  const duplex = field('duplex', 'duplex', choice([['full', t('fullDuplex')], ['half', t('halfDuplex')], ['broadcast', t('broadcastMethod')]]));
  const nclients = field('nclients', 'nclients', digits('1'));
  const clients = field('clients', 'clients', input({ placeholder: '192.168.56.21, 192.168.56.22' }));
  const all = [port, ip, bitrate, duplex, nclients, maxtime, clients];
  const used = { udpcast: [port, ip, bitrate, duplex, nclients, maxtime], uftp: [port, ip, bitrate, maxtime, clients], p2p: [] };
  const explained = make('p.soft');
  ask('send', {
    title: `${t('send')}: ${path}`, word: 'send', before: explained, fields: [field('protocol', 'protocol', protocol), ...all], submit: async values => {
      const asked = filled(Object.fromEntries(used[protocol.value].map(([name]) => [name === 'duplex' ? 'method' : name, values[name]])));
      await begin(`${t('send')}: ${path}`, 'images/' + protocol.value, { image: path, ...asked });
      return () => goTo('transmissions');
    },
  });
  const show = () => {
    all.forEach(one => one[2].parentElement.hidden = !used[protocol.value].includes(one));
    put(explained, t(protocol.value + 'Why'));
  };
  protocol.addEventListener('change', show);
  show();
}

/** The first pair of ports on which nothing is sent. */
async function freePort() {
  const { transmissions: there } = await call('GET', 'transmissions').catch(() => ({ transmissions: [] }));
  const taken = new Set(there.filter(one => one.ended === undefined).map(one => Number(one.parameters.port)));
  let port = sendingPorts.first;
  while (taken.has(port))
    port += sendingPorts.step;
  return String(port);
}

function wake() {
  const macs = make('textarea', { rows: 5, required: true, spellcheck: false, placeholder: '00:11:22:AA:BB:CC' });
  ask('wake', {
    title: t('wake'), word: 'wake', before: make('p.soft', {}, t('wakeWhy')),
    fields: [field('macs', 'macs', macs), field('broadcast', 'broadcast', input({ placeholder: '192.168.56.255' }))],
    submit: async ({ macs: text, broadcast }) => {
      const [left, problems] = [text.split(/[\s,;]+/).filter(Boolean), []];
      const count = left.length;
      for (const mac of [...left])
        await call('POST', 'wol', { mac, ...filled({ broadcast_ip: broadcast }) }).then(() => left.splice(left.indexOf(mac), 1), error => problems.push(error));
      if (count > left.length)
        notice(`${t('woken')}: ${number(count - left.length)}`);
      // What was not sent stays in the field, to be mended.
      macs.value = left.join('\n');
      if (problems.length)
        throw problems[0] instanceof Refusal ? new Refusal(problems.map(one => one.message).join(' ')) : problems[0];
    },
  });
}
