// What the page says, in both languages, and how they write figures and times.
const words = {
  en: {
    skip: 'Skip to the content', language: 'Language', enterKey: 'Enter API key', forgetKey: 'Forget API key', key: 'API key',
    keyWhy: 'The key stays in the memory of this page only, and is gone when it is closed or loaded anew.', keyWrong: 'This key is not right.',
    needsKey: 'Enter the API key to see this.', live: 'Live', lost: 'No connection, trying again …', ok: 'OK', cancel: 'Cancel', close: 'Close',
    overview: 'Overview', images: 'Images', transmissions: 'Transmissions', jobs: 'Jobs', trash: 'Trash', remotes: 'Other repositories', repository: 'Repository status',
    disk: 'Disk', free: 'free of', used: 'used', indexed: 'indexed', locked: 'locked', damagedCount: 'damaged', backlog: 'Indexing backlog', idle: 'Nothing waits.',
    waitingImages: 'images wait', remaining: 'left', checks: 'Scheduled checks', due: 'due', next: 'next', running: 'running', waiting: 'waiting', failed: 'failed',
    peers: 'Peers', sent: 'sent since the start', since: 'running since', search: 'Search images', shown: 'shown', all: 'All states', refresh: 'Look at the directory now',
    name: 'Name', size: 'Size', state: 'State', lastCheck: 'Last check', scope: 'Scope', seeds: 'Seeding', modified: 'Changed', never: 'never',
    unknown: 'not indexed', trusted: 'trusted', good: 'good', damaged: 'damaged', lockedState: 'locked', local: 'local', global: 'global',
    here: 'here', seedsOf: 'complete', leechersOf: 'loading', details: 'Details of', path: 'Path', ou: 'Unit', filesystem: 'File system', computer: 'Taken from',
    program: 'Made by', data: 'Data inside', badPieces: 'Bad pieces', backup: 'Backup of the version before', yes: 'yes', no: 'no',
    check: 'Check', send: 'Send', delete: 'Delete', restore: 'Restore', import: 'Import', log: 'Log', remove: 'Forget', erase: 'Erase',
    deleteSure: 'Move this image to the trash?', eraseSure: 'Erase this image for good?', cancelSure: 'End this?', checkAsked: 'The check has begun.', sendAsked: 'The transmission has begun.',
    importAsked: 'The import has begun.', protocol: 'How', port: 'Port (even)', ip: 'Multicast address', bitrate: 'Rate, as 70M', clients: 'Clients to wait for', maxtime: 'Longest wait, seconds',
    method: 'Duplex', repo: 'Repository', image: 'Image', ouHere: 'Unit here (empty: as there)', kind: 'Kind', asked: 'Asked for', progress: 'Progress', noImages: 'No image fits.', noTransmissions: 'Nothing is being sent.',
    noJobs: 'No jobs.', noTrash: 'The trash is empty.', noRemotes: 'No other repository is configured.', noRepository: 'Nothing is published.', deleted: 'Deleted', address: 'Address',
    receivers: 'Receivers', emptyLog: 'The log is empty.', finished: 'finished', cancelled: 'cancelled', sending: 'sending', done: 'done', connected: 'connected', lostPeer: 'lost',
    globals: 'Global images', revision: 'Revision', published: 'Published', snapshot: 'Last snapshot', gc: 'Last collection', lastRepoCheck: 'Last check', administrator: 'Administrator', system: 'System',
    sortBy: 'Sort by', left: 'lacks', noneDue: 'none is due', noAnswer: 'The agent does not answer.', confirm: 'Confirm',
  },
  es: {
    skip: 'Saltar al contenido', language: 'Idioma', enterKey: 'Introducir clave de API', forgetKey: 'Olvidar clave de API', key: 'Clave de API',
    keyWhy: 'La clave solo está en la memoria de esta página, y se pierde al cerrarla o recargarla.', keyWrong: 'Esta clave no es correcta.',
    needsKey: 'Introduzca la clave de API para ver esto.', live: 'En directo', lost: 'Sin conexión, reintentando …', ok: 'Aceptar', cancel: 'Cancelar', close: 'Cerrar',
    overview: 'Resumen', images: 'Imágenes', transmissions: 'Transmisiones', jobs: 'Trabajos', trash: 'Papelera', remotes: 'Otros repositorios', repository: 'Estado del repositorio',
    disk: 'Disco', free: 'libres de', used: 'usado', indexed: 'indexadas', locked: 'bloqueadas', damagedCount: 'dañadas', backlog: 'Indexación pendiente', idle: 'No hay nada pendiente.',
    waitingImages: 'imágenes esperan', remaining: 'restantes', checks: 'Comprobaciones programadas', due: 'pendientes', next: 'próxima', running: 'en marcha', waiting: 'en espera', failed: 'fallidos',
    peers: 'Pares', sent: 'enviados desde el inicio', since: 'en marcha desde', search: 'Buscar imágenes', shown: 'mostradas', all: 'Todos los estados', refresh: 'Mirar el directorio ahora',
    name: 'Nombre', size: 'Tamaño', state: 'Estado', lastCheck: 'Última comprobación', scope: 'Ámbito', seeds: 'Compartida', modified: 'Cambiada', never: 'nunca',
    unknown: 'sin indexar', trusted: 'de confianza', good: 'correcta', damaged: 'dañada', lockedState: 'bloqueada', local: 'local', global: 'global',
    here: 'aquí', seedsOf: 'completos', leechersOf: 'descargando', details: 'Detalles de', path: 'Ruta', ou: 'Unidad', filesystem: 'Sistema de archivos', computer: 'Tomada de',
    program: 'Creada con', data: 'Datos dentro', badPieces: 'Piezas dañadas', backup: 'Copia de la versión anterior', yes: 'sí', no: 'no',
    check: 'Comprobar', send: 'Enviar', delete: 'Borrar', restore: 'Restaurar', import: 'Importar', log: 'Registro', remove: 'Olvidar', erase: 'Eliminar',
    deleteSure: '¿Mover esta imagen a la papelera?', eraseSure: '¿Eliminar esta imagen para siempre?', cancelSure: '¿Terminar esto?', checkAsked: 'La comprobación ha empezado.', sendAsked: 'La transmisión ha empezado.',
    importAsked: 'La importación ha empezado.', protocol: 'Cómo', port: 'Puerto (par)', ip: 'Dirección multicast', bitrate: 'Velocidad, como 70M', clients: 'Clientes que esperar', maxtime: 'Espera máxima, segundos',
    method: 'Dúplex', repo: 'Repositorio', image: 'Imagen', ouHere: 'Unidad aquí (vacío: como allí)', kind: 'Tipo', asked: 'Pedido', progress: 'Progreso', noImages: 'Ninguna imagen coincide.', noTransmissions: 'No se envía nada.',
    noJobs: 'No hay trabajos.', noTrash: 'La papelera está vacía.', noRemotes: 'No hay otros repositorios configurados.', noRepository: 'No hay nada publicado.', deleted: 'Borrada', address: 'Dirección',
    receivers: 'Receptores', emptyLog: 'El registro está vacío.', finished: 'terminado', cancelled: 'cancelado', sending: 'enviando', done: 'hecho', connected: 'conectado', lostPeer: 'perdido',
    globals: 'Imágenes globales', revision: 'Revisión', published: 'Publicado', snapshot: 'Última instantánea', gc: 'Última limpieza', lastRepoCheck: 'Última comprobación', administrator: 'Administrador', system: 'Sistema',
    sortBy: 'Ordenar por', left: 'le faltan', noneDue: 'ninguna pendiente', noAnswer: 'El agente no responde.', confirm: 'Confirmar',
  },
};

let language = (navigator.languages ?? [navigator.language]).map(one => one.slice(0, 2)).find(one => one in words) ?? 'en';
const t = word => words[language][word] ?? words.en[word] ?? word;
/** Figures and times as where the reader is, if that is a place of this language. */
const locale = () => (navigator.languages ?? [navigator.language]).find(one => one.startsWith(language)) ?? language;
const number = value => value.toLocaleString(locale());
const moment = value => value ? new Date(value).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' }) : t('never');

function bytes(value) {
  let unit = 0;
  for (; value >= 1024 && unit < 5; unit++)
    value /= 1024;
  return value.toLocaleString(locale(), { maximumFractionDigits: unit && value < 100 ? 1 : 0 }) + ' ' + ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'][unit];
}
const rate = value => bytes(value) + '/s';
function span(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours} h ${minutes} min` : minutes ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
