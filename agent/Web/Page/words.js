// What the page says, in both languages, and how they write figures and times.
const words = {
  en: {
    skip: 'Skip to the content', language: 'Language', views: 'Views', enterKey: 'Enter API key', forgetKey: 'Forget API key', key: 'API key',
    keyWhy: 'The key stays in the memory of this page only, and is gone when it is closed or loaded anew.', keyWrong: 'This key is not right.',
    keyGone: 'The agent does not take this key any more: enter it again.', needsKey: 'Enter the API key to see this.', live: 'Live',
    lost: 'No connection, trying again …', restarted: 'The agent was started anew.', noAnswer: 'The agent does not answer.',
    oddAnswer: 'The agent answered with an error:', ok: 'OK', cancel: 'Cancel', close: 'Close', confirm: 'Confirm', more: 'More …', actions: 'Actions',
    no: 'no', overview: 'Overview', images: 'Images', transmissions: 'Transmissions', jobs: 'Jobs', trash: 'Trash', remotes: 'Other repositories',
    repository: 'Repository status', disk: 'Disk', free: 'free of', used: 'used', indexed: 'indexed', locked: 'locked', damagedCount: 'damaged',
    backlog: 'Indexing backlog', idle: 'Nothing waits.', waitingImages: 'images wait', remaining: 'left', checks: 'Scheduled checks', due: 'due', next: 'next',
    noneDue: 'none is due', running: 'running', waiting: 'waiting', failed: 'failed', peers: 'Peers', sent: 'sent since the start', since: 'running since',
    search: 'Search images', shown: 'shown', all: 'All states', refresh: 'Look at the directory now', looked: 'Looked at: what is shown is what is there.',
    noImages: 'No image fits.', noImagesYet: 'There are no images yet. Import one, or copy one into the image directory:', name: 'Name', size: 'Size',
    state: 'State', lastCheck: 'Last check', lastGood: 'Last found good', scope: 'Scope', seeds: 'Seeding', modified: 'Changed', never: 'never',
    unknown: 'not indexed', trusted: 'trusted', good: 'good', damaged: 'damaged', lockedState: 'locked', local: 'local', global: 'global', here: 'here',
    seedsOf: 'complete', leechersOf: 'loading', finishedPeers: 'finished', ou: 'Unit', filesystem: 'File system', computer: 'Taken from',
    program: 'Made by', data: 'Data inside', badPieces: 'Bad pieces', backup: 'Backup of the version before', left: 'lacks', check: 'Check',
    checkFull: 'Check with MD5', repair: 'Repair',
    repairWhy: 'Only bad pieces are fetched: from this server, the other repositories and whoever shares the image.',
    source: 'URL of the same image elsewhere (may be empty)', torrent: 'Make torrent', send: 'Send', import: 'Import', export: 'Export',
    makeGlobal: 'Make global', makeLocal: 'Make local', isGlobal: 'It is global now: it is brought to every other repository.', isLocal: 'It is local now.',
    look: 'Look at it now', delete: 'Delete', deleteSure: 'Delete this image?', deleteHow: 'How', toTrash: 'Move it to the trash',
    forGood: 'Erase it for good, now', withBackup: 'Its backup too', trashed: 'moved to the trash', backupRestore: 'Go back to the backup',
    backupSure: 'The image goes to the trash, and its backup takes its place.', backupBack: 'The backup has taken its place.', backupRemove: 'Remove backup',
    backupRemoveSure: 'Remove the backup for good? The image stays.', backupGone: 'The backup is gone.', begun: 'has begun', protocol: 'How',
    udpcastWhy: 'By multicast to a classroom. Receivers may join from the moment on that it has begun.',
    uftpWhy: 'By multicast or to a single address. Receivers must be listening already.',
    p2pWhy: 'Shared by BitTorrent until that is cancelled: receivers help each other.', port: 'Port (even)', ip: 'Multicast address', bitrate: 'Rate, as 70M',
    maxtime: 'Longest wait, seconds', duplex: 'Method', fullDuplex: 'full duplex (switched network)', halfDuplex: 'half duplex (hub, wireless)',
    broadcastMethod: 'broadcast', nclients: 'Clients to wait for', clients: 'Only these clients (may be empty)', receivers: 'Receivers',
    uploaded: 'sent from here', fromHere: 'from here', cancelP2p: 'Stop all BitTorrent',
    cancelP2pSure: 'End all transmissions by BitTorrent? Their images are no longer seeded.', wake: 'Wake computers',
    wakeWhy: 'A Wake-on-LAN packet goes to each address, in every network of the server or only to one broadcast address.',
    macs: 'Hardware addresses, one a line', broadcast: 'Broadcast address (may be empty)', woken: 'Packets sent', noTransmissions: 'Nothing is being sent.',
    noTransmissionsWhy: 'Open an image to send it.', log: 'Log', emptyLog: 'The log is empty.', kind: 'Kind', image: 'Image', progress: 'Progress',
    asked: 'Asked for', remove: 'Forget', forgetEnded: 'Forget all that have ended', forgetEndedSure: 'Forget all jobs that have ended, with their logs?',
    forgotten: 'Forgotten.', cancelSure: 'End this?', endAsked: 'It was told to end.', ended: 'Ended.', noJobs: 'No jobs.', finished: 'finished',
    cancelled: 'cancelled', sending: 'sending', done: 'done', connected: 'connected', lostPeer: 'lost', 'kind-check': 'check', 'kind-repair': 'repair',
    'kind-create-torrent': 'torrent', 'kind-import': 'import', 'kind-export': 'export', 'kind-agent': 'agent', 'kind-legacy': 'by ssh, without agent',
    deleted: 'Deleted', restore: 'Restore', restored: 'Restored.', erase: 'Erase', erased: 'Erased for good.', eraseSure: 'Erase this image for good?',
    emptyTrash: 'Empty the trash', emptySure: 'Erase all deleted images for good?', noTrash: 'The trash is empty.', address: 'Address',
    reachable: 'reachable', notAsked: 'not asked', noKey: 'no key', askAgain: 'Ask them again', noRemotes: 'No other repository is configured.',
    noRemotesWhy: '[[remote]] in agent.toml names them. Import works from any address all the same.', globals: 'Global images',
    noGlobals: 'No image is global.', nextTry: 'next try', repo: 'Repository', ouThere: 'Unit there', ouHint: 'empty: the same; /: none',
    existing: 'If the image exists', keepBackup: 'keep the old one as backup', keepExisting: 'keep it, and do nothing', keyThere: 'API key of that repository',
    userThere: 'User, for ssh', 'global-waiting': 'waiting', 'global-up_to_date': 'up to date', 'global-copying': 'copying',
    'global-newer_there': 'newer there', 'global-conflict': 'conflict', 'global-unreachable': 'unreachable', 'global-failed': 'failed',
    'global-withdrawing': 'withdrawing', noRepository: 'Nothing is published.', revision: 'Revision', published: 'Published', snapshot: 'Last snapshot',
    gc: 'Last collection', lastRepoCheck: 'Last check', administrator: 'Administrator', system: 'System',
  },
  es: {
    skip: 'Saltar al contenido', language: 'Idioma', views: 'Vistas', enterKey: 'Introducir clave de API', forgetKey: 'Olvidar clave de API',
    key: 'Clave de API', keyWhy: 'La clave solo está en la memoria de esta página, y se pierde al cerrarla o recargarla.',
    keyWrong: 'Esta clave no es correcta.', keyGone: 'El agente ya no acepta esta clave: introdúzcala de nuevo.',
    needsKey: 'Introduzca la clave de API para ver esto.', live: 'En directo', lost: 'Sin conexión, reintentando …', restarted: 'El agente se ha reiniciado.',
    noAnswer: 'El agente no responde.', oddAnswer: 'El agente respondió con un error:', ok: 'Aceptar', cancel: 'Cancelar', close: 'Cerrar',
    confirm: 'Confirmar', more: 'Más …', actions: 'Acciones', no: 'no', overview: 'Resumen', images: 'Imágenes', transmissions: 'Transmisiones',
    jobs: 'Trabajos', trash: 'Papelera', remotes: 'Otros repositorios', repository: 'Estado del repositorio', disk: 'Disco', free: 'libres de', used: 'usado',
    indexed: 'indexadas', locked: 'bloqueadas', damagedCount: 'dañadas', backlog: 'Indexación pendiente', idle: 'No hay nada pendiente.',
    waitingImages: 'imágenes esperan', remaining: 'restantes', checks: 'Comprobaciones programadas', due: 'pendientes', next: 'próxima',
    noneDue: 'ninguna pendiente', running: 'en marcha', waiting: 'en espera', failed: 'fallido', peers: 'Pares', sent: 'enviados desde el inicio',
    since: 'en marcha desde', search: 'Buscar imágenes', shown: 'mostradas', all: 'Todos los estados', refresh: 'Mirar el directorio ahora',
    looked: 'Revisado: lo que se ve es lo que hay.', noImages: 'Ninguna imagen coincide.',
    noImagesYet: 'Aún no hay imágenes. Importe una, o copie una en el directorio de imágenes:', name: 'Nombre', size: 'Tamaño', state: 'Estado',
    lastCheck: 'Última comprobación', lastGood: 'Correcta por última vez', scope: 'Ámbito', seeds: 'Compartida', modified: 'Cambiada', never: 'nunca',
    unknown: 'sin indexar', trusted: 'de confianza', good: 'correcta', damaged: 'dañada', lockedState: 'bloqueada', local: 'local', global: 'global',
    here: 'aquí', seedsOf: 'completos', leechersOf: 'descargando', finishedPeers: 'han terminado', ou: 'Unidad',
    filesystem: 'Sistema de archivos', computer: 'Tomada de', program: 'Creada con', data: 'Datos dentro', badPieces: 'Piezas dañadas',
    backup: 'Copia de la versión anterior', left: 'le faltan', check: 'Comprobar', checkFull: 'Comprobar con MD5', repair: 'Reparar',
    repairWhy: 'Solo se traen las piezas dañadas: de este servidor, de los otros repositorios y de quien comparta la imagen.',
    source: 'URL de la misma imagen en otro lugar (puede quedar vacío)', torrent: 'Crear torrent', send: 'Enviar', import: 'Importar', export: 'Exportar',
    makeGlobal: 'Hacer global', makeLocal: 'Hacer local', isGlobal: 'Ahora es global: se lleva a todos los demás repositorios.', isLocal: 'Ahora es local.',
    look: 'Mirarla ahora', delete: 'Borrar', deleteSure: '¿Borrar esta imagen?', deleteHow: 'Cómo', toTrash: 'Moverla a la papelera',
    forGood: 'Eliminarla para siempre, ahora', withBackup: 'También su copia', trashed: 'movida a la papelera', backupRestore: 'Volver a la copia',
    backupSure: 'La imagen va a la papelera, y su copia ocupa su lugar.', backupBack: 'La copia ha ocupado su lugar.', backupRemove: 'Quitar copia',
    backupRemoveSure: '¿Quitar la copia para siempre? La imagen se queda.', backupGone: 'La copia se ha quitado.', begun: 'ha empezado', protocol: 'Cómo',
    udpcastWhy: 'Por multicast a un aula. Los receptores pueden unirse desde que ha empezado.',
    uftpWhy: 'Por multicast o a una sola dirección. Los receptores ya deben estar escuchando.',
    p2pWhy: 'Se comparte por BitTorrent hasta que se cancele: los receptores se ayudan entre sí.', port: 'Puerto (par)', ip: 'Dirección multicast',
    bitrate: 'Velocidad, como 70M', maxtime: 'Espera máxima, segundos', duplex: 'Método', fullDuplex: 'dúplex completo (red conmutada)',
    halfDuplex: 'semidúplex (concentrador, inalámbrica)', broadcastMethod: 'difusión', nclients: 'Clientes que esperar',
    clients: 'Solo estos clientes (puede quedar vacío)', receivers: 'Receptores', uploaded: 'enviados desde aquí', fromHere: 'desde aquí',
    cancelP2p: 'Parar todo BitTorrent', cancelP2pSure: '¿Terminar todas las transmisiones por BitTorrent? Sus imágenes dejan de compartirse.',
    wake: 'Despertar equipos', wakeWhy: 'Va un paquete Wake-on-LAN a cada dirección, por todas las redes del servidor o solo a una dirección de difusión.',
    macs: 'Direcciones físicas, una por línea', broadcast: 'Dirección de difusión (puede quedar vacío)', woken: 'Paquetes enviados',
    noTransmissions: 'No se envía nada.', noTransmissionsWhy: 'Abra una imagen para enviarla.', log: 'Registro', emptyLog: 'El registro está vacío.',
    kind: 'Tipo', image: 'Imagen', progress: 'Progreso', asked: 'Pedido', remove: 'Olvidar', forgetEnded: 'Olvidar todos los terminados',
    forgetEndedSure: '¿Olvidar todos los trabajos terminados, con sus registros?', forgotten: 'Olvidado.', cancelSure: '¿Terminar esto?',
    endAsked: 'Se le ha pedido que termine.', ended: 'Terminado.', noJobs: 'No hay trabajos.', finished: 'terminado', cancelled: 'cancelado',
    sending: 'enviando', done: 'hecho', connected: 'conectado', lostPeer: 'perdido', 'kind-check': 'comprobación', 'kind-repair': 'reparación',
    'kind-create-torrent': 'torrent', 'kind-import': 'importación', 'kind-export': 'exportación', 'kind-agent': 'agente', 'kind-legacy': 'por ssh, sin agente',
    deleted: 'Borrada', restore: 'Restaurar', restored: 'Restaurada.', erase: 'Eliminar', erased: 'Eliminado para siempre.',
    eraseSure: '¿Eliminar esta imagen para siempre?', emptyTrash: 'Vaciar la papelera', emptySure: '¿Eliminar para siempre todas las imágenes borradas?',
    noTrash: 'La papelera está vacía.', address: 'Dirección', reachable: 'accesible', notAsked: 'sin preguntar', noKey: 'sin clave',
    askAgain: 'Preguntarles de nuevo', noRemotes: 'No hay otros repositorios configurados.',
    noRemotesWhy: '[[remote]] en agent.toml los nombra. Aun así se puede importar desde cualquier dirección.', globals: 'Imágenes globales',
    noGlobals: 'Ninguna imagen es global.', nextTry: 'próximo intento', repo: 'Repositorio', ouThere: 'Unidad allí', ouHint: 'vacío: la misma; /: ninguna',
    existing: 'Si la imagen existe', keepBackup: 'guardar la anterior como copia', keepExisting: 'conservarla, y no hacer nada',
    keyThere: 'Clave de API de ese repositorio', userThere: 'Usuario, para ssh', 'global-waiting': 'en espera', 'global-up_to_date': 'al día',
    'global-copying': 'copiando', 'global-newer_there': 'más nueva allí', 'global-conflict': 'conflicto', 'global-unreachable': 'inaccesible',
    'global-failed': 'fallido', 'global-withdrawing': 'retirando', noRepository: 'No hay nada publicado.', revision: 'Revisión', published: 'Publicado',
    snapshot: 'Última instantánea', gc: 'Última limpieza', lastRepoCheck: 'Última comprobación', administrator: 'Administrador', system: 'Sistema',
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
const remaining = seconds => seconds === undefined ? '' : `${span(seconds)} ${t('remaining')}`;
const percent = part => part.toLocaleString(locale(), { style: 'percent', maximumFractionDigits: 0 });
