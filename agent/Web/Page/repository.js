// What tools that watch CernVM-FS servers see of this one.
function repository(place) {
  const none = nothing('noRepository');
  const all = make('div.cards', { id: 'repositories' });
  const who = make('p.soft');
  place.append(none, all, who);
  function update() {
    const { meta, system, repositories } = repositoryList.data;
    none.hidden = repositories.length > 0 || !repositoryList.isKnown;
    all.replaceChildren(...repositories.map(({ name, revision, published, status }) => make('section.card', {}, make('h2', {}, name), facts([
      ['revision', revision], ['published', published && moment(published)], ['snapshot', status.last_snapshot], ['gc', status.last_gc],
      ['lastRepoCheck', status.last_check && `${status.last_check} (${status.check_status})`],
    ]))));
    put(who, dotted(meta.administrator && `${t('administrator')}: ${meta.administrator}`, meta.email, meta.organisation, system && `${t('system')}: ${system}`));
  }
  return { update, sources: [repositoryList] };
}
