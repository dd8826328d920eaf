// From and to other repositories.
function place(given = '') {
  const known = make('datalist', { id: 'known-repositories' });
  const update = () => known.replaceChildren(...remoteList.data.map(one => make('option', { value: one.name }, one.address)));
  const end = remoteList.watch(update);
  update();
  return { end, known, repo: field('repo', 'repo', input({ value: given, required: true, list: known.id, placeholder: '192.168.60.10:8006' })) };
}

/** What is seldom needed: for repositories that the configuration does not name. */
const rarely = () => [
  field('existing', 'existing', choice([['backup', t('keepBackup')], ['refuse', t('keepExisting')]])),
  field('api-key', 'keyThere', input({ type: 'password', autocomplete: 'off' })),
  field('user', 'userThere', input()),
];

function transfer(action, { title, word, path, from, fields, route }) {
  const { end, known, repo } = place(from);
  const shown = ask(action, {
    title, word, fields: [repo, ...fields], more: rarely(), before: known, submit: async values => {
      const asked = { repo: values.repo, image: path ?? values.image, ...filled({ ou: values.ou, existing: values.existing, user: values.user, api_key: values['api-key'] }) };
      // No unit, where that is meant and not only left open.
      if (values.ou === '/')
        asked.ou = '';
      await begin(`${t(word)}: ${asked.image}`, route, asked);
      return () => goTo('jobs');
    },
  });
  shown.addEventListener('close', end);
}

const ouField = () => field('ou', 'ouThere', input({ placeholder: t('ouHint') }));

const importImage = (from = '') => transfer('import',
  { title: t('import'), word: 'import', from, fields: [field('image', 'image', input({ required: true })), ouField()], route: 'images/import-image' });

const exportImage = path => transfer('export',
  { title: `${t('export')}: ${path}`, word: 'export', path, fields: [ouField()], route: 'images/export-image' });
