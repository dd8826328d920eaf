// Deleted images, which come back or go for good.
function trash(place) {
  const none = nothing('noTrash');
  const { table, rows, row } = tableOf('trash', ['image', 'size', 'deleted', 'actions']);
  const sum = make('span.soft', { role: 'status' });
  const bar = make('div.bar', {}, sum, button('trash-empty-open', emptyTrash, { kind: '.danger', word: 'emptyTrash' }));
  place.append(bar, none, table);
  const create = ({ id, image }) => row([], [], [], make('div.bar', {},
    button('restore', () => act('restored', 'POST', 'trash/images', { id })),
    button('erase-open', () => sure('erase',
      { title: image, question: 'eraseSure', word: 'erase', done: 'erased', request: ['DELETE', 'trash/images/' + encodeURIComponent(id)] }), { kind: '.danger', word: 'erase' })));

  function update() {
    const { data, isKnown } = trashList;
    none.hidden = data.length > 0 || !isKnown;
    table.hidden = bar.hidden = !data.length;
    put(sum, dotted(`${t('images')}: ${number(data.length)}`, bytes(data.reduce((all, one) => all + one.size, 0))));
    keyed(rows, data, one => one.id, create, (shown, one) => [one.image, bytes(one.size), moment(one.deleted)].forEach((text, at) => put(shown.children[at], text)));
  }
  return { update, sources: [trashList] };
}

const emptyTrash = () => sure('trash-empty',
  { title: t('emptyTrash'), question: 'emptySure', word: 'erase', done: 'erased', request: ['DELETE', 'trash'] });
